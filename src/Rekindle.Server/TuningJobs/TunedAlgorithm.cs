using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.TuningJobs;

/// <summary>One of several algorithms of a tuning job: what is searched for it, and how it is trained.</summary>
internal sealed record TunedAlgorithm
{
    /// <summary>Metrics of different algorithms may have different names, but all are minimised or all are maximised.</summary>
    public required ObjectiveMetric Objective { get; init; }

    public required IReadOnlyList<ParameterRange> Ranges { get; init; }

    public required IReadOnlyDictionary<string, string> StaticHyperParameters { get; init; }

    /// <summary>What Hyperband may spend on one of its training jobs; null for other strategies.</summary>
    public HyperbandResources? Hyperband { get; init; }

    public required TrainingDefinition Training { get; init; }
}
