namespace Rekindle.Api.Shapes;

/// <summary>Asks how the training jobs of a tuning job were suggested.</summary>
public sealed record ListSuggestionsRequest
{
    /// <summary>Name of the tuning job.</summary>
    [Required, Length(1, 32), Pattern(Patterns.TuningJobName)]
    public string? HyperParameterTuningJobName { get; init; }
}

/// <summary>How the training jobs of a tuning job were suggested.</summary>
public sealed record ListSuggestionsResponse
{
    /// <summary>Name of the tuning job.</summary>
    [Required]
    public string? HyperParameterTuningJobName { get; init; }

    /// <summary>One for each training job, in the order in which they were launched.</summary>
    [Required]
    public IReadOnlyList<SuggestedTrainingJob>? Suggestions { get; init; }
}

/// <summary>How a training job was suggested.</summary>
public sealed record SuggestedTrainingJob
{
    /// <summary>Its name.</summary>
    [Required]
    public string? TrainingJobName { get; init; }

    /// <summary>
    /// <c>initial-design</c>, <c>model</c>, <c>parent</c>, <c>random</c> or <c>grid</c>; <c>unknown</c> where it ran elsewhere.
    /// </summary>
    [Required]
    public string? Origin { get; init; }

    /// <summary>The parent whose configuration it is; absent when it is none's.</summary>
    public string? Parent { get; init; }

    /// <summary>
    /// Why it was stopped: <c>User</c>, <c>TuningJobEnding</c>, <c>MaxRuntime</c>, <c>EarlyStopping</c> or <c>MaxResource</c>; absent if it was not.
    /// </summary>
    public string? StopReason { get; init; }

    /// <summary>How often its program gave way to others; absent unless it is managed spot training.</summary>
    [Range(0)]
    public int? Interruptions { get; init; }

    /// <summary>Seconds from its first start to its end, the waiting included; absent unless it is managed spot training that has ended.</summary>
    [Range(1)]
    public int? TrainingTimeInSeconds { get; init; }

    /// <summary>Seconds for which its programs ran; absent as above.</summary>
    [Range(1)]
    public int? BillableTimeInSeconds { get; init; }
}
