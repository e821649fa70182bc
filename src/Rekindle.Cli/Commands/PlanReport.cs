using System.Globalization;
using Rekindle.Api.Shapes;
using Rekindle.Cli.Output;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Rekindle.Cli.Commands;

/// <summary>The preview of a tuning job in words and tables.</summary>
internal static class PlanReport
{
    /// <summary>So many names stand behind a reason; whoever needs all of them asks for JSON.</summary>
    private const int MostNames = 3;

    public static IEnumerable<IRenderable> Render(CreateHyperParameterTuningJobRequest request, PreviewWarmStartResponse preview, int width)
    {
        foreach (var line in Verdict(request.HyperParameterTuningJobName, preview))
        {
            yield return line;
        }

        if (request.WarmStartConfig is not null)
        {
            foreach (var part in Changes(preview.Changes!, width).Concat(Parents(preview.Parents!, width)).Concat(TrainingJobs(preview.TrainingJobs!)))
            {
                yield return part;
            }
        }

        foreach (var part in Suggestions(preview, width))
        {
            yield return part;
        }
    }

    private static IEnumerable<IRenderable> Verdict(string? name, PreviewWarmStartResponse preview)
    {
        var violations = preview.Violations ?? [];
        if (preview.Accepted == true)
        {
            yield return Line($"{name} would be accepted.", new Style(Color.Green));
        }
        else
        {
            yield return Line(
                violations.Count == 1 ? $"{name} would be refused, for 1 reason:" : string.Create(
                    CultureInfo.InvariantCulture, $"{name} would be refused, for {violations.Count} reasons:"),
                new Style(Color.Red));
        }

        foreach (var (number, violation) in violations.Index())
        {
            yield return Item(string.Create(CultureInfo.InvariantCulture, $"{number + 1}."), $"{violation.Rule}: {violation.Message} (at {violation.Path})");
        }

        foreach (var warning in preview.Warnings ?? [])
        {
            yield return Line($"warning: {warning}", new Style(Color.Yellow));
        }
    }

    private static IEnumerable<IRenderable> Changes(WarmStartChanges changes, int width)
    {
        yield return Heading(string.Create(CultureInfo.InvariantCulture, $"Changes: {changes.Used} of {changes.Limit} used"));
        if (changes.Items is { Count: > 0 } items)
        {
            var rows = items.Select(item => (IReadOnlyList<Cell>)[item.HyperParameter!, item.From!, item.To!, Number(item.Cost)]).ToList();
            var narrow = rows.Select(row => (IReadOnlyList<Cell>)[row[0], row[3]]).ToList();
            yield return FittingTable.Choose(
                width,
                new FittingTable([new("hyperparameter"), new("in the parents"), new("now"), new("cost", IsNumber: true)], rows),
                new FittingTable([new("hyperparameter"), new("cost", IsNumber: true)], narrow));
        }

        if (changes.Exempt is { Count: > 0 } exempt)
        {
            yield return Line($"Not counted, because the platform sets them: {string.Join(", ", exempt)}");
        }
    }

    private static IEnumerable<IRenderable> Parents(IReadOnlyList<WarmStartParentUse> parents, int width)
    {
        if (parents.Count == 0)
        {
            yield break;
        }

        yield return Heading("Parents");
        var rows = parents.Select(parent => (IReadOnlyList<Cell>)
        [
            NameOf(parent),
            Number(parent.TrainingJobs),
            Number(parent.Usable),
            Number(parent.Outside?.Count),
            Number(parent.Dropped?.Count),
            parent.BestValue is { } best ? ShortText.Metric(best) : "",
        ]).ToList();
        yield return FittingTable.Choose(
            width,
            new FittingTable(
                [
                    new("parent"), new("training jobs", IsNumber: true), new("usable", IsNumber: true), new("of them outside the ranges", IsNumber: true),
                    new("dropped", IsNumber: true), new("best", IsNumber: true),
                ],
                rows),
            new FittingTable(
                [new("parent"), new("usable", IsNumber: true), new("dropped", IsNumber: true)],
                [.. rows.Select(row => (IReadOnlyList<Cell>)[row[0], row[2], row[4]])]));
        foreach (var parent in parents.Where(parent => parent.Unlisted > 0))
        {
            yield return Line($"  - {NameOf(parent)}: {Number(parent.Unlisted)} counted, and not listed in what was imported");
        }

        foreach (var parent in parents)
        {
            foreach (var line in Reasons(parent.HyperParameterTuningJobName, "dropped", parent.Dropped?.Select(job => (job.TrainingJobName!, job.Reason!))))
            {
                yield return line;
            }

            foreach (var line in Reasons(
                parent.HyperParameterTuningJobName, "outside", parent.Outside?.Select(job => (job.TrainingJobName!, ReasonOf(job)))))
            {
                yield return line;
            }
        }
    }

