using System.Globalization;
using Rekindle.Api.Shapes;
using Rekindle.Cli.Output;
using Rekindle.Cli.Watching;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Rekindle.Cli.Demo;

/// <summary>What the demo has shown: the bests side by side, and how fast the children got past their parent.</summary>
internal static class DemoReport
{
    /// <param name="parent">The parent as it ended.</param>
    /// <param name="children">The warm-started children as they ended.</param>
    /// <param name="width">Columns of the terminal.</param>
    /// <param name="unicode">Whether the terminal has more than ASCII.</param>
    public static IRenderable Render(TuningPicture parent, IReadOnlyList<TuningPicture> children, int width, bool unicode)
    {
        List<IRenderable> parts = [Bests(parent, children, width), Text.Empty];
        foreach (var child in children)
        {
            parts.AddRange(Overall(child));
        }

        parts.AddRange(Chart([parent, .. children], width, unicode));
        return new Rows(parts);
    }

    private static IRenderable Bests(TuningPicture parent, IReadOnlyList<TuningPicture> children, int width)
    {
        var mark = BestSoFar.Of(parent).Best;
        TuningPicture[] all = [parent, .. children];
        return FittingTable.Choose(width, Table(Detail.All), Table(Detail.WarmStart), Table(Detail.Least));

        FittingTable Table(Detail detail)
        {
            List<Column> columns = [new("Tuning job"), new(detail == Detail.All ? $"Best {parent.Metric}" : "Best", IsNumber: true)];
            if (detail == Detail.All)
            {
                columns.AddRange([new Column("Training job"), new Column("Training jobs", IsNumber: true)]);
            }

            if (detail != Detail.Least)
            {
                columns.Add(new Column("Warm start"));
            }

            columns.Add(new Column("Passed the parent's best"));
            return new FittingTable(columns, [.. all.Select(job => Row(job, detail))])
            {
                Legend = detail == Detail.All ? null : $"Best {parent.Metric}; passed with which of the training jobs.",
            };
        }

        IReadOnlyList<Cell> Row(TuningPicture job, Detail detail)
        {
            var best = job.Best;
            List<Cell> cells =
            [
                new(job.Name, new Style(decoration: Decoration.Bold)),
                new(best?.Final is { } value ? ShortText.Metric(value) : "none", new Style(Color.Green)),
            ];
            if (detail == Detail.All)
            {
                cells.AddRange([best is null ? "" : job.ShortName(best.Name), job.TrainingJobs.Count.ToString(CultureInfo.InvariantCulture)]);
            }

            if (detail != Detail.Least)
            {
                cells.Add(job.Job.WarmStartConfig?.WarmStartType ?? "none: starts from nothing");
            }

            cells.Add(job == parent ? "" : Passed(job, mark, detail));
            return cells;
        }
    }

    /// <summary>How much of the table fits.</summary>
    private enum Detail
    {
        All,
        WarmStart,
        Least,
    }

    private static string Passed(TuningPicture child, double? mark, Detail detail)
    {
        var jobs = mark is { } value ? BestSoFar.Of(child).JobsToPass(value) : null;
        var reach = jobs?.ToString(CultureInfo.InvariantCulture);
        var of = $"{reach} of {child.TrainingJobs.Count.ToString(CultureInfo.InvariantCulture)}";
        return reach is null ? "did not" : detail == Detail.All ? $"with training job {of}" : $"with job {of}";
    }

    /// <summary>AWS defines an overall best for identical data and algorithm only.</summary>
    private static IEnumerable<IRenderable> Overall(TuningPicture child)
    {
        if (child.Job.OverallBestTrainingJob is not { } overall)
        {
            yield break;
        }

        var metric = overall.FinalHyperParameterTuningJobObjectiveMetric;
        yield return new Text($"OverallBestTrainingJob of {child.Name} and its parents:", new Style(decoration: Decoration.Bold));
        yield return new Text(
            $"  {overall.TrainingJobName}, TuningJobName {overall.TuningJobName}, "
            + $"{metric?.MetricName} {(metric?.Value is { } value ? ShortText.Metric(value) : "unknown")}");
        yield return new Text($"  {Hyperparameters(overall)}");
        yield return Text.Empty;
    }

    private static string Hyperparameters(HyperParameterTrainingJobSummary job) => string.Join(
        ", ",
        (job.TunedHyperParameters ?? new Dictionary<string, string>())
            .OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .Select(pair => $"{pair.Key} {ShortText.Hyperparameter(pair.Value)}"));

    private static IEnumerable<IRenderable> Chart(IReadOnlyList<TuningPicture> jobs, int width, bool unicode)
    {
        var lines = BestSoFarChart.Draw([.. jobs.Select(BestSoFar.Of)], width, unicode);
        if (lines.Count == 0)
        {
            yield break;
        }

        yield return new Text($"Best {jobs[0].Metric} so far, training job by training job", new Style(decoration: Decoration.Bold));
        foreach (var line in lines)
        {
            var paragraph = new Paragraph { Overflow = Overflow.Crop };
            foreach (var (text, ink) in line)
            {
                paragraph.Append(text, StyleOf(ink));
            }

            yield return paragraph;
        }
    }

    private static Style StyleOf(Ink ink) => ink switch
    {
        Ink.Line => new Style(Color.Blue),
        Ink.Improvement => new Style(Color.Green),
        Ink.ParentBest => new Style(Color.Yellow),
        Ink.Axis or Ink.Other => new Style(decoration: Decoration.Dim),
        _ => Style.Plain,
    };
}
