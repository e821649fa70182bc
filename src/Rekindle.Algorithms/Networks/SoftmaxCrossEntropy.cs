namespace Rekindle.Algorithms.Networks;

/// <summary>Cross entropy of softmax probabilities against class labels.</summary>
internal static class SoftmaxCrossEntropy
{
    /// <summary>The loss summed over the batch, in nats; NaN or infinite once the network has diverged.</summary>
    /// <param name="scores">[class][image].</param>
    /// <param name="labels">The right class of each image.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="gradient">∂(mean loss)/∂score, or null when only the loss is wanted.</param>
    public static double Loss(float[] scores, ReadOnlySpan<int> labels, int classes, int batch, float[]? gradient)
    {
        var loss = 0.0;
        var share = 1f / batch;
        for (var n = 0; n < batch; n++)
        {
            // The greatest score is taken off first: exp never overflows, and a NaN score stays NaN in the sum.
            var top = scores[n];
            for (var c = 1; c < classes; c++) top = MathF.Max(top, scores[(c * batch) + n]);
            var sum = 0f;
            for (var c = 0; c < classes; c++) sum += MathF.Exp(scores[(c * batch) + n] - top);
            loss += Math.Log(sum) - (scores[(labels[n] * batch) + n] - top);
            if (gradient is null) continue;
            for (var c = 0; c < classes; c++)
                gradient[(c * batch) + n] = share * ((MathF.Exp(scores[(c * batch) + n] - top) / sum) - (c == labels[n] ? 1f : 0f));
        }

        return loss;
    }

    /// <summary>How many images have their right class among the <paramref name="top"/> highest scores; a tie is a miss.</summary>
    public static int Hits(float[] scores, ReadOnlySpan<int> labels, int classes, int batch, int top)
    {
        var hits = 0;
        for (var n = 0; n < batch; n++)
        {
            var own = scores[(labels[n] * batch) + n];
            // Written so that a NaN score, which compares false with everything, is a miss.
            var better = 0;
            for (var c = 0; c < classes; c++) better += c != labels[n] && !(scores[(c * batch) + n] < own) ? 1 : 0;
            if (better < top) hits++;
        }

        return hits;
    }
}
