namespace Rekindle.Api.Shapes;

/// <summary>Where a trained model lies.</summary>
public sealed record ModelArtifacts
{
    /// <summary>Address of the model archive.</summary>
    [Required, Length(0, 1024), Pattern(Patterns.S3Uri, Also = Patterns.FileUri)]
    public string? S3ModelArtifacts { get; init; }
}

/// <summary>One phase a training job went through.</summary>
public sealed record SecondaryStatusTransition
{
    /// <summary>The phase.</summary>
    [Required, OneOf(ValueSets.SecondaryStatus)]
    public string? Status { get; init; }

    /// <summary>When the phase began.</summary>
    [Required]
    public DateTimeOffset? StartTime { get; init; }

    /// <summary>When the phase ended; absent for the current one.</summary>
    public DateTimeOffset? EndTime { get; init; }

    /// <summary>The phase in words.</summary>
    public string? StatusMessage { get; init; }
}

/// <summary>The last value of a metric.</summary>
public sealed record MetricData
{
    /// <summary>Name of the metric.</summary>
    [Length(1, 255), Pattern(Patterns.SomeLine)]
    public string? MetricName { get; init; }

    /// <summary>Value of the metric: single precision, widened.</summary>
    public double? Value { get; init; }

    /// <summary>When the value was read.</summary>
    public DateTimeOffset? Timestamp { get; init; }
}

/// <summary>State of machines kept after a training job.</summary>
public sealed record WarmPoolStatus
{
    /// <summary>State of the machines.</summary>
    [Required, OneOf(ValueSets.WarmPoolResourceStatus)]
    public string? Status { get; init; }

    /// <summary>How long they were kept, in seconds.</summary>
    [Range(0)]
    public int? ResourceRetainedBillableTimeInSeconds { get; init; }

    /// <summary>Training job that took them over.</summary>
    [Length(1, 63), Pattern(Patterns.TrainingJobName)]
    public string? ReusedByJob { get; init; }
}

/// <summary>How far a training job says it is.</summary>
public sealed record TrainingProgressInfo
{
    /// <summary>Steps in one epoch.</summary>
    [Range(0)]
    public long? TotalStepCountPerEpoch { get; init; }

    /// <summary>Step it is at.</summary>
    [Range(0)]
    public long? CurrentStep { get; init; }

    /// <summary>Epoch it is at.</summary>
    [Range(0)]
    public long? CurrentEpoch { get; init; }

    /// <summary>Epochs in all.</summary>
    [Range(0)]
    public long? MaxEpoch { get; init; }
}

/// <summary>The MLflow run a training job wrote to.</summary>
public sealed record MlflowDetails
{
    /// <summary>Experiment on the MLflow server.</summary>
    [Length(1, 256), Pattern(Patterns.AnyLine)]
    public string? MlflowExperimentId { get; init; }

    /// <summary>Run on the MLflow server.</summary>
    [Length(1, 256), Pattern(Patterns.AnyLine)]
    public string? MlflowRunId { get; init; }
}

/// <summary>Outcome of one debugging rule.</summary>
public sealed record DebugRuleEvaluationStatus
{
    /// <summary>Name of the rule.</summary>
    [Length(1, 256), Pattern(Patterns.AnyLine)]
    public string? RuleConfigurationName { get; init; }

    /// <summary>Job that evaluated the rule.</summary>
    [Length(0, 256), Pattern(Patterns.ProcessingJobArn)]
    public string? RuleEvaluationJobArn { get; init; }

    /// <summary>Outcome.</summary>
    [OneOf(ValueSets.RuleEvaluationStatus)]
    public string? RuleEvaluationStatus { get; init; }

    /// <summary>Outcome in words.</summary>
    [Length(0, 1024), Pattern(Patterns.AnyLine)]
    public string? StatusDetails { get; init; }

    /// <summary>When it last changed.</summary>
    public DateTimeOffset? LastModifiedTime { get; init; }
}

/// <summary>Outcome of one profiling rule.</summary>
public sealed record ProfilerRuleEvaluationStatus
{
    /// <summary>Name of the rule.</summary>
    [Length(1, 256), Pattern(Patterns.AnyLine)]
    public string? RuleConfigurationName { get; init; }

    /// <summary>Job that evaluated the rule.</summary>
    [Length(0, 256), Pattern(Patterns.ProcessingJobArn)]
    public string? RuleEvaluationJobArn { get; init; }

    /// <summary>Outcome.</summary>
    [OneOf(ValueSets.RuleEvaluationStatus)]
    public string? RuleEvaluationStatus { get; init; }

    /// <summary>Outcome in words.</summary>
    [Length(0, 1024), Pattern(Patterns.AnyLine)]
    public string? StatusDetails { get; init; }

    /// <summary>When it last changed.</summary>
    public DateTimeOffset? LastModifiedTime { get; init; }
}
