using Rekindle.Optimization.EarlyStopping;

namespace Rekindle.Optimization;

/// <summary>Whether small or large objective values are good.</summary>
public enum Goal
{
    /// <summary>Smaller is better.</summary>
    Minimize,

    /// <summary>Larger is better.</summary>
    Maximize,
}

/// <summary>The final outcome of one evaluation.</summary>
/// <param name="Configuration">What was evaluated.</param>
/// <param name="Value">The objective in the user's units, finite.</param>
/// <exception cref="ArgumentOutOfRangeException">The value is not finite: a failed evaluation is not a number.</exception>
public sealed record Observation(Configuration Configuration, double Value)
{
    /// <summary>The objective in the user's units, finite.</summary>
    public double Value { get; init => field = Finite(value); } = Finite(Value);

    /// <summary>What it reported on its way, by ascending resource; empty when unknown. Only multi-fidelity strategies look at it.</summary>
    public IReadOnlyList<Reading> Readings { get; init; } = [];

    /// <summary>
    /// Whether it was stopped as hopeless: then its value is the last one it reported, and running on would have changed it. Models hold it
    /// loosely, with four times the noise, in a parent's history too.
    /// </summary>
    public bool StoppedEarly { get; init; }

    private static double Finite(double value) => double.IsFinite(value)
        ? value
        : throw new ArgumentOutOfRangeException(nameof(value), value, "An observation's value must be finite.");
}

/// <summary>What an earlier tuning job knew and found.</summary>
/// <param name="Name">The parent's name, used to tell parents apart.</param>
/// <param name="Space">The parent's own search space.</param>
/// <param name="StaticHyperParameters">The parent's fixed hyperparameters.</param>
/// <param name="Observations">Finished evaluations; a configuration may hold the tuned or all hyperparameters.</param>
public sealed record ParentHistory(
    string Name,
    SearchSpace Space,
    IReadOnlyDictionary<string, string> StaticHyperParameters,
    IReadOnlyList<Observation> Observations);

/// <summary>How far the parents' knowledge is said to hold.</summary>
public enum WarmStartType
{
    /// <summary>Same data and algorithm: parents' values are values of this very objective.</summary>
    IdenticalDataAndAlgorithm,

    /// <summary>Something changed: parents' values are hints that may be off or even wrong.</summary>
    TransferLearning,
}

/// <summary>The parents of a tuning job.</summary>
/// <param name="Type">How far their knowledge is said to hold.</param>
/// <param name="Parents">Parents in creation order, oldest first.</param>
public sealed record WarmStart(WarmStartType Type, IReadOnlyList<ParentHistory> Parents);

/// <summary>All a strategy may know about the job so far. Order the lists by training job number.</summary>
/// <param name="Completed">Finished evaluations with a value, including those stopped early.</param>
/// <param name="Pending">Configurations under evaluation.</param>
/// <param name="Failed">Configurations that ended without a value: avoided, never averaged.</param>
/// <param name="WarmStart">The parents, or null for a cold start.</param>
public sealed record History(
    IReadOnlyList<Observation> Completed,
    IReadOnlyList<Configuration> Pending,
    IReadOnlyList<Configuration> Failed,
    WarmStart? WarmStart)
{
    /// <summary>What the pending evaluations have reported, in the order of <see cref="Pending"/>; may be shorter. Only multi-fidelity
    /// strategies look at it.</summary>
    public IReadOnlyList<IReadOnlyList<Reading>> PendingReadings { get; init; } = [];

    /// <summary>Nothing tried yet, no parents.</summary>
    public static History Empty { get; } = new([], [], [], null);

    /// <summary>How many configurations have been launched: the index of the next suggestion.</summary>
    internal int Launched => Completed.Count + Pending.Count + Failed.Count;
}