    private static string NameOf(WarmStartParentUse parent) => parent.Depth > 0
        ? string.Create(CultureInfo.InvariantCulture, $"{parent.HyperParameterTuningJobName} (through {parent.Through}, depth {parent.Depth})")
        : parent.HyperParameterTuningJobName!;

    private static string ReasonOf(OutlyingTrainingJob job) =>
        job.Use == "ParentModelOnly" ? $"{job.Reason} Only the model of the parent uses it." : job.Reason!;

    /// <summary>Training jobs with the same reason stand on one line.</summary>
    private static IEnumerable<IRenderable> Reasons(string? parent, string what, IEnumerable<(string Name, string Reason)>? jobs)
    {
        foreach (var group in (jobs ?? []).GroupBy(job => job.Reason))
        {
            var names = group.Select(job => job.Name).ToList();
            var more = names.Count > MostNames ? string.Create(CultureInfo.InvariantCulture, $" and {names.Count - MostNames} more") : "";
            yield return Item("-", string.Create(
                CultureInfo.InvariantCulture, $"{parent}: {names.Count} {what}: {group.Key} ({string.Join(", ", names.Take(MostNames))}{more})"));
        }
    }

    private static IEnumerable<IRenderable> TrainingJobs(WarmStartTrainingJobs count)
    {
        yield return Heading(string.Create(
            CultureInfo.InvariantCulture,
            $"Training jobs: {(count.Parents ?? 0) + (count.Child ?? 0)} of {count.Limit} used: {count.Parents ?? 0} by the parents, {count.Child ?? 0} for this tuning job"));
    }

    private static IEnumerable<IRenderable> Suggestions(PreviewWarmStartResponse preview, int width)
    {
        if (preview.FirstSuggestions is not { Count: > 0 } suggestions)
        {
            yield break;
        }

        yield return Heading(preview.SeedIsDrawn == true
            ? "First suggestions (the request has no RandomSeed: another seed is drawn at creation, so these are examples)"
            : "First suggestions, as long as no result has come in");
        var names = suggestions[0].HyperParameters!.Keys.ToList();
        var rows = suggestions.Index().Select(entry => (IReadOnlyList<Cell>)
        [
            Number(entry.Index + 1),
            entry.Item.Origin!,
            .. names.Select(name => new Cell(ShortText.Hyperparameter(entry.Item.HyperParameters![name]))),
        ]).ToList();
        Column[] fixedColumns = [new("#", IsNumber: true), new("from")];
        yield return FittingTable.Choose(width, new FittingTable([.. fixedColumns, .. names.Select(name => new Column(name, IsNumber: true))], rows));
    }

    private static Rows Heading(string text) => new(new Text(""), new Text(text, new Style(decoration: Decoration.Bold)));

    private static Text Line(string text, Style? style = null) => new(text + "\n", style);

    private static Grid Item(string mark, string text)
    {
        var grid = new Grid();
        grid.AddColumn(new GridColumn { NoWrap = true, Padding = new Padding(2, 0, 1, 0) });
        grid.AddColumn(new GridColumn { Padding = new Padding(0) });
        grid.AddRow(new Text(mark), new Text(text));
        return grid;
    }

    private static string Number(int? number) => (number ?? 0).ToString(CultureInfo.InvariantCulture);
}
