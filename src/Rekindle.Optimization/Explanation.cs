namespace Rekindle.Optimization;

/// <summary>Whose results the model behind a suggestion was fitted to.</summary>
public enum SuggestionModel
{
    /// <summary>No model was asked.</summary>
    None,

    /// <summary>The job's own results.</summary>
    Own,

    /// <summary>
    /// The job's own results, helped by the parents: by their results with a loose correlation that is learnt and may be inverse, or by
    /// their models as features that the job weighs, ignores or turns round.
    /// </summary>
    OwnWithParents,

    /// <summary>The parents' results and the job's as results of almost one objective: a correlation near one, learnt for each parent.</summary>
    Pooled,
}

/// <summary>Why a configuration was suggested, and what was expected of it.</summary>
/// <param name="Reason">One sentence.</param>
/// <param name="Model">The model that spoke.</param>
public sealed record Explanation(string Reason, SuggestionModel Model)
{
    /// <summary>The parent whose configuration it is, if it is one's.</summary>
    public string? Parent { get; init; }

    /// <summary>
    /// The model's expectation of the objective, in the user's units; null without a model. The model sees the worse half of the
    /// results by rank, so far from the good values this is a reading between them.
    /// </summary>
    public double? PredictedMean { get; init; }

    /// <summary>One standard deviation of that expectation, in the user's units, on the scale of the good values.</summary>
    public double? PredictedDeviation { get; init; }

    /// <summary>
    /// What was maximised: the natural logarithm of the expected improvement, in standard deviations of the results as the model sees
    /// them, or the negative expectation where the reason says so; null without a model.
    /// </summary>
    public double? Acquisition { get; init; }

    /// <summary>The finished evaluation nearest to the suggestion; null before the first.</summary>
    public NearestResult? Nearest { get; init; }
}

/// <summary>A finished evaluation near a suggestion.</summary>
/// <param name="Configuration">What was evaluated.</param>
/// <param name="Value">Its objective.</param>
/// <param name="Distance">Euclidean distance of the positions in the unit cube; a different category counts 1.</param>
public sealed record NearestResult(Configuration Configuration, double Value, double Distance);
