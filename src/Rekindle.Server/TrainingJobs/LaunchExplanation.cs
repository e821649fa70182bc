namespace Rekindle.Server.TrainingJobs;

/// <summary>
/// Why a training job was launched with its hyperparameters, stored with it. Together with the rows of its tuning job it tells all that
/// the suggestion knew: every earlier training job had ended by then, but for <see cref="Running"/>, and what has ended never changes.
/// What a running one had reported goes when its program is lost and started anew; then it tells no longer what was seen.
/// </summary>
internal sealed record LaunchExplanation
{
    /// <summary>Version of the optimizer that made the suggestion.</summary>
    public required string Engine { get; init; }

    /// <summary>Launch indexes of the training jobs that had not ended when the suggestion was made: never more than run at once.</summary>
    public IReadOnlyList<int> Running { get; init; } = [];

    /// <summary>
    /// How many values of the objective metric each of the running ones had reported, by launch index; null where the strategy does not
    /// look at what runs.
    /// </summary>
    public IReadOnlyDictionary<int, int>? Reports { get; init; }

    /// <summary>One sentence; null from a strategy without a model, where the origin says all.</summary>
    public string? Reason { get; init; }

    /// <summary>The model that spoke, such as <c>Own</c> or <c>Pooled</c>; <c>None</c> when none was asked.</summary>
    public string? Model { get; init; }

    /// <summary>The parent whose configuration it is, if it is one's.</summary>
    public string? Parent { get; init; }

    /// <summary>What the model expected of the objective.</summary>
    public double? PredictedMean { get; init; }

    /// <summary>One standard deviation of that expectation.</summary>
    public double? PredictedDeviation { get; init; }

    /// <summary>What was maximised.</summary>
    public double? Acquisition { get; init; }

    /// <summary>The result nearest to the suggestion.</summary>
    public NearestLaunch? Nearest { get; init; }
}

/// <summary>A result near a suggestion.</summary>
/// <param name="HyperParameters">What was tried.</param>
/// <param name="Value">What came out.</param>
/// <param name="Distance">How far apart they are in the unit cube.</param>
internal sealed record NearestLaunch(IReadOnlyDictionary<string, string> HyperParameters, double Value, double Distance);
