using System.Diagnostics;
using Rekindle.Bench.Quality;
using Rekindle.Optimization;

namespace Rekindle.Bench.Latency;

/// <summary>How long suggestions take from a history of some size.</summary>
/// <param name="Who">Which search.</param>
/// <param name="Dimensions">Number of continuous hyperparameters.</param>
/// <param name="Observations">Size of the history at the first suggestion; it grows by one with each.</param>
/// <param name="First">Milliseconds of the first suggestion, when everything has to be made from the history.</param>
/// <param name="Milliseconds">Each of the following suggestions.</param>
/// <param name="AllocatedMegabytes">Allocated by one suggestion, on average.</param>
/// <param name="LiveMegabytes">Managed memory that the history and the search hold at the end.</param>
internal sealed record LatencyCell(
    string Who,
    int Dimensions,
    int Observations,
    double First,
    IReadOnlyList<double> Milliseconds,
    double? AllocatedMegabytes,
    double? LiveMegabytes)
{
    public const string Ours = "rekindle";

    public double P50 => Statistics.Quantile(Milliseconds, 0.5);

    public double P99 => Statistics.Quantile(Milliseconds, 0.99);

    /// <summary>Measures ours: a new search is given the history, and then told one result after each suggestion.</summary>
    public static LatencyCell Measure(int dimensions, int observations, int suggestions, CancellationToken cancellationToken)
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var completed = LatencyTask.RandomHistory(dimensions, observations);
        var strategy = new BayesianStrategy(LatencyTask.Problem(dimensions, observations + suggestions + 1));
        var first = Next(strategy, completed, dimensions, cancellationToken);
        var allocated = GC.GetTotalAllocatedBytes(precise: true);
        var times = Enumerable.Range(0, suggestions).Select(_ => Next(strategy, completed, dimensions, cancellationToken)).ToList();
        allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;
        var live = GC.GetTotalMemory(forceFullCollection: true) - before;
        GC.KeepAlive(strategy);
        GC.KeepAlive(completed);
        return new LatencyCell(Ours, dimensions, observations, first, times, allocated / 1e6 / suggestions, Math.Max(0, live) / 1e6);
    }

    private static double Next(BayesianStrategy strategy, List<Observation> completed, int dimensions, CancellationToken cancellationToken)
    {
        var history = History.Empty with { Completed = completed };
        var start = Stopwatch.GetTimestamp();
        var suggestions = strategy.Suggest(history, 1, Seed.For(dimensions, completed.Count + 1), cancellationToken);
        var milliseconds = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        completed.Add(LatencyTask.Evaluate(suggestions[0].Configuration));
        return milliseconds;
    }
}
