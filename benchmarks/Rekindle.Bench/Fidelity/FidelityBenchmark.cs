using System.Globalization;
using Rekindle.Bench.Problems;
using Rekindle.Bench.Quality;
using Rekindle.Bench.Report;

namespace Rekindle.Bench.Fidelity;

/// <summary>What stopping hopeless evaluations saves: boosting rounds until random search's final quality is reached.</summary>
internal static class FidelityBenchmark
{
    public const string ResultName = "quality-hyperband";

    /// <summary>
    /// 45 of 200 rounds: before, the ranks on half of the tables correlate with the final ones by 0.5 to 0.6 only, and stopping loses more
    /// than it saves.
    /// </summary>
    public const int MinResource = 9;

    public static async Task<int> RunAsync(
        string root, BenchOptions options, IReadOnlyList<Problem> problems, CancellationToken cancellationToken)
    {
        var tables = problems.Where(p => p.Group != ProblemGroup.Synthetic).ToList();
        if (tables.Count == 0)
        {
            throw new BenchmarkException("None of these problems has learning curves; those whose names begin with stab_ and tab_ have.");
        }

        var workers = options.Whole("--parallel", 1);
        var minResource = options.Whole("--min-resource", MinResource);
        var items = (
            from problem in tables
            from method in FidelityMethod.All
            from seed in Enumerable.Range(0, options.Whole("--seeds", 20))
            select (Problem: problem, Method: method, Seed: seed)).ToList();
        var curves = RunPool.Run(
            items,
            item => new FidelityCurve(
                item.Method,
                item.Problem.Name,
                item.Seed,
                FidelityMethod.Run(item.Method, item.Problem, item.Seed, minResource, workers, cancellationToken)),
            options.Cores,
            cancellationToken);
        Print(new ReportWriter(Console.Out, markdown: false), tables, curves);
        var path = Path.Combine(root, "benchmarks", "results", $"{options.Text("--out") ?? ResultName}.csv");
        await FidelityFile.WriteAsync(path, curves, cancellationToken);
        Console.WriteLine($"Every evaluation is in {Path.GetRelativePath(root, path)}.");
        return 0;
    }

    public static void Print(ReportWriter output, IReadOnlyList<Problem> problems, IReadOnlyList<FidelityCurve> curves)
    {
        var others = FidelityMethod.All.Where(m => m != FidelityMethod.Random).ToList();
        var table = new TextTable(
        [
            "share of random search's rounds", "its rounds", "its regret", .. others, "hyperband's regret", "its evaluations",
        ]);
        var shares = new Dictionary<string, List<double>>();
        foreach (var problem in problems)
        {
            var random = Of(FidelityMethod.Random, problem);
            var rounds = random.Average(c => c.Points[^1].TotalRounds);
            var level = random.Average(c => problem.NormalizedRegret(c.Points[^1].Best));
            var cells = new List<string>();
            foreach (var method in others)
            {
                var share = RoundsTo(level, problem, Of(method, problem)) / rounds;
                (shares.TryGetValue(method, out var all) ? all : shares[method] = []).Add(share);
                cells.Add(double.IsFinite(share) ? TextTable.Fixed(share, 2) : "never");
            }

            var hyperband = Of(FidelityMethod.Hyperband, problem);
            table.Add(
            [
                problem.Name, TextTable.Fixed(rounds, 0), TextTable.Short(level), .. cells,
                TextTable.Short(Regret(problem, hyperband, int.MaxValue)),
                TextTable.Fixed(hyperband.Average(c => c.Points.Count), 0),
            ]);
        }

        table.Add(["median", "", "", .. others.Select(m => TextTable.Fixed(Statistics.Median(shares[m]), 2)), "", ""]);
        table.Add(
        [
            "at most a third", "", "",
            .. others.Select(m => string.Create(CultureInfo.InvariantCulture, $"{shares[m].Count(s => s <= 1.0 / 3)}/{problems.Count}")), "", "",
        ]);
        output.Add(table);

        List<FidelityCurve> Of(string method, Problem problem) => [.. curves.Where(c => c.Method == method && c.Problem == problem.Name)];
    }

    /// <summary>Mean normalised regret once so many rounds were spent; nothing found yet counts as a random configuration.</summary>
    public static double Regret(Problem problem, IReadOnlyList<FidelityCurve> curves, int rounds) =>
        curves.Average(c => c.BestAfter(rounds) is { } best ? problem.NormalizedRegret(best) : 1);

    /// <summary>After how many rounds the mean regret over the seeds is at this level; infinite when it never is.</summary>
    public static double RoundsTo(double level, Problem problem, IReadOnlyList<FidelityCurve> curves)
    {
        var moments = curves.SelectMany(c => c.Points).Select(p => p.TotalRounds).Distinct().Order().ToList();
        // The mean never rises, so the first moment at the level can be found by halving.
        var (low, high) = (0, moments.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (Regret(problem, curves, moments[middle]) <= level) high = middle;
            else low = middle + 1;
        }

        return low == moments.Count ? double.PositiveInfinity : moments[low];
    }
}
