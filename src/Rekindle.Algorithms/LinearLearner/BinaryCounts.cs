namespace Rekindle.Algorithms.LinearLearner;

/// <summary>How a binary classifier did on a set of rows.</summary>
internal readonly record struct BinaryCounts(double TruePositives, double FalsePositives, double Positives, double Negatives)
{
    public double Accuracy => (TruePositives + Negatives - FalsePositives) / (Positives + Negatives);

    public double Precision => TruePositives > 0 ? TruePositives / (TruePositives + FalsePositives) : 0;

    public double Recall => Positives > 0 ? TruePositives / Positives : 0;

    public double FBeta(double beta) => FBeta(Precision, Recall, beta);

    public static double FBeta(double precision, double recall, double beta) =>
        precision + recall > 0 ? (1 + (beta * beta)) * precision * recall / ((beta * beta * precision) + recall) : 0;

    /// <summary>Rows with a score above the threshold count as positive.</summary>
    public static BinaryCounts At(ReadOnlySpan<float> scores, ReadOnlySpan<float> labels, double threshold)
    {
        var (truePositives, falsePositives, positives) = (0, 0, 0);
        for (var row = 0; row < labels.Length; row++)
        {
            if (labels[row] > 0.5) positives++;
            if (!(scores[row] > threshold)) continue;
            if (labels[row] > 0.5) truePositives++;
            else falsePositives++;
        }

        return new BinaryCounts(truePositives, falsePositives, positives, labels.Length - positives);
    }

    /// <summary>Every threshold that tells two scores apart, from the highest down, with the counts there.</summary>
    public static IEnumerable<(double Threshold, BinaryCounts Counts)> Cuts(float[] scores, float[] labels)
    {
        var order = Enumerable.Range(0, scores.Length).OrderByDescending(row => scores[row]).ToArray();
        double positives = labels.Count(label => label > 0.5);
        var (truePositives, falsePositives) = (0, 0);
        for (var i = 0; i < order.Length; i++)
        {
            if (labels[order[i]] > 0.5) truePositives++;
            else falsePositives++;
            var score = scores[order[i]];
            if (i + 1 < order.Length && scores[order[i + 1]] == score) continue;
            var next = i + 1 < order.Length ? scores[order[i + 1]] : score - 1;
            yield return ((score + next) / 2, new BinaryCounts(truePositives, falsePositives, positives, labels.Length - positives));
        }
    }

    /// <summary>The area under the ROC curve; NaN when there is one class only.</summary>
    public static double AreaUnderCurve(float[] scores, float[] labels)
    {
        var (area, truePositives, falsePositives) = (0.0, 0.0, 0.0);
        var all = new BinaryCounts();
        foreach (var (_, counts) in Cuts(scores, labels))
        {
            area += (counts.FalsePositives - falsePositives) * (counts.TruePositives + truePositives) / 2;
            (truePositives, falsePositives, all) = (counts.TruePositives, counts.FalsePositives, counts);
        }

        return all.Positives > 0 && all.Negatives > 0 ? area / (all.Positives * all.Negatives) : double.NaN;
    }
}
