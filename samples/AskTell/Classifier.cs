using Rekindle.Optimization;

namespace AskTell;

/// <summary>Softmax regression by stochastic gradient descent.</summary>
internal static class Classifier
{
    private const int Classes = 10;

    /// <summary>Trains with the hyperparameters of an evaluation.</summary>
    /// <param name="digits">The images.</param>
    /// <param name="evaluation">The evaluation.</param>
    /// <param name="epochs">How often it goes over the training images.</param>
    /// <param name="goesOn">Hears of each epoch and what it came to, and says whether to go on.</param>
    /// <returns>The share of right answers on the validation images; NaN when the training diverged.</returns>
    public static double Accuracy(Digits digits, Evaluation evaluation, int epochs, Func<int, double, bool>? goesOn = null)
    {
        var rate = (float)evaluation.Real("learning_rate");
        var decay = (float)evaluation.Real("l2");
        var batchSize = evaluation.Whole("batch_size");
        var shift = evaluation["input"] == "centred" ? 0.5f : 0f;
        var size = digits.Train[0].Length;
        var weights = new float[Classes][];
        for (var c = 0; c < Classes; c++) weights[c] = new float[size + 1];
        var gradient = weights.Select(row => new float[row.Length]).ToArray();
        var order = Enumerable.Range(0, digits.Train.Length).ToArray();
        var random = new Random(1);
        for (var epoch = 0; epoch < epochs; epoch++)
        {
            random.Shuffle(order);
            foreach (var batch in order.Chunk(batchSize))
            {
                foreach (var row in gradient) Array.Clear(row);
                foreach (var i in batch) AddGradient(weights, gradient, digits.Train[i], digits.TrainLabels[i], shift);
                for (var c = 0; c < Classes; c++)
                {
                    for (var j = 0; j <= size; j++) weights[c][j] -= rate * ((gradient[c][j] / batch.Length) + (decay * weights[c][j]));
                }
            }

            if (goesOn?.Invoke(epoch + 1, Validate(digits, weights, shift)) == false) break;
        }

        return Validate(digits, weights, shift);
    }

    private static double Validate(Digits digits, float[][] weights, float shift)
    {
        if (weights.Any(row => row.Any(weight => !float.IsFinite(weight)))) return double.NaN;
        var right = digits.Validation.Zip(digits.ValidationLabels).Count(pair => Best(Scores(weights, pair.First, shift)) == pair.Second);
        return (double)right / digits.Validation.Length;
    }

    private static void AddGradient(float[][] weights, float[][] gradient, float[] image, byte label, float shift)
    {
        var scores = Scores(weights, image, shift);
        var greatest = scores.Max();
        var sum = 0f;
        for (var c = 0; c < Classes; c++) sum += scores[c] = MathF.Exp(scores[c] - greatest);
        for (var c = 0; c < Classes; c++)
        {
            var error = (scores[c] / sum) - (c == label ? 1 : 0);
            for (var j = 0; j < image.Length; j++) gradient[c][j] += error * (image[j] - shift);
            gradient[c][^1] += error;
        }
    }

    private static float[] Scores(float[][] weights, float[] image, float shift)
    {
        var scores = new float[Classes];
        for (var c = 0; c < Classes; c++)
        {
            var sum = weights[c][^1];
            for (var j = 0; j < image.Length; j++) sum += weights[c][j] * (image[j] - shift);
            scores[c] = sum;
        }

        return scores;
    }

    private static int Best(float[] scores) => Array.IndexOf(scores, scores.Max());
}
