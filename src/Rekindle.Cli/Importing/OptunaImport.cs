using System.Globalization;

namespace Rekindle.Cli.Importing;

/// <summary>Makes a tuning job of one search of an Optuna storage.</summary>
internal static class OptunaImport
{
    private const string DefaultMetric = "objective";

    /// <param name="searches">All searches of the storage.</param>
    /// <param name="wanted">The name of the one to take; null when there is only one.</param>
    /// <param name="metric">The objective metric's name, when the user gives one.</param>
    /// <param name="goal">The goal, for a search that has none.</param>
    /// <param name="name">The tuning job's name, when the user gives one.</param>
    /// <exception cref="FormatException">There is no such search, or no tuning job can hold it.</exception>
    public static ForeignJob Make(IReadOnlyList<OptunaSearch> searches, string? wanted, string? metric, string? goal, string? name)
    {
        var search = Choose(searches, wanted);
        if (search.Goals.Count > 1)
        {
            throw new FormatException($"{search.Name} has {search.Goals.Count} objectives, and a tuning job has one.");
        }

        var notes = new List<string>();
        var waiting = search.Records.Count(record => record.State == OptunaState.Waiting);
        var records = search.Records.Where(record => record.State != OptunaState.Waiting).ToList();
        if (waiting > 0)
        {
            notes.Add(string.Create(CultureInfo.InvariantCulture, $"{waiting} evaluations that had not begun are left out."));
        }

        if (records.Count(record => record.State == OptunaState.Running) is > 0 and var running)
        {
            notes.Add(string.Create(CultureInfo.InvariantCulture, $"{running} evaluations were running; they are taken as failed."));
        }

        var space = Space(records, notes);
        return new ForeignJob
        {
            Name = ForeignNames.TuningJob(name ?? search.Name),
            Metric = metric ?? search.Metric ?? DefaultMetric,
            Goal = search.Goals.FirstOrDefault() ?? Goal(goal, search.Name),
            Ranges = [.. space.Select(pair => pair.Value.ToRange(pair.Key))],
            Runs = [.. records.Select(Run)],
            Notes = notes,
        };
    }

    private static OptunaSearch Choose(IReadOnlyList<OptunaSearch> searches, string? wanted)
    {
        var names = string.Join(", ", searches.Select(search => search.Name).Order(StringComparer.Ordinal));
        return (wanted, searches) switch
        {
            (_, []) => throw new FormatException("It holds no search."),
            (null, [var only]) => only,
            (null, _) => throw new FormatException($"It holds several searches; name one with --study: {names}."),
            _ => searches.LastOrDefault(search => search.Name == wanted)
                ?? throw new FormatException($"It holds no search called {wanted}. It holds: {names}."),
        };
    }

    private static SortedDictionary<string, OptunaDistribution> Space(List<OptunaRecord> records, List<string> notes)
    {
        var space = new SortedDictionary<string, OptunaDistribution>(StringComparer.Ordinal);
        foreach (var (name, (distribution, _)) in records.SelectMany(record => record.Parameters))
        {
            space[name] = space.TryGetValue(name, out var known) ? known.Union(distribution, name) : distribution;
        }

        var stepped = space.Where(pair => pair.Value.HasStep).Select(pair => pair.Key).ToList();
        if (stepped.Count > 0)
        {
            notes.Add($"SageMaker's ranges have no steps; those of {string.Join(", ", stepped)} are left out.");
        }

        return space;
    }

    private static ForeignRun Run(OptunaRecord record)
    {
        // What a pruned evaluation reported last is what is known of it, as of a training job that was stopped early.
        var last = record.Reports.Count > 0 ? record.Reports.Last().Value : null;
        (string Status, double? Objective, string? Reason) end = record.State switch
        {
            OptunaState.Complete when record.Values is [{ } value] => ("Completed", value, null),
            OptunaState.Complete => ("Completed", null, null),
            OptunaState.Pruned => ("Stopped", last, null),
            OptunaState.Running => ("Failed", null, "It was still running when it was imported."),
            _ => ("Failed", null, "It failed."),
        };
        return new ForeignRun
        {
            Status = end.Status,
            Values = record.Parameters
                .Select(pair => (pair.Key, Text: pair.Value.Distribution.Text(pair.Value.Stored)))
                .Where(pair => pair.Text is not null)
                .OrderBy(pair => pair.Key, StringComparer.Ordinal)
                .ToDictionary(pair => pair.Key, pair => pair.Text!),
            Objective = end.Objective,
            Start = record.Start,
            End = record.End ?? record.Start,
            FailureReason = end.Reason,
        };
    }

    private static string Goal(string? given, string name) => given?.ToUpperInvariant() switch
    {
        "MAXIMIZE" or "MAX" => "Maximize",
        "MINIMIZE" or "MIN" => "Minimize",
        _ => throw new FormatException($"{name} does not say whether more or less is better; say --goal Maximize or --goal Minimize."),
    };
}
