namespace Rekindle.Api.Shapes;

/// <summary>Asks for one page of tuning jobs.</summary>
public sealed record ListHyperParameterTuningJobsRequest
{
    /// <summary>Where the next page begins; absent on the last page.</summary>
    [Length(0, 8192), Pattern(Patterns.AnyLine)]
    public string? NextToken { get; init; }

    /// <summary>Most items on the page.</summary>
    [Range(1, 100)]
    public int? MaxResults { get; init; }

    /// <summary>What to sort by.</summary>
    [OneOf("Name | Status | CreationTime")]
    public string? SortBy { get; init; }

    /// <summary>Direction of the sorting.</summary>
    [OneOf(ValueSets.SortOrder)]
    public string? SortOrder { get; init; }

    /// <summary>Only names that contain this text.</summary>
    [Length(0, 63), Pattern(Patterns.NameContains)]
    public string? NameContains { get; init; }

    /// <summary>Only items created after this moment.</summary>
    public DateTimeOffset? CreationTimeAfter { get; init; }

    /// <summary>Only items created before this moment.</summary>
    public DateTimeOffset? CreationTimeBefore { get; init; }

    /// <summary>Only items changed after this moment.</summary>
    public DateTimeOffset? LastModifiedTimeAfter { get; init; }

    /// <summary>Only items changed before this moment.</summary>
    public DateTimeOffset? LastModifiedTimeBefore { get; init; }

    /// <summary>Only items in this state.</summary>
    [OneOf(ValueSets.TuningJobStatus)]
    public string? StatusEquals { get; init; }
}

/// <summary>One page of tuning jobs.</summary>
public sealed record ListHyperParameterTuningJobsResponse
{
    /// <summary>The tuning jobs of this page.</summary>
    [Required]
    public IReadOnlyList<HyperParameterTuningJobSummary>? HyperParameterTuningJobSummaries { get; init; }

    /// <summary>Where the next page begins; absent on the last page.</summary>
    [Length(0, 8192), Pattern(Patterns.AnyLine)]
    public string? NextToken { get; init; }
}

/// <summary>A tuning job as a list shows it.</summary>
public sealed record HyperParameterTuningJobSummary
{
    /// <summary>Name of the tuning job, unique without regard to case.</summary>
    [Required, Length(1, 32), Pattern(Patterns.TuningJobName)]
    public string? HyperParameterTuningJobName { get; init; }

    /// <summary>ARN of the tuning job, in lower case.</summary>
    [Required, Length(0, 256), Pattern(Patterns.TuningJobArn)]
    public string? HyperParameterTuningJobArn { get; init; }

    /// <summary>State of the tuning job.</summary>
    [Required, OneOf(ValueSets.TuningJobStatus)]
    public string? HyperParameterTuningJobStatus { get; init; }

    /// <summary>How configurations are chosen.</summary>
    [Required, OneOf(ValueSets.Strategy)]
    public string? Strategy { get; init; }

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

    /// <summary>How much may run, at once and in all.</summary>
    public ResourceLimits? ResourceLimits { get; init; }
}

/// <summary>Asks for one page of the training jobs a tuning job launched.</summary>
public sealed record ListTrainingJobsForHyperParameterTuningJobRequest
{
    /// <summary>Name of the tuning job, unique without regard to case.</summary>
    [Required, Length(1, 32), Pattern(Patterns.TuningJobName)]
    public string? HyperParameterTuningJobName { get; init; }

    /// <summary>Where the next page begins; absent on the last page.</summary>
    [Length(0, 8192), Pattern(Patterns.AnyLine)]
    public string? NextToken { get; init; }

    /// <summary>Most items on the page.</summary>
    [Range(1, 100)]
    public int? MaxResults { get; init; }

    /// <summary>Only items in this state.</summary>
    [OneOf(ValueSets.TrainingJobStatus)]
    public string? StatusEquals { get; init; }

    /// <summary>What to sort by.</summary>
    [OneOf("Name | CreationTime | Status | FinalObjectiveMetricValue")]
    public string? SortBy { get; init; }

    /// <summary>Direction of the sorting.</summary>
    [OneOf(ValueSets.SortOrder)]
    public string? SortOrder { get; init; }
}

/// <summary>One page of a tuning job's training jobs.</summary>
public sealed record ListTrainingJobsForHyperParameterTuningJobResponse
{
    /// <summary>The training jobs of this page.</summary>
    [Required]
    public IReadOnlyList<HyperParameterTrainingJobSummary>? TrainingJobSummaries { get; init; }

    /// <summary>Where the next page begins; absent on the last page.</summary>
    [Length(0, 8192), Pattern(Patterns.AnyLine)]
    public string? NextToken { get; init; }
}

/// <summary>A training job as its tuning job sees it: what was tried and what came out.</summary>
public sealed record HyperParameterTrainingJobSummary
{
    /// <summary>Definition the training job was launched from.</summary>
    [Length(1, 64), Pattern(Patterns.DefinitionName)]
    public string? TrainingJobDefinitionName { get; init; }

    /// <summary>Name of the training job: 1 to 63 letters, digits and inner hyphens.</summary>
    [Required, Length(1, 63), Pattern(Patterns.TrainingJobName)]
    public string? TrainingJobName { get; init; }

    /// <summary>ARN of the training job, in lower case.</summary>
    [Required, Length(0, 256), Pattern(Patterns.TrainingJobArn)]
    public string? TrainingJobArn { get; init; }

    /// <summary>Tuning job that launched it.</summary>
    [Length(1, 32), Pattern(Patterns.TuningJobName)]
    public string? TuningJobName { get; init; }

    /// <summary>When it was created.</summary>
    [Required]
    public DateTimeOffset? CreationTime { get; init; }

    /// <summary>When the program started.</summary>
    public DateTimeOffset? TrainingStartTime { get; init; }

    /// <summary>When the training job ended, uploads included.</summary>
    public DateTimeOffset? TrainingEndTime { get; init; }

    /// <summary>State of the training job.</summary>
    [Required, OneOf(ValueSets.TrainingJobStatus)]
    public string? TrainingJobStatus { get; init; }

    /// <summary>The hyperparameters the search chose, as text, without static ones.</summary>
    [Required, Length(0, 100)]
    [Length(0, 256, On = Part.Key), Pattern(Patterns.AnyLine, On = Part.Key)]
    [Length(0, 2500, On = Part.Value), Pattern(Patterns.AnyLine, On = Part.Value)]
    public IReadOnlyDictionary<string, string>? TunedHyperParameters { get; init; }

    /// <summary>Why it failed; absent otherwise.</summary>
    [Length(0, 1024)]
    public string? FailureReason { get; init; }

    /// <summary>The objective it ended with; absent while unknown.</summary>
    public FinalHyperParameterTuningJobObjectiveMetric? FinalHyperParameterTuningJobObjectiveMetric { get; init; }

    /// <summary>Whether the objective is known.</summary>
    [OneOf("Succeeded | Pending | Failed")]
    public string? ObjectiveStatus { get; init; }
}

/// <summary>The objective a training job ended with.</summary>
public sealed record FinalHyperParameterTuningJobObjectiveMetric
{
    /// <summary>Whether more or less is better.</summary>
    [OneOf(ValueSets.ObjectiveType)]
    public string? Type { get; init; }

    /// <summary>Name of the metric.</summary>
    [Required, Length(1, 255), Pattern(Patterns.SomeLine)]
    public string? MetricName { get; init; }

    /// <summary>Value of the metric: single precision, widened.</summary>
    [Required]
    public double? Value { get; init; }
}
