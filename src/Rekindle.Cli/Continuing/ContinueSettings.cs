namespace Rekindle.Cli.Continuing;

/// <summary>What a continuation changes; everything else is carried over.</summary>
internal sealed record ContinueSettings
{
    /// <summary>How many training jobs more.</summary>
    public required int More { get; init; }

    /// <summary>Such as <c>lr=1e-6..1e-2:log</c> or <c>optimizer=sgd,adam</c>.</summary>
    public IReadOnlyList<string> Ranges { get; init; } = [];

    /// <summary>Such as <c>epochs=20</c>.</summary>
    public IReadOnlyList<string> Statics { get; init; } = [];

    public string WarmStartType { get; init; } = "IdenticalDataAndAlgorithm";

    /// <summary>How many at a time; as before when null.</summary>
    public int? Parallel { get; init; }

    /// <summary>As before when null.</summary>
    public int? Seed { get; init; }

    /// <summary>As before when null, if a warm start can have that.</summary>
    public string? Strategy { get; init; }

    /// <summary>How many steps of ancestors join; as the carried tag says when null.</summary>
    public int? Recursive { get; init; }
}
