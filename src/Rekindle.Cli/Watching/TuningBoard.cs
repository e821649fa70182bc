using System.Globalization;
using Rekindle.Cli.Output;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Rekindle.Cli.Watching;

/// <summary>The screen of a tuning job that runs: a headline, its training jobs, the best so far.</summary>
internal static class TuningBoard
{
    /// <summary>Lines of a screen that are not rows of the table.</summary>
    private const int OtherLines = 9;

    public static IRenderable Render(TuningPicture picture, int width, int height) => new Rows(
        Headline(picture),
        TrainingTable.Render(picture, width, fullNames: false, Math.Max(3, height - OtherLines)),
        BestSoFar(picture));

    /// <summary>One line that says how far it is.</summary>
    public static string Progress(TuningPicture picture)
    {
        var ended = picture.TrainingJobs.Count(job => job.HasEnded);
        var running = picture.TrainingJobs.Count - ended;
        var total = picture.MaxTrainingJobs is { } max ? string.Create(CultureInfo.InvariantCulture, $" of {max}") : "";
        var text = string.Create(CultureInfo.InvariantCulture, $"{ended}{total} training jobs ended");
        return running > 0 ? string.Create(CultureInfo.InvariantCulture, $"{text}, {running} running") : text;
    }

    public static string BestText(TuningPicture picture) => picture.Best is { Final: { } value } best
        ? $"Best so far: {picture.Metric} {ShortText.Metric(value)} by {picture.ShortName(best.Name)}"
        : picture.HasEnded ? $"Best: none, for no training job has left {picture.Metric}"
        : $"Best so far: no training job has ended with {picture.Metric} yet";

    private static Paragraph Headline(TuningPicture picture)
    {
        var status = picture.Job.HyperParameterTuningJobStatus ?? "";
        return new Paragraph()
            .Append(picture.Name, new Style(decoration: Decoration.Bold))
            .Append("  ")
            .Append(status, StatusStyle.Of(status))
            .Append($"  {Progress(picture)}");
    }

    private static Text BestSoFar(TuningPicture picture) =>
        new(BestText(picture), new Style(picture.Best is null ? null : Color.Green));
}
