namespace Rekindle.Cli.Importing;

/// <summary>The states of an evaluation in Optuna; the numbers stand in journals, the names in databases.</summary>
internal enum OptunaState { Running, Complete, Pruned, Fail, Waiting }

/// <summary>One evaluation in an Optuna storage.</summary>
internal sealed class OptunaRecord
{
    public OptunaState State { get; set; }

    public DateTimeOffset? Start { get; set; }

    public DateTimeOffset? End { get; set; }

    public Dictionary<string, (OptunaDistribution Distribution, double? Stored)> Parameters { get; } = new(StringComparer.Ordinal);

    /// <summary>One for each objective; null where it is not finite.</summary>
    public IReadOnlyList<double?> Values { get; set; } = [];

    /// <summary>What was reported on the way, by step.</summary>
    public SortedDictionary<long, double?> Reports { get; } = [];
}

/// <summary>One search in an Optuna storage, which may hold several.</summary>
internal sealed class OptunaSearch(string name)
{
    public string Name { get; } = name;

    /// <summary>Maximize, Minimize or null where it was not set, one for each objective.</summary>
    public List<string?> Goals { get; init; } = [];

    /// <summary>The name of the objective, when the file tells.</summary>
    public string? Metric { get; set; }

    public List<OptunaRecord> Records { get; } = [];
}
