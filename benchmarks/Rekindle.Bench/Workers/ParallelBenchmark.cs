using System.Globalization;
using Rekindle.Bench.Problems;
using Rekindle.Bench.Quality;
using Rekindle.Bench.Report;

namespace Rekindle.Bench.Workers;

/// <summary>What is lost when many evaluations run at once, at an equal number of evaluations, and whether any is done twice.</summary>
internal static class ParallelBenchmark
{
    public const string Sequential = "sequential";

    public static string Method(int workers) => string.Create(CultureInfo.InvariantCulture, $"parallel-{workers}");

    /// <summary>At least two rounds of all workers after the first, which knows nothing.</summary>
    public static int BudgetOf(Problem problem, int workers) => Math.Max(problem.Budget, 3 * workers);

    public static async Task<int> RunAsync(
        string root, BenchOptions options, IReadOnlyList<Problem> problems, string strategy, CancellationToken cancellationToken)
    {
        var workers = options.Whole("--parallel", 10);
        var items = (
            from problem in problems
            from seed in Enumerable.Range(0, options.Whole("--seeds", 5))
            from parallel in (int[])[1, workers]
            let budget = BudgetOf(problem, workers)
            orderby budget descending
            select (Problem: problem with { Budget = budget }, Seed: seed, Workers: parallel)).ToList();
        var runs = RunPool.Run(
            items,
            item => new Run(
                item.Workers == 1 ? Sequential : Method(workers),
                item.Problem,
                item.Seed,
                SearchRun.Run(item.Problem, strategy, item.Seed, item.Problem.Budget, item.Workers, null, cancellationToken)),
            options.Cores,
            cancellationToken);
        runs = [.. runs.OrderBy(r => r.Problem.Name, StringComparer.Ordinal).ThenBy(r => r.Method, StringComparer.Ordinal).ThenBy(r => r.Seed)];

        Print(new ReportWriter(Console.Out, markdown: false), problems, workers, runs);
        return await options.WriteAsync(root, $"quality-{Method(workers)}", runs, cancellationToken);
    }

    public static void Print(ReportWriter output, IReadOnlyList<Problem> problems, int workers, IReadOnlyList<Run> runs)
    {
        var curves = new CurveSet(runs.Select(r => r.Curve));
        var moments = Moments(problems, workers);
        var table = new TextTable([$"{workers} workers", .. moments.Select(m => $"@{m}")]);
        foreach (var problem in problems)
        {
            table.Add([$"{problem.Name} {Sequential}", .. moments.Select(m => TextTable.Short(curves.MeanRegret(Sequential, problem, m)))]);
            table.Add([$"{problem.Name} parallel", .. moments.Select(m => TextTable.Short(curves.MeanRegret(Method(workers), problem, m)))]);
        }

        table.Add(["geometric mean sequential", .. moments.Select(m => TextTable.Short(Geometric(Sequential, m)))]);
        table.Add(["geometric mean parallel", .. moments.Select(m => TextTable.Short(Geometric(Method(workers), m)))]);
        table.Add(["parallel / sequential", .. moments.Select(m => TextTable.Fixed(Geometric(Method(workers), m) / Geometric(Sequential, m), 2))]);
        output.Add(table);
        var suggestions = runs.Where(r => r.Method != Sequential).Sum(r => r.Evaluations.Count);
        output.Line($"{runs.Where(r => r.Method != Sequential).Sum(Duplicates)} of {suggestions} parallel suggestions repeat an earlier one of their run.");

        double Geometric(string method, int evaluations) => Statistics.GeometricMean(problems.Select(p => curves.MeanRegret(method, p, evaluations)!.Value));
    }

    /// <summary>Ten moments up to the smallest budget.</summary>
    private static int[] Moments(IReadOnlyList<Problem> problems, int workers)
    {
        var last = problems.Min(p => BudgetOf(p, workers));
        return [.. Enumerable.Range(1, 10).Select(i => i * last / 10)];
    }

    private static int Duplicates(Run run) => run.Evaluations.Count(e => e.Repeats);
}
