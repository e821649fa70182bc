namespace Rekindle.Api.Shapes;

/// <summary>Starts a tuning job, cold or warm.</summary>
public sealed record CreateHyperParameterTuningJobRequest
{
    /// <summary>Name of the new tuning job: 1 to 32 letters, digits and inner hyphens, unique without regard to case.</summary>
    [Required, Length(1, 32), Pattern(Patterns.TuningJobName)]
    public string? HyperParameterTuningJobName { get; init; }

    /// <summary>What to search, how, and within which limits.</summary>
    [Required]
    public HyperParameterTuningJobConfig? HyperParameterTuningJobConfig { get; init; }

    /// <summary>The one training job to launch. Given instead of <c>TrainingJobDefinitions</c>.</summary>
    public HyperParameterTrainingJobDefinition? TrainingJobDefinition { get; init; }

    /// <summary>Several training jobs to tune side by side. Given instead of <c>TrainingJobDefinition</c>.</summary>
    [Length(1, 10)]
    public IReadOnlyList<HyperParameterTrainingJobDefinition>? TrainingJobDefinitions { get; init; }

    /// <summary>The parents of a warm start; absent for a cold one.</summary>
    public HyperParameterTuningJobWarmStartConfig? WarmStartConfig { get; init; }

    /// <summary>Labels of the tuning job; every training job it launches gets them too.</summary>
    [Length(0, 50)]
    public IReadOnlyList<Tag>? Tags { get; init; }

    /// <summary>Lets the service choose what is not given.</summary>
    public Autotune? Autotune { get; init; }
}

/// <summary>Where the new tuning job can be found.</summary>
public sealed record CreateHyperParameterTuningJobResponse
{
    /// <summary>ARN of the tuning job, in lower case.</summary>
    [Required, Length(0, 256), Pattern(Patterns.TuningJobArn)]
    public string? HyperParameterTuningJobArn { get; init; }
}

/// <summary>Asks for everything known about one tuning job.</summary>
public sealed record DescribeHyperParameterTuningJobRequest
{
    /// <summary>Name of the tuning job, unique without regard to case.</summary>
    [Required, Length(1, 32), Pattern(Patterns.TuningJobName)]
    public string? HyperParameterTuningJobName { get; init; }
}

/// <summary>One tuning job: its definition as the service runs it, its progress and its best training jobs.</summary>
public sealed record DescribeHyperParameterTuningJobResponse
{
    /// <summary>Name of the tuning job, unique without regard to case.</summary>
    [Required, Length(1, 32), Pattern(Patterns.TuningJobName)]
    public string? HyperParameterTuningJobName { get; init; }

    /// <summary>ARN of the tuning job, in lower case.</summary>
    [Required, Length(0, 256), Pattern(Patterns.TuningJobArn)]
    public string? HyperParameterTuningJobArn { get; init; }

    /// <summary>What to search, how, and within which limits.</summary>
    [Required]
    public HyperParameterTuningJobConfig? HyperParameterTuningJobConfig { get; init; }

    /// <summary>The one training job to launch. Given instead of <c>TrainingJobDefinitions</c>.</summary>
    public HyperParameterTrainingJobDefinition? TrainingJobDefinition { get; init; }

    /// <summary>Several training jobs to tune side by side. Given instead of <c>TrainingJobDefinition</c>.</summary>
    [Length(1, 10)]
    public IReadOnlyList<HyperParameterTrainingJobDefinition>? TrainingJobDefinitions { get; init; }

    /// <summary>State of the tuning job.</summary>
    [Required, OneOf(ValueSets.TuningJobStatus)]
    public string? HyperParameterTuningJobStatus { get; init; }

    /// <summary>When it was created.</summary>
    [Required]
    public DateTimeOffset? CreationTime { get; init; }

    /// <summary>When it ended; absent while it runs.</summary>
    public DateTimeOffset? HyperParameterTuningEndTime { get; init; }

    /// <summary>When it last changed.</summary>
    public DateTimeOffset? LastModifiedTime { get; init; }

    /// <summary>Launched training jobs by state.</summary>
    [Required]
    public TrainingJobStatusCounters? TrainingJobStatusCounters { get; init; }

    /// <summary>Launched training jobs by state of their objective.</summary>
    [Required]
    public ObjectiveStatusCounters? ObjectiveStatusCounters { get; init; }

    /// <summary>The best training job of this tuning job; absent until one has a final objective.</summary>
    public HyperParameterTrainingJobSummary? BestTrainingJob { get; init; }

    /// <summary>The best training job of this tuning job and its parents; only for identical data and algorithm.</summary>
    public HyperParameterTrainingJobSummary? OverallBestTrainingJob { get; init; }

    /// <summary>The parents of a warm start; absent for a cold one.</summary>
    public HyperParameterTuningJobWarmStartConfig? WarmStartConfig { get; init; }

    /// <summary>Lets the service choose what is not given.</summary>
    public Autotune? Autotune { get; init; }

    /// <summary>Why it failed; absent otherwise.</summary>
    [Length(0, 1024)]
    public string? FailureReason { get; init; }

    /// <summary>How near the completion criteria are.</summary>
    public HyperParameterTuningJobCompletionDetails? TuningJobCompletionDetails { get; init; }

    /// <summary>What has been used so far.</summary>
    public HyperParameterTuningJobConsumedResources? ConsumedResources { get; init; }
}

/// <summary>Stops a tuning job together with its running training jobs.</summary>
public sealed record StopHyperParameterTuningJobRequest
{
    /// <summary>Name of the tuning job, unique without regard to case.</summary>
    [Required, Length(1, 32), Pattern(Patterns.TuningJobName)]
    public string? HyperParameterTuningJobName { get; init; }
}

/// <summary>Empty answer: the tuning job is stopping.</summary>
public sealed record StopHyperParameterTuningJobResponse;

/// <summary>Deletes the entry of an ended tuning job; its training jobs and their artifacts stay.</summary>
public sealed record DeleteHyperParameterTuningJobRequest
{
    /// <summary>Name of the tuning job, unique without regard to case.</summary>
    [Required, Length(1, 32), Pattern(Patterns.TuningJobName)]
    public string? HyperParameterTuningJobName { get; init; }
}

/// <summary>Empty answer: the tuning job is gone.</summary>
public sealed record DeleteHyperParameterTuningJobResponse;
