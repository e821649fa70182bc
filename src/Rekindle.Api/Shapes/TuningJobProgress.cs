namespace Rekindle.Api.Shapes;

/// <summary>How many launched training jobs stand where. Every launched training job is in exactly one bucket.</summary>
public sealed record TrainingJobStatusCounters
{
    /// <summary>Ended well.</summary>
    [Range(0)]
    public int? Completed { get; init; }

    /// <summary>Running or about to.</summary>
    [Range(0)]
    public int? InProgress { get; init; }

    /// <summary>Failed by an internal error.</summary>
    [Range(0)]
    public int? RetryableError { get; init; }

    /// <summary>Failed by an error of the program or the request.</summary>
    [Range(0)]
    public int? NonRetryableError { get; init; }

    /// <summary>Stopped by a person, a limit or early stopping.</summary>
    [Range(0)]
    public int? Stopped { get; init; }
}

/// <summary>How many launched training jobs gave an objective. Every launched training job is in exactly one bucket.</summary>
public sealed record ObjectiveStatusCounters
{
    /// <summary>Final objective known and used.</summary>
    [Range(0)]
    public int? Succeeded { get; init; }

    /// <summary>Not yet known.</summary>
    [Range(0)]
    public int? Pending { get; init; }

    /// <summary>Ended without an objective.</summary>
    [Range(0)]
    public int? Failed { get; init; }
}

/// <summary>How near a tuning job is to its completion criteria.</summary>
public sealed record HyperParameterTuningJobCompletionDetails
{
    /// <summary>Training jobs since the last improvement.</summary>
    public int? NumberOfTrainingJobsObjectiveNotImproving { get; init; }

    /// <summary>When the search converged; absent while it has not.</summary>
    public DateTimeOffset? ConvergenceDetectedTime { get; init; }
}

/// <summary>What a tuning job has used so far.</summary>
public sealed record HyperParameterTuningJobConsumedResources
{
    /// <summary>Wall clock since the start, in seconds.</summary>
    public int? RuntimeInSeconds { get; init; }
}
