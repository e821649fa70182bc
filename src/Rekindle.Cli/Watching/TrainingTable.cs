using System.Globalization;
using Rekindle.Cli.Output;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Rekindle.Cli.Watching;

/// <summary>The training jobs of a tuning job, one a row.</summary>
internal static class TrainingTable
{
    private const string BestMark = "*";

    private static readonly Style Bold = new(decoration: Decoration.Bold);
    private static readonly Style Dim = new(decoration: Decoration.Dim);

    /// <param name="picture">The tuning job.</param>
    /// <param name="width">Columns of the terminal.</param>
    /// <param name="fullNames">Whether the training jobs' names are worth more than their hyperparameters, as when one is to be copied.</param>
    /// <param name="maxRows">Most rows: the best one and the newest are shown.</param>
    /// <param name="origins">How training jobs were suggested, by name; shown where there is room.</param>
    public static IRenderable Render(
        TuningPicture picture, int width, bool fullNames, int maxRows = int.MaxValue, IReadOnlyDictionary<string, string>? origins = null)
    {
        var rows = Chosen(picture, maxRows);
        var omitted = picture.TrainingJobs.Count - rows.Count;
        // What was tried is what a row is about: names are cut before hyperparameters go.
        FittingTable[] tables =
        [
            .. Both(Naming.Full, Tuned.Named),
            .. fullNames ? Both(Naming.Full, Tuned.Abbreviated) : [],
            .. Both(Naming.Short, Tuned.Named),
            .. Both(Naming.Short, Tuned.Abbreviated),
            .. Both(Naming.Number, Tuned.Abbreviated),
            .. Both(Naming.Short, Tuned.Omitted),
            Narrow(picture, rows),
        ];
        var table = FittingTable.Choose(width, tables);
        return omitted == 0
            ? table
            : new Rows(new Text(string.Create(CultureInfo.InvariantCulture, $"({omitted} more training jobs)"), Dim), table);

        FittingTable[] Both(Naming naming, Tuned tuned) => origins is { Count: > 0 }
            ? [Build(picture, rows, naming, tuned, origins), Build(picture, rows, naming, tuned)]
            : [Build(picture, rows, naming, tuned)];
    }

    private static List<TrainingView> Chosen(TuningPicture picture, int maxRows)
    {
        var best = picture.Best;
        var newest = picture.TrainingJobs.TakeLast(Math.Max(1, maxRows)).ToList();
        if (best is null || newest.Contains(best))
        {
            return newest;
        }

        newest[0] = best;
        return newest;
    }

    private static FittingTable Build(
        TuningPicture picture, List<TrainingView> rows, Naming naming, Tuned tuned, IReadOnlyDictionary<string, string>? origins = null)
    {
        var names = tuned == Tuned.Omitted ? [] : picture.TunedNames;
        var headings = tuned == Tuned.Abbreviated ? ShortNames.Of(names) : names;
        var metric = tuned == Tuned.Abbreviated ? ShortMetric(picture.Metric) : picture.Metric;
        var hasEpochs = rows.Exists(row => row.Epoch is not null);
        List<Column> columns =
        [
            new(naming == Naming.Number ? "Job" : "Training job"), .. headings.Select(name => new Column(name, IsNumber: true)), new("Status"),
        ];
        if (hasEpochs)
        {
            columns.Add(new Column("Epoch", IsNumber: true));
        }

        columns.Add(new Column(metric, IsNumber: true));
        columns.Add(new Column(""));
        if (origins is not null)
        {
            columns.Add(new Column("By"));
        }

        var shortened = names.Zip(headings).Where(pair => pair.First != pair.Second).Select(pair => $"{pair.Second} {pair.First}");
        var legend = string.Join(", ", metric == picture.Metric ? shortened : shortened.Append($"{metric} {picture.Metric}"));
        return new FittingTable(columns, [.. rows.Select(row => Cells(picture, row, naming, names, hasEpochs, origins))])
        {
            Legend = legend.Length == 0 ? null : legend,
        };
    }

    /// <summary>SageMaker's names of metrics begin with the channel: <c>validation:accuracy</c>.</summary>
    private static string ShortMetric(string metric) => metric[(metric.LastIndexOf(':') + 1)..] is { Length: > 0 } part ? part : metric;

    private static List<Cell> Cells(
        TuningPicture picture,
        TrainingView row,
        Naming naming,
        IReadOnlyList<string> names,
        bool hasEpochs,
        IReadOnlyDictionary<string, string>? origins)
    {
        var isBest = row == picture.Best;
        var status = row.Summary.TrainingJobStatus ?? "";
        List<Cell> cells =
        [
            new(Name(picture, row, naming), isBest ? Bold : Style.Plain),
            .. names.Select(name => new Cell(
                row.Summary.TunedHyperParameters?.TryGetValue(name, out var value) == true ? ShortText.Hyperparameter(value) : "")),
            new(status, StatusStyle.Of(status)),
        ];
        if (hasEpochs)
        {
            cells.Add(Epoch(picture, row));
        }

        cells.Add(Metric(row, isBest));
        cells.Add(isBest ? BestMark : "");
        if (origins is not null)
        {
            cells.Add(new Cell(origins.GetValueOrDefault(row.Name, ""), Dim));
        }

        return cells;
    }

    private static FittingTable Narrow(TuningPicture picture, List<TrainingView> rows) => new(
        [new("Job"), new("Status"), new("Metric", IsNumber: true)],
        [
            .. rows.Select(row => (IReadOnlyList<Cell>)
            [
                new(Name(picture, row, Naming.Number)),
                new(row.Summary.TrainingJobStatus ?? "", StatusStyle.Of(row.Summary.TrainingJobStatus)),
                Metric(row, row == picture.Best),
            ]),
        ]);

    private static string Name(TuningPicture picture, TrainingView row, Naming naming) => naming switch
    {
        Naming.Full => row.Name,
        Naming.Short => picture.ShortName(row.Name),
        _ => picture.ShortName(row.Name).Split('-')[0],
    };

    private static Cell Metric(TrainingView row, bool isBest)
    {
        var text = row.Current is { } value ? ShortText.Metric(value) : "";
        // A value on the way is not yet one that counts.
        return new Cell(text, isBest ? Bold : row.Final is null ? Dim : Style.Plain);
    }

    private static string Epoch(TuningPicture picture, TrainingView row) => (row.Epoch, picture.Epochs) switch
    {
        (null, _) => "",
        ({ } epoch, null) => epoch.ToString(CultureInfo.InvariantCulture),
        ({ } epoch, { } epochs) => string.Create(CultureInfo.InvariantCulture, $"{epoch}/{epochs}"),
    };

    /// <summary>How a training job is called: in full, without its tuning job's name, by its number only.</summary>
    private enum Naming
    {
        Full,
        Short,
        Number,
    }

    /// <summary>How the tuned hyperparameters are headed; or that they have no columns.</summary>
    private enum Tuned
    {
        Named,
        Abbreviated,
        Omitted,
    }
}
