namespace Rekindle.Api.Shapes;

/// <summary>The earlier tuning jobs a new one learns from.</summary>
public sealed record HyperParameterTuningJobWarmStartConfig
{
    /// <summary>One to five parents.</summary>
    [Required, Length(1, 5)]
    public IReadOnlyList<ParentHyperParameterTuningJob>? ParentHyperParameterTuningJobs { get; init; }

    /// <summary>Whether data and algorithm are the same as the parents'.</summary>
    [Required, OneOf("IdenticalDataAndAlgorithm | TransferLearning")]
    public string? WarmStartType { get; init; }
}

/// <summary>Names one parent.</summary>
public sealed record ParentHyperParameterTuningJob
{
    /// <summary>Name of the parent.</summary>
    [Length(1, 32), Pattern(Patterns.TuningJobName)]
    public string? HyperParameterTuningJobName { get; init; }
}
