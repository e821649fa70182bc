namespace Rekindle.Optimization;

/// <summary>How a <see cref="Tuner"/> searches.</summary>
public sealed record TunerOptions
{
    /// <summary>Every number is a seed; the same seed and the same values give the same suggestions, on any machine.</summary>
    public long Seed { get; init; }

    /// <summary>Earlier searches to learn from; null for a cold start.</summary>
    public WarmStart? WarmStart { get; init; }

    /// <summary>Makes the strategy; Bayesian if null.</summary>
    public Func<TuningProblem, Strategy>? Strategy { get; init; }

    /// <summary>
    /// Whether <see cref="Tuner.Report"/> stops evaluations that are worse than the median of the others at the same point, see
    /// <see cref="EarlyStopping.MedianRule"/>. Not together with <see cref="HyperbandStrategy"/>, which has a rule of its own.
    /// </summary>
    public bool StopEarly { get; init; }

    /// <summary>What this search had come to before, from <see cref="Tuner.Save"/>.</summary>
    public TuningRecord? Resume { get; init; }
}
