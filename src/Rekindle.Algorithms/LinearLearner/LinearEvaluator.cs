using System.Globalization;
using Rekindle.Algorithms.Rules;
using Rekindle.Algorithms.Tabular;

namespace Rekindle.Algorithms.LinearLearner;

/// <summary>A metric's line in the log.</summary>
/// <param name="Name">SageMaker's, such as <c>mse</c>.</param>
/// <param name="Kind"><c>loss</c> or <c>score</c>.</param>
/// <param name="Value">NaN when it is not defined.</param>
internal readonly record struct LinearMetric(string Name, string Kind, double Value);

/// <summary>Measures a model on rows, in the label's own units.</summary>
internal sealed class LinearEvaluator(HyperparameterValues values, Scaling scaling)
{
    private readonly LinearLoss _loss = LinearLoss.From(values);
    private readonly string _predictor = values.Text("predictor_type")!;

    /// <summary>Row by row, one score per output, in the label's units in a regression.</summary>
    public float[] Scores(LinearModel model, Table table)
    {
        var scores = new float[table.Rows * model.Outputs];
        for (var row = 0; row < table.Rows; row++) model.Score(table.Row(row), scores.AsSpan(row * model.Outputs, model.Outputs));
        if (_predictor == "regressor")
        {
            foreach (ref var score in scores.AsSpan()) score = (float)scaling.Unscaled(score);
        }

        return scores;
    }

    /// <summary>All metrics, the objective first.</summary>
    /// <param name="scores">Of <see cref="Scores"/>.</param>
    /// <param name="labels">One per row.</param>
    /// <param name="threshold">Of a binary classifier.</param>
    public IReadOnlyList<LinearMetric> Measure(float[] scores, float[] labels, double threshold)
    {
        var metrics = new List<LinearMetric> { new(_loss.Metric + "_objective", "loss", Objective(scores, labels)) };
        if (_predictor == "regressor") AddRegression(metrics, scores, labels);
        else if (_predictor == "binary_classifier") AddBinary(metrics, scores, labels, threshold);
        else AddMulticlass(metrics, scores, labels);
        return metrics;
    }

    private double Objective(float[] scores, float[] labels)
    {
        var outputs = scores.Length / labels.Length;
        var slopes = new float[outputs];
        var sum = 0.0;
        for (var row = 0; row < labels.Length; row++) sum += _loss.Of(scores.AsSpan(row * outputs, outputs), labels[row], slopes);
        return sum / labels.Length;
    }

    private static void AddRegression(List<LinearMetric> metrics, float[] scores, float[] labels)
    {
        var (squares, distances) = (0.0, 0.0);
        for (var row = 0; row < labels.Length; row++)
        {
            double error = scores[row] - labels[row];
            squares += error * error;
            distances += Math.Abs(error);
        }

        metrics.Add(new LinearMetric("mse", "loss", squares / labels.Length));
        metrics.Add(new LinearMetric("rmse", "loss", Math.Sqrt(squares / labels.Length)));
        metrics.Add(new LinearMetric("absolute_loss", "loss", distances / labels.Length));
    }

    private void AddBinary(List<LinearMetric> metrics, float[] scores, float[] labels, double threshold)
    {
        var counts = BinaryCounts.At(scores, labels, threshold);
        var beta = values.Real("f_beta");
        metrics.Add(new LinearMetric("binary_classification_accuracy", "score", counts.Accuracy));
        metrics.Add(new LinearMetric($"binary_f_{Fixed(beta)}", "score", counts.FBeta(beta)));
        metrics.Add(new LinearMetric("precision", "score", counts.Precision));
        metrics.Add(new LinearMetric("recall", "score", counts.Recall));
        metrics.Add(new LinearMetric("roc_auc_score", "score", BinaryCounts.AreaUnderCurve(scores, labels)));
    }

    private void AddMulticlass(List<LinearMetric> metrics, float[] scores, float[] labels)
    {
        var classes = scores.Length / labels.Length;
        var (found, right, real) = (new int[classes], new int[classes], new int[classes]);
        var (gain, near) = (0.0, 0);
        var topK = values.Whole("accuracy_top_k");
        for (var row = 0; row < labels.Length; row++)
        {
            var of = scores.AsSpan(row * classes, classes);
            var own = (int)labels[row];
            // Among equals the right class comes last: a model that tells nothing apart is not right by that.
            var rank = 0;
            var best = 0;
            for (var c = 0; c < classes; c++)
            {
                if (c != own && !(of[c] < of[own])) rank++;
                if (of[c] > of[best]) best = c;
            }

            real[own]++;
            found[best]++;
            if (best == own) right[own]++;
            if (rank < topK) near++;
            gain += 1 / Math.Log2(rank + 2);
        }

        var present = Enumerable.Range(0, classes).Where(c => real[c] > 0 || found[c] > 0).ToList();
        double Recall(int c) => real[c] > 0 ? (double)right[c] / real[c] : 0;
        double Precision(int c) => found[c] > 0 ? (double)right[c] / found[c] : 0;
        var beta = values.Real("f_beta");
        metrics.Add(new LinearMetric("multiclass_accuracy", "score", (double)right.Sum() / labels.Length));
        metrics.Add(new LinearMetric($"multiclass_top_k_accuracy_{topK}", "score", (double)near / labels.Length));
        metrics.Add(new LinearMetric("dcg", "score", gain / labels.Length));
        metrics.Add(new LinearMetric("macro_recall", "score", present.Average(Recall)));
        metrics.Add(new LinearMetric("macro_precision", "score", present.Average(Precision)));
        metrics.Add(new LinearMetric($"macro_f_{Fixed(beta)}", "score", present.Average(c => BinaryCounts.FBeta(Precision(c), Recall(c), beta))));
    }

    private static string Fixed(double value) => value.ToString("F3", CultureInfo.InvariantCulture);
}
