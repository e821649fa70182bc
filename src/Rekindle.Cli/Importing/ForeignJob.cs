namespace Rekindle.Cli.Importing;

internal enum RangeKind { Continuous, Integer, Categorical }

/// <summary>A tunable hyperparameter of a foreign file, its bounds as text as the wire has them.</summary>
internal sealed record ForeignRange(string Name, RangeKind Kind)
{
    public string Min { get; init; } = "";

    public string Max { get; init; } = "";

    /// <summary>Auto, Linear, Logarithmic or ReverseLogarithmic.</summary>
    public string Scaling { get; init; } = "Auto";

    public IReadOnlyList<string> Values { get; init; } = [];

    /// <summary>Where it comes from, for people: a flag, the file, or a guess from the values.</summary>
    public string Origin { get; init; } = "";
}

/// <summary>One evaluation of a foreign file.</summary>
internal sealed record ForeignRun
{
    /// <summary>Completed, Stopped or Failed.</summary>
    public required string Status { get; init; }

    public required IReadOnlyDictionary<string, string> Values { get; init; }

    /// <summary>Finite, or null when there is none.</summary>
    public double? Objective { get; init; }

    public DateTimeOffset? Start { get; init; }

    public DateTimeOffset? End { get; init; }

    public string? FailureReason { get; init; }
}

/// <summary>What a foreign file says, before it becomes a tuning job.</summary>
internal sealed record ForeignJob
{
    public required string Name { get; init; }

    public required string Metric { get; init; }

    /// <summary>Maximize or Minimize.</summary>
    public required string Goal { get; init; }

    public required IReadOnlyList<ForeignRange> Ranges { get; init; }

    public IReadOnlyDictionary<string, string> Statics { get; init; } = new Dictionary<string, string>();

    public required IReadOnlyList<ForeignRun> Runs { get; init; }

    /// <summary>What was left out or taken otherwise, in sentences.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}
