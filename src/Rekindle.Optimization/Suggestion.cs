using System.Collections.Frozen;

namespace Rekindle.Optimization;

/// <summary>Where a suggestion came from.</summary>
public enum SuggestionOrigin
{
    /// <summary>A space-filling start point, chosen before a model says anything.</summary>
    InitialDesign,

    /// <summary>The maximum of the model's acquisition function.</summary>
    Model,

    /// <summary>A parent job's good configuration, or the minimum of the parents' model.</summary>
    Parent,

    /// <summary>A random draw, by choice or because the model had nothing to say.</summary>
    Random,

    /// <summary>The next point of the grid.</summary>
    Grid,
}

/// <summary>What to evaluate next.</summary>
/// <param name="Configuration">A point inside the search space, texts in canonical form.</param>
/// <param name="Origin">How it was chosen.</param>
public sealed record Suggestion(Configuration Configuration, SuggestionOrigin Origin)
{
    /// <summary>Why it was chosen; null from strategies without a model.</summary>
    public Explanation? Explanation { get; init; }
}

/// <summary>What is searched.</summary>
/// <param name="Space">The tunable parameters.</param>
/// <param name="Goal">Direction of the objective.</param>
/// <param name="StaticHyperParameters">Fixed hyperparameters, compared with the parents'.</param>
/// <param name="MaxTrainingJobs">How many evaluations may be launched in all, at least 1.</param>
/// <param name="MaxParallel">How many may run at once, at least 1.</param>
public sealed record TuningProblem(
    SearchSpace Space,
    Goal Goal,
    IReadOnlyDictionary<string, string> StaticHyperParameters,
    int MaxTrainingJobs,
    int MaxParallel)
{
    /// <summary>A problem without fixed hyperparameters.</summary>
    /// <param name="space">The tunable parameters.</param>
    /// <param name="goal">Direction of the objective.</param>
    /// <param name="maxTrainingJobs">How many evaluations may be launched in all, at least 1.</param>
    /// <param name="maxParallel">How many may run at once, at least 1.</param>
    public TuningProblem(SearchSpace space, Goal goal, int maxTrainingJobs, int maxParallel = 1)
        : this(space, goal, FrozenDictionary<string, string>.Empty, maxTrainingJobs, maxParallel)
    {
    }
}

/// <summary>
/// Chooses configurations. An instance holds no run state: the same history, count and seed give the same answer in any process, on
/// any thread.
/// </summary>
public abstract class Strategy
{
    /// <summary>The next configurations to evaluate.</summary>
    /// <param name="history">All that is known; odd histories weaken the answer but never throw.</param>
    /// <param name="count">How many are wanted, at least 1.</param>
    /// <param name="seed">The seed of the first one; the following ones use the next indices.</param>
    /// <param name="ct">Cancels long computations.</param>
    /// <returns>Distinct suggestions; fewer than <paramref name="count"/> only when a finite space is exhausted.</returns>
    public abstract IReadOnlyList<Suggestion> Suggest(History history, int count, Seed seed, CancellationToken ct = default);
}
