namespace Rekindle.Api.Shapes;

/// <summary>What to search, how, and within which limits.</summary>
public sealed record HyperParameterTuningJobConfig
{
    /// <summary>How configurations are chosen.</summary>
    [Required, OneOf(ValueSets.Strategy)]
    public string? Strategy { get; init; }

    /// <summary>Settings of the strategy; only Hyperband has any.</summary>
    public HyperParameterTuningJobStrategyConfig? StrategyConfig { get; init; }

    /// <summary>The metric to optimize. With several training job definitions each of them carries its own.</summary>
    public HyperParameterTuningJobObjective? HyperParameterTuningJobObjective { get; init; }

    /// <summary>How much may run, at once and in all.</summary>
    [Required]
    public ResourceLimits? ResourceLimits { get; init; }

    /// <summary>The search space. With several training job definitions each of them carries its own.</summary>
    public ParameterRanges? ParameterRanges { get; init; }

    /// <summary>Whether training jobs that look hopeless are stopped. Off by default.</summary>
    [OneOf("Off | Auto")]
    public string? TrainingJobEarlyStoppingType { get; init; }

    /// <summary>Reasons to end before the limits are used up.</summary>
    public TuningJobCompletionCriteria? TuningJobCompletionCriteria { get; init; }

    /// <summary>Seed of the search: equal seeds and equal results give equal suggestions.</summary>
    [Range(0)]
    public int? RandomSeed { get; init; }
}

/// <summary>Settings of a strategy that has some.</summary>
public sealed record HyperParameterTuningJobStrategyConfig
{
    /// <summary>Resource bounds of Hyperband.</summary>
    public HyperbandStrategyConfig? HyperbandStrategyConfig { get; init; }
}

/// <summary>Resource bounds of Hyperband, in the unit the algorithm reports its metric by, usually epochs.</summary>
public sealed record HyperbandStrategyConfig
{
    /// <summary>Least resource a training job gets before it may be stopped.</summary>
    [Range(1)]
    public int? MinResource { get; init; }

    /// <summary>Most resource a training job gets.</summary>
    [Range(1)]
    public int? MaxResource { get; init; }
}

/// <summary>The metric to optimize and its direction.</summary>
public sealed record HyperParameterTuningJobObjective
{
    /// <summary>Whether more or less is better.</summary>
    [Required, OneOf(ValueSets.ObjectiveType)]
    public string? Type { get; init; }

    /// <summary>Name of the metric.</summary>
    [Required, Length(1, 255), Pattern(Patterns.SomeLine)]
    public string? MetricName { get; init; }
}

/// <summary>How much a tuning job may run, at once and in all.</summary>
public sealed record ResourceLimits
{
    /// <summary>Most training jobs in all.</summary>
    [Range(1)]
    public int? MaxNumberOfTrainingJobs { get; init; }

    /// <summary>Most training jobs at the same time.</summary>
    [Required, Range(1)]
    public int? MaxParallelTrainingJobs { get; init; }

    /// <summary>Longest run of the whole tuning job, in seconds of wall clock.</summary>
    [Range(120, 15768000)]
    public int? MaxRuntimeInSeconds { get; init; }
}

/// <summary>Reasons to end before the limits are used up. Any one suffices.</summary>
public sealed record TuningJobCompletionCriteria
{
    /// <summary>Ends the tuning job once a training job reaches this objective.</summary>
    public double? TargetObjectiveMetricValue { get; init; }

    /// <summary>Ends the tuning job when the best objective stays the same for long.</summary>
    public BestObjectiveNotImproving? BestObjectiveNotImproving { get; init; }

    /// <summary>Ends the tuning job when the search has converged.</summary>
    public ConvergenceDetected? ConvergenceDetected { get; init; }
}

/// <summary>Ends a tuning job that has stopped getting better.</summary>
public sealed record BestObjectiveNotImproving
{
    /// <summary>How many training jobs in a row may bring no improvement of at least one percent.</summary>
    [Range(3)]
    public int? MaxNumberOfTrainingJobsNotImproving { get; init; }
}

/// <summary>Whether a tuning job that has converged ends by itself.</summary>
public sealed record ConvergenceDetected
{
    /// <summary>Enabled ends the tuning job, Disabled only records the moment.</summary>
    [OneOf("Disabled | Enabled")]
    public string? CompleteOnConvergence { get; init; }
}

/// <summary>Lets the service choose ranges, strategy and limits.</summary>
public sealed record Autotune
{
    /// <summary>Enabled.</summary>
    [Required, OneOf("Enabled")]
    public string? Mode { get; init; }
}
