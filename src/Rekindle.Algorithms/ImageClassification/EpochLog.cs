using System.Globalization;

namespace Rekindle.Algorithms.ImageClassification;

/// <summary>Prints the lines SageMaker's image classification prints, so that its metric definitions find the metrics.</summary>
internal sealed class EpochLog(TextWriter output, TimeProvider clock)
{
    public void Write(string message)
    {
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"[{clock.GetUtcNow():MM'/'dd'/'yyyy HH:mm:ss} INFO {Environment.ProcessId}] {message}"));
        // The tuning service reads along.
        output.Flush();
    }

    public void Speed(int epoch, int batches, double imagesPerSecond, double accuracy) => Write(string.Create(
        CultureInfo.InvariantCulture,
        $"Epoch[{epoch}] Batch [{batches}]\tSpeed: {imagesPerSecond:F2} samples/sec\taccuracy={Text(accuracy)}"));

    public void TimeCost(int epoch, TimeSpan time) =>
        Write(string.Create(CultureInfo.InvariantCulture, $"Epoch[{epoch}] Time cost={time.TotalSeconds:F3}"));

    /// <param name="phase"><c>Train</c> or <c>Validation</c>.</param>
    /// <param name="epoch">From 0.</param>
    /// <param name="score">What was measured.</param>
    /// <param name="topK">The k of the top-k accuracy, if that was asked for.</param>
    public void Score(string phase, int epoch, Score score, int? topK)
    {
        Write($"Epoch[{epoch}] {phase}-accuracy={Text(score.Accuracy)}");
        if (topK is not null) Write($"Epoch[{epoch}] {phase}-top_k_accuracy_{topK}={Text(score.TopKAccuracy)}");
        Write($"Epoch[{epoch}] {phase}-cross-entropy={Text(score.Loss)}");
    }

    /// <summary>Python's spelling of NaN, which the reader of a log expects; it is no number, so no metric is taken from it.</summary>
    private static string Text(double value) => double.IsFinite(value) ? value.ToString("F6", CultureInfo.InvariantCulture) : "nan";
}

/// <summary>How a network did on a set of images.</summary>
/// <param name="Accuracy">Share of right answers; NaN when the loss is not finite.</param>
/// <param name="TopKAccuracy">Share of images with the right class among the k best; NaN when the loss is not finite.</param>
/// <param name="Loss">Mean cross entropy in nats; NaN or infinite after divergence.</param>
internal readonly record struct Score(double Accuracy, double TopKAccuracy, double Loss);
