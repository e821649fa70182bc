namespace Rekindle.Api.Shapes;

/// <summary>Asks for the family of a tuning job: those it learned from, and those that learned from it.</summary>
public sealed record DescribeLineageRequest
{
    /// <summary>Name of the tuning job, unique without regard to case.</summary>
    [Required, Length(1, 32), Pattern(Patterns.TuningJobName)]
    public string? HyperParameterTuningJobName { get; init; }
}

/// <summary>The ancestors and descendants of a tuning job, each once.</summary>
public sealed record DescribeLineageResponse
{
    /// <summary>Name of the tuning job that was asked for.</summary>
    [Required, Length(1, 32), Pattern(Patterns.TuningJobName)]
    public string? HyperParameterTuningJobName { get; init; }

    /// <summary>It and its relatives; parents come before their children.</summary>
    [Required]
    public IReadOnlyList<LineageTuningJob>? TuningJobs { get; init; }
}

/// <summary>One tuning job of a family.</summary>
public sealed record LineageTuningJob
{
    /// <summary>Tells it apart within the answer: a deleted tuning job may have the name of another.</summary>
    [Required, Length(1)]
    public string? Id { get; init; }

    /// <summary>Its name.</summary>
    [Required, Length(1, 32), Pattern(Patterns.TuningJobName)]
    public string? HyperParameterTuningJobName { get; init; }

    /// <summary>What it is to the tuning job that was asked for.</summary>
    [Required, OneOf("Self | Ancestor | Descendant")]
    public string? Relation { get; init; }

    /// <summary>How it used its parents; absent when it had none.</summary>
    [OneOf("IdenticalDataAndAlgorithm | TransferLearning")]
    public string? WarmStartType { get; init; }

    /// <summary>All its parents, in the order in which it named them.</summary>
    [Required]
    public IReadOnlyList<LineageParent>? Parents { get; init; }

    /// <summary>State of the tuning job.</summary>
    [Required, OneOf(ValueSets.TuningJobStatus)]
    public string? HyperParameterTuningJobStatus { get; init; }

    /// <summary>When it was created; of an imported one, where it ran.</summary>
    [Required]
    public DateTimeOffset? CreationTime { get; init; }

    /// <summary>Its objective.</summary>
    [Required]
    public HyperParameterTuningJobObjective? Objective { get; init; }

    /// <summary>The best final objective of its own training jobs; absent until one has one.</summary>
    public double? BestValue { get; init; }

    /// <summary>How many training jobs it has launched.</summary>
    [Required, Range(0)]
    public int? TrainingJobs { get; init; }

    /// <summary>Whether it was deleted. Its results still count for its children.</summary>
    [Required]
    public bool? Deleted { get; init; }

    /// <summary>Whether it ran elsewhere and was imported.</summary>
    [Required]
    public bool? Imported { get; init; }
}

/// <summary>A parent of a tuning job of a family.</summary>
public sealed record LineageParent
{
    /// <summary>Its name.</summary>
    [Required, Length(1, 32), Pattern(Patterns.TuningJobName)]
    public string? HyperParameterTuningJobName { get; init; }

    /// <summary>Its <c>Id</c> in the answer; absent when it is not among the relatives, or not on this server.</summary>
    [Length(1)]
    public string? Id { get; init; }
}
