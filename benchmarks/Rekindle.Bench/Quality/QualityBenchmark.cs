using System.IO.Enumeration;
using Rekindle.Bench.Fidelity;
using Rekindle.Bench.Problems;
using Rekindle.Bench.Report;
using Rekindle.Bench.WarmStarts;
using Rekindle.Bench.Workers;

namespace Rekindle.Bench.Quality;

/// <summary>How good the suggestions are: regret on the problems of <c>benchmarks/data</c>, beside what other tuners reached there.</summary>
internal static class QualityBenchmark
{
    public static async Task<int> RunAsync(string root, string[] words, CancellationToken cancellationToken)
    {
        var options = QualityOptions.Parse(words);
        if (options.Has("--report"))
        {
            return await BenchmarkPage.WriteAsync(root, cancellationToken);
        }

        if (options.Has("--warm"))
        {
            return await WarmBenchmark.RunAsync(root, options, cancellationToken);
        }

        var strategy = options.Word("--strategy", "bayesian", "random");
        var data = Path.Combine(root, "benchmarks", "data");
        var peers = RecordedPeers.Load(data);
        var problems = Select(ProblemCatalog.Load(data), peers, options.Text("--problems") ?? "*");
        if (options.Has("--hyperband"))
        {
            return await FidelityBenchmark.RunAsync(root, options, problems, cancellationToken);
        }

        if (options.Has("--parallel"))
        {
            return await ParallelBenchmark.RunAsync(root, options, problems, strategy, cancellationToken);
        }

        var baseline = options.Baseline(root);
        var runs = RunAll(problems, strategy, options.Whole("--seeds", 20), options.Cores, cancellationToken);
        var figures = new QualityFigures(problems, peers, runs.Select(r => r.Curve));
        QualityPrinter.Print(new ReportWriter(Console.Out, markdown: false), figures, runs);
        if (baseline is not null)
        {
            var cells = problems.Select(p => (QualityFigures.Ours, p));
            BaselineComparison.Print(new ReportWriter(Console.Out, markdown: false), options.Text("--baseline")!, cells, baseline, figures.All);
        }

        return await options.WriteAsync(root, $"quality-{strategy}", runs, cancellationToken);
    }

    /// <summary>The problems that the pattern names and that peers were recorded on.</summary>
    private static List<Problem> Select(ProblemCatalog catalog, CurveSet peers, string patterns)
    {
        var names = patterns.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var chosen = catalog.Problems
            .Where(p => names.Any(n => FileSystemName.MatchesSimpleExpression(n, p.Name, ignoreCase: false)))
            .Where(p => peers.Methods.Any(m => peers.Of(m, p).Count > 0))
            .ToList();
        return chosen.Count > 0
            ? chosen
            : throw new BenchmarkException($"'{patterns}' names none of {string.Join(", ", catalog.Problems.Select(p => p.Name))}.");
    }

    private static List<Run> RunAll(List<Problem> problems, string strategy, int seeds, int cores, CancellationToken cancellationToken)
    {
        // Large budgets first, so that the last ones to finish are short.
        var items = problems
            .SelectMany(p => Enumerable.Range(0, seeds).Select(seed => (Problem: p, Seed: seed)))
            .OrderByDescending(i => i.Problem.Budget)
            .ToList();
        var runs = RunPool.Run(
            items,
            item => new Run(
                QualityFigures.Ours,
                item.Problem,
                item.Seed,
                SearchRun.Run(item.Problem, strategy, item.Seed, item.Problem.Budget, null, cancellationToken)),
            cores,
            cancellationToken);
        return [.. runs.OrderBy(r => problems.IndexOf(r.Problem)).ThenBy(r => r.Seed)];
    }
}
