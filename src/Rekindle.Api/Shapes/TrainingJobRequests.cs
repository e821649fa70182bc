namespace Rekindle.Api.Shapes;

/// <summary>Asks for one page of training jobs.</summary>
public sealed record ListTrainingJobsRequest
{
    /// <summary>Where the next page begins; absent on the last page.</summary>
    [Length(0, 8192), Pattern(Patterns.AnyLine)]
    public string? NextToken { get; init; }

    /// <summary>Most items on the page.</summary>
    [Range(1, 100)]
    public int? MaxResults { get; init; }

    /// <summary>Only items created after this moment.</summary>
    public DateTimeOffset? CreationTimeAfter { get; init; }

    /// <summary>Only items created before this moment.</summary>
    public DateTimeOffset? CreationTimeBefore { get; init; }

    /// <summary>Only items changed after this moment.</summary>
    public DateTimeOffset? LastModifiedTimeAfter { get; init; }

    /// <summary>Only items changed before this moment.</summary>
    public DateTimeOffset? LastModifiedTimeBefore { get; init; }

    /// <summary>Only names that contain this text.</summary>
    [Length(0, 63), Pattern(Patterns.NameContains)]
    public string? NameContains { get; init; }

    /// <summary>Only items in this state.</summary>
    [OneOf(ValueSets.TrainingJobStatus)]
    public string? StatusEquals { get; init; }

    /// <summary>What to sort by.</summary>
    [OneOf("Name | CreationTime | Status")]
    public string? SortBy { get; init; }

    /// <summary>Direction of the sorting.</summary>
    [OneOf(ValueSets.SortOrder)]
    public string? SortOrder { get; init; }

    /// <summary>Only training jobs whose kept machines are in this state.</summary>
    [OneOf(ValueSets.WarmPoolResourceStatus)]
    public string? WarmPoolStatusEquals { get; init; }

    /// <summary>Only training jobs on this reserved capacity.</summary>
    [Length(50, 2048), Pattern(Patterns.TrainingPlanArn)]
    public string? TrainingPlanArnEquals { get; init; }
}

/// <summary>One page of training jobs.</summary>
public sealed record ListTrainingJobsResponse
{
    /// <summary>The training jobs of this page.</summary>
    [Required]
    public IReadOnlyList<TrainingJobSummary>? TrainingJobSummaries { get; init; }

    /// <summary>Where the next page begins; absent on the last page.</summary>
    [Length(0, 8192), Pattern(Patterns.AnyLine)]
    public string? NextToken { get; init; }
}

/// <summary>A training job as a list shows it.</summary>
public sealed record TrainingJobSummary
{
    /// <summary>Name of the training job: 1 to 63 letters, digits and inner hyphens.</summary>
    [Required, Length(1, 63), Pattern(Patterns.TrainingJobName)]
    public string? TrainingJobName { get; init; }

    /// <summary>ARN of the training job, in lower case.</summary>
    [Required, Length(0, 256), Pattern(Patterns.TrainingJobArn)]
    public string? TrainingJobArn { get; init; }

    /// <summary>When it was created.</summary>
    [Required]
    public DateTimeOffset? CreationTime { get; init; }

    /// <summary>When the training job ended, uploads included.</summary>
    public DateTimeOffset? TrainingEndTime { get; init; }

    /// <summary>When it last changed.</summary>
    public DateTimeOffset? LastModifiedTime { get; init; }

    /// <summary>State of the training job.</summary>
    [Required, OneOf(ValueSets.TrainingJobStatus)]
    public string? TrainingJobStatus { get; init; }

    /// <summary>Phase within the state.</summary>
    [OneOf(ValueSets.SecondaryStatus)]
    public string? SecondaryStatus { get; init; }

    /// <summary>State of machines kept afterwards.</summary>
    public WarmPoolStatus? WarmPoolStatus { get; init; }

    /// <summary>Reserved capacity to use.</summary>
    [Length(50, 2048), Pattern(Patterns.TrainingPlanArn)]
    public string? TrainingPlanArn { get; init; }
}

/// <summary>Stops a training job: it is asked to end and killed when it does not.</summary>
public sealed record StopTrainingJobRequest
{
    /// <summary>Name of the training job: 1 to 63 letters, digits and inner hyphens.</summary>
    [Required, Length(1, 63), Pattern(Patterns.TrainingJobName)]
    public string? TrainingJobName { get; init; }
}

/// <summary>Empty answer: the training job is stopping.</summary>
public sealed record StopTrainingJobResponse;

/// <summary>Deletes the entry of an ended training job; its name becomes free.</summary>
public sealed record DeleteTrainingJobRequest
{
    /// <summary>Name of the training job: 1 to 63 letters, digits and inner hyphens.</summary>
    [Required, Length(1, 63), Pattern(Patterns.TrainingJobName)]
    public string? TrainingJobName { get; init; }
}

/// <summary>Empty answer: the training job is gone.</summary>
public sealed record DeleteTrainingJobResponse;
