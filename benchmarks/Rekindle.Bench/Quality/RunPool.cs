using System.Collections.Concurrent;
using System.Diagnostics;

namespace Rekindle.Bench.Quality;

/// <summary>Does many runs side by side, as many as there are cores, and says on standard error how far it is.</summary>
internal static class RunPool
{
    private static readonly TimeSpan BetweenLines = TimeSpan.FromSeconds(10);

    /// <summary>The outcomes in the order of the items, whatever order they were computed in.</summary>
    /// <param name="items">What to run; long ones first keep all cores busy to the end.</param>
    /// <param name="run">Runs one.</param>
    /// <param name="cores">How many at once.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static TOut[] Run<TIn, TOut>(IReadOnlyList<TIn> items, Func<TIn, TOut> run, int cores, CancellationToken cancellationToken)
    {
        var outcomes = new TOut[items.Count];
        var clock = Stopwatch.StartNew();
        var (done, said) = (0, TimeSpan.Zero);
        var gate = new Lock();
        // One item at a time is handed out: chunks would leave the long runs of one problem to one core.
        var queue = Partitioner.Create(Enumerable.Range(0, items.Count), EnumerablePartitionerOptions.NoBuffering);
        Parallel.ForEach(
            queue,
            new ParallelOptions { MaxDegreeOfParallelism = cores, CancellationToken = cancellationToken },
            i =>
            {
                outcomes[i] = run(items[i]);
                lock (gate)
                {
                    done++;
                    if (clock.Elapsed - said > BetweenLines || done == items.Count)
                    {
                        said = clock.Elapsed;
                        Console.Error.WriteLine($"{done} of {items.Count} runs after {said.TotalSeconds:0} s");
                    }
                }
            });
        return outcomes;
    }
}
