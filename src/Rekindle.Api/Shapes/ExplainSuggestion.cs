namespace Rekindle.Api.Shapes;

/// <summary>Asks why a training job was launched with its hyperparameters.</summary>
public sealed record ExplainSuggestionRequest
{
    /// <summary>Name of a training job that a tuning job launched.</summary>
    [Required, Length(1, 63), Pattern(Patterns.TrainingJobName)]
    public string? TrainingJobName { get; init; }
}

/// <summary>Why a training job was launched with its hyperparameters, what was expected of it, and what came out.</summary>
public sealed record ExplainSuggestionResponse
{
    /// <summary>Name of the training job.</summary>
    [Required]
    public string? TrainingJobName { get; init; }

    /// <summary>Name of its tuning job, which may be deleted.</summary>
    [Required]
    public string? TuningJobName { get; init; }

    /// <summary>Its place in the order in which its tuning job launched, from 1.</summary>
    [Required, Range(1)]
    public int? LaunchIndex { get; init; }

    /// <summary>What was suggested.</summary>
    [Required]
    public IReadOnlyDictionary<string, string>? HyperParameters { get; init; }

    /// <summary>How it was chosen: <c>initial-design</c>, <c>model</c>, <c>parent</c>, <c>random</c> or <c>grid</c>.</summary>
    [Required]
    public string? Origin { get; init; }

    /// <summary>Why, in a sentence.</summary>
    [Required, Length(1)]
    public string? Reason { get; init; }

    /// <summary>
    /// Whose results the model that spoke was fitted to: <c>Own</c>, <c>OwnWithParents</c> or <c>Pooled</c>; <c>None</c> when no model was
    /// asked. Absent where the strategy has none, and for a training job launched before this was kept.
    /// </summary>
    public string? Model { get; init; }

    /// <summary>The parent whose configuration it is; absent when it is none's.</summary>
    public string? Parent { get; init; }

    /// <summary>What the model expected of the objective metric; absent without a model.</summary>
    public double? PredictedMean { get; init; }

    /// <summary>One standard deviation of that expectation; absent without a model.</summary>
    public double? PredictedDeviation { get; init; }

    /// <summary>What was maximised: the natural logarithm of the expected improvement, or what the reason says; absent without a model.</summary>
    public double? Acquisition { get; init; }

    /// <summary>The result nearest to the suggestion; absent before the first, and where the strategy has no model.</summary>
    public NearestTrainingJob? Nearest { get; init; }

    /// <summary>What was known then; absent for a training job launched before this was kept.</summary>
    public KnownAtSuggestion? Known { get; init; }

    /// <summary>Version of the optimizer that made the suggestion; absent for a training job launched before this was kept.</summary>
    public string? Engine { get; init; }

    /// <summary>What came out.</summary>
    [Required]
    public SuggestionOutcome? Outcome { get; init; }
}

/// <summary>A result near a suggestion.</summary>
public sealed record NearestTrainingJob
{
    /// <summary>Name of the training job; absent when no row of the tuning job has these hyperparameters and this value.</summary>
    public string? TrainingJobName { get; init; }

    /// <summary>What was tried.</summary>
    [Required]
    public IReadOnlyDictionary<string, string>? HyperParameters { get; init; }

    /// <summary>Its final objective.</summary>
    [Required]
    public double? Value { get; init; }

    /// <summary>Euclidean distance in the unit cube of the search space; a different category counts 1.</summary>
    [Required]
    public double? Distance { get; init; }
}

/// <summary>What a suggestion knew of its own tuning job.</summary>
public sealed record KnownAtSuggestion
{
    /// <summary>Training jobs that had ended with a final objective.</summary>
    [Required, Range(0)]
    public int? Results { get; init; }

    /// <summary>Training jobs that had ended without one.</summary>
    [Required, Range(0)]
    public int? WithoutResult { get; init; }

    /// <summary>Names of those that had not ended.</summary>
    [Required]
    public IReadOnlyList<string>? Running { get; init; }
}

/// <summary>What came of a suggestion.</summary>
public sealed record SuggestionOutcome
{
    /// <summary>State of the training job.</summary>
    [Required]
    public string? TrainingJobStatus { get; init; }

    /// <summary>Name of the objective metric.</summary>
    [Required]
    public string? MetricName { get; init; }

    /// <summary>The final objective; absent until there is one.</summary>
    public double? Value { get; init; }

    /// <summary>Why it was stopped: <c>User</c>, <c>TuningJobEnding</c>, <c>MaxRuntime</c>, <c>EarlyStopping</c> or <c>MaxResource</c>; absent if it was not.</summary>
    public string? StopReason { get; init; }

    /// <summary>
    /// The value less the predicted mean, in predicted standard deviations; absent without a value or a model, and with Hyperband, whose
    /// model predicts a report on the way.
    /// </summary>
    public double? DeviationsFromPrediction { get; init; }
}
