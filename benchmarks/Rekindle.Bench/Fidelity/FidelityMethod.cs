using Rekindle.Bench.Problems;
using Rekindle.Optimization;

namespace Rekindle.Bench.Fidelity;

/// <summary>A way to spend boosting rounds.</summary>
internal static class FidelityMethod
{
    /// <summary>Whole evaluations at random: its final level is what the others are measured against.</summary>
    public const string Random = "random";

    /// <summary>Whole evaluations by the Gaussian process.</summary>
    public const string Bayesian = "bayesian";

    /// <summary>Successive halving of random configurations: what the stopping alone brings.</summary>
    public const string RandomHalving = "random, halving";

    /// <summary>Successive halving with the model: the strategy Hyperband.</summary>
    public const string Hyperband = "hyperband";

    public static IReadOnlyList<string> All { get; } = [Random, Bayesian, RandomHalving, Hyperband];

    /// <param name="method">One of <see cref="All"/>.</param>
    /// <param name="problem">A table with learning curves.</param>
    /// <param name="seed">The run's seed.</param>
    /// <param name="minResource">Reports before which nothing is stopped.</param>
    /// <param name="workers">Evaluations at once, where evaluations are stopped.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static IReadOnlyList<FidelityPoint> Run(
        string method, Problem problem, int seed, int minResource, int workers, CancellationToken cancellationToken)
    {
        // About as many as random search spends, whose evaluations are half as long as the longest.
        var effort = new FidelityEffort(problem.Budget * FidelityRun.MostRounds / 2, minResource, workers);
        return method switch
        {
            Random => FidelityRun.Whole(problem, task => new RandomStrategy(task), seed, cancellationToken),
            Bayesian => FidelityRun.Whole(problem, task => new BayesianStrategy(task), seed, cancellationToken),
            RandomHalving => FidelityRun.Halving(problem, (task, _) => new RandomStrategy(task), seed, effort, cancellationToken),
            _ => FidelityRun.Halving(problem, (task, halving) => new HyperbandStrategy(task, halving), seed, effort, cancellationToken),
        };
    }
}
