using System.IO.Enumeration;
using Rekindle.Bench.Problems;
using Rekindle.Bench.Quality;
using Rekindle.Bench.Report;

namespace Rekindle.Bench.WarmStarts;

/// <summary>What a parent brings, and what a misleading one costs: the recorded pairs, cold, warm and with flipped parents.</summary>
internal static class WarmBenchmark
{
    public static async Task<int> RunAsync(string root, BenchOptions options, CancellationToken cancellationToken)
    {
        var data = Path.Combine(root, "benchmarks", "data");
        var (all, recorded) = WarmPair.Load(data, ProblemCatalog.Load(data));
        var pattern = options.Text("--problems") ?? "*";
        var pairs = all.Where(p => FileSystemName.MatchesSimpleExpression(pattern, p.Name, ignoreCase: false)).ToList();
        if (pairs.Count == 0)
        {
            throw new BenchmarkException($"'{pattern}' names none of {string.Join(", ", all.Select(p => p.Name))}.");
        }

        var baseline = options.Baseline(root);
        var seeds = options.Whole("--seeds", 10);
        var items = (
            from pair in pairs
            from mode in WarmMode.For(pair)
            from seed in Enumerable.Range(0, seeds)
            where pair.ParentBySeed.ContainsKey(seed)
            orderby mode.Budget descending
            select (Pair: pair, Mode: mode, Seed: seed)).ToList();
        var runs = RunPool.Run(items, item => RunOne(item.Pair, item.Mode, item.Seed, cancellationToken), options.Cores, cancellationToken);
        runs = [.. runs.OrderBy(r => pairs.FindIndex(p => p.Name == r.Problem.Name)).ThenBy(r => r.Method, StringComparer.Ordinal).ThenBy(r => r.Seed)];

        var ours = new CurveSet(runs.Select(r => r.Curve));
        WarmPrinter.Print(new ReportWriter(Console.Out, markdown: false), pairs, recorded, ours);
        if (baseline is not null)
        {
            var cells = pairs.SelectMany(p => WarmMode.For(p).Select(m => (m.Name, p.Child with { Budget = m.Budget })));
            BaselineComparison.Print(new ReportWriter(Console.Out, markdown: false), options.Text("--baseline")!, cells, baseline, ours);
        }

        return await options.WriteAsync(root, "quality-warm", runs, cancellationToken);
    }

    private static Run RunOne(WarmPair pair, WarmMode mode, int seed, CancellationToken cancellationToken)
    {
        var warmStart = mode.Type is { } type ? pair.WarmStart(seed, type, mode.Flipped) : null;
        var child = pair.Child with { Budget = mode.Budget };
        return new Run(mode.Name, child, seed, SearchRun.Run(child, "bayesian", seed, mode.Budget, warmStart, cancellationToken));
    }
}
