namespace Rekindle.Server.TuningJobs;

/// <summary>
/// Which of several algorithms the next training job goes to. Each gets a start; then the one goes on whose best objective, still rising as
/// it did of late, would be the best; every fourth training job goes to the algorithm that had the fewest, so that none is written off for
/// an unlucky start. A pure function of the rows.
/// <code>
/// r       results of an algorithm, in launch order        b(k)  best of its first k
/// promise b(r) + (b(r) - b(ceil(r / 2)))                  what it gained in its newer half, gained once more
/// </code>
/// After the rising bandits of Li et al., "Efficient automatic CASH via rising bandits", AAAI 2020.
/// </summary>
internal static class AlgorithmChoice
{
    /// <summary>So many training jobs each algorithm gets first, fewer where the budget is small.</summary>
    internal const int Start = 5;

    /// <summary>Every so many-th training job goes to the algorithm that had the fewest.</summary>
    internal const int FewestEvery = 4;

    /// <summary>The algorithms, the one to try first in front; the next is for when its search space is used up.</summary>
    public static IReadOnlyList<int> InOrder(TuningSnapshot snapshot)
    {
        var definition = snapshot.Job.Definition;
        var count = definition.Further.Count + 1;
        if (count == 1)
        {
            return [0];
        }

        var start = Math.Clamp(definition.MaxTrainingJobs / (2 * count), 1, Start);
        var standings = Enumerable.Range(0, count).Select(algorithm => Standing.Of(snapshot, algorithm)).ToList();
        var isForFewest = (snapshot.TrainingJobs.Count + 1) % FewestEvery == 0;
        return
        [
            .. standings
                .OrderBy(standing => standing.Launched < start ? 0 : 1)
                // What has ended without any result has shown that it does not work.
                .ThenBy(standing => standing.Promise is null && standing.HasEnded && standing.Launched >= start ? 1 : 0)
                .ThenBy(standing => standing.Launched < start || isForFewest ? standing.Launched : 0)
                .ThenBy(standing => standing.Promise ?? double.PositiveInfinity)
                .ThenBy(standing => standing.Launched)
                .ThenBy(standing => standing.Algorithm)
                .Select(standing => standing.Algorithm),
        ];
    }

    /// <param name="Algorithm">Its index.</param>
    /// <param name="Launched">Its training jobs, those that still run included.</param>
    /// <param name="Promise">As above, small is good; null without results.</param>
    /// <param name="HasEnded">Whether none of them runs.</param>
    private sealed record Standing(int Algorithm, int Launched, double? Promise, bool HasEnded)
    {
        public static Standing Of(TuningSnapshot snapshot, int algorithm)
        {
            var own = snapshot.TrainingJobs.Where(job => job.Algorithm == algorithm).ToList();
            var sign = snapshot.Job.Definition.Objective.Goal == ObjectiveGoal.Maximize ? -1 : 1;
            var results = own.Select(SearchProblem.ObservedValue).OfType<double>().Select(value => sign * value).ToList();
            return new Standing(algorithm, own.Count, results.Count == 0 ? null : PromiseOf(results), own.TrueForAll(job => job.IsTerminal));
        }

        private static double PromiseOf(List<double> results)
        {
            var best = results.Min();
            var before = results.Take((results.Count + 1) / 2).Min();
            // Halved before the difference, which could overflow.
            return 2 * ((best / 2) + ((best / 2) - (before / 2)));
        }
    }
}
