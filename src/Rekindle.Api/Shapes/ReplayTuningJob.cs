namespace Rekindle.Api.Shapes;

/// <summary>
/// Asks to make the suggestions of a tuning job again from what each of them saw. An answer comes after a few seconds at most; while it
/// names a next launch index, the rest is asked for from there.
/// </summary>
public sealed record ReplayTuningJobRequest
{
    /// <summary>Name of the tuning job, which may still run.</summary>
    [Required, Length(1, 32), Pattern(Patterns.TuningJobName)]
    public string? HyperParameterTuningJobName { get; init; }

    /// <summary>The first launch index to look at; 1 unless given.</summary>
    [Range(1)]
    public int? FromLaunchIndex { get; init; }
}

/// <summary>How far the suggestions of a tuning job come out the same again.</summary>
public sealed record ReplayTuningJobResponse
{
    /// <summary>Name of the tuning job.</summary>
    [Required]
    public string? HyperParameterTuningJobName { get; init; }

    /// <summary>Training jobs it has launched.</summary>
    [Required, Range(0)]
    public int? TrainingJobs { get; init; }

    /// <summary>Suggestions that came out the same, of those this request looked at.</summary>
    [Required, Range(0)]
    public int? Same { get; init; }

    /// <summary>Suggestions that could not be made again, since it was not kept what they saw.</summary>
    [Required, Range(0)]
    public int? Unknown { get; init; }

    /// <summary>Where to go on; absent at the end, and after a difference.</summary>
    [Range(1)]
    public int? NextLaunchIndex { get; init; }

    /// <summary>The first suggestion that comes out differently; absent while there is none.</summary>
    public SuggestionDifference? Difference { get; init; }

    /// <summary>Version of the optimizer that made the suggestions again.</summary>
    [Required]
    public string? Engine { get; init; }
}

/// <summary>A suggestion that comes out differently now.</summary>
public sealed record SuggestionDifference
{
    /// <summary>Name of the training job launched with it.</summary>
    [Required]
    public string? TrainingJobName { get; init; }

    /// <summary>Its place in the order of launches, from 1.</summary>
    [Required, Range(1)]
    public int? LaunchIndex { get; init; }

    /// <summary>Version of the optimizer that made it.</summary>
    [Required]
    public string? Engine { get; init; }

    /// <summary>What is different; at least one.</summary>
    [Required]
    public IReadOnlyList<DifferingFact>? Facts { get; init; }
}

/// <summary>One thing that a suggestion says differently now.</summary>
public sealed record DifferingFact
{
    /// <summary>Such as <c>HyperParameters.lr</c>, <c>Origin</c> or <c>PredictedMean</c>.</summary>
    [Required]
    public string? Name { get; init; }

    /// <summary>As it was stored, numbers to the last bit; absent when it was not there.</summary>
    public string? Stored { get; init; }

    /// <summary>As it comes out now; absent when it is not there.</summary>
    public string? Again { get; init; }
}
