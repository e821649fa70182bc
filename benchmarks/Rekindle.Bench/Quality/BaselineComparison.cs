using System.Globalization;
using Rekindle.Bench.Problems;
using Rekindle.Bench.Report;

namespace Rekindle.Bench.Quality;

/// <summary>Our runs against earlier ones of ours, paired by problem and seed.</summary>
internal static class BaselineComparison
{
    public static void Print(ReportWriter output, string name, IEnumerable<(string Method, Problem Problem)> cells, CurveSet before, CurveSet now)
    {
        var pairs = cells.Select(c => (c.Method, c.Problem, Seeds: Pairs(c.Method, c.Problem, before, now))).Where(p => p.Seeds.Count > 0).ToList();
        if (pairs.Count == 0)
        {
            output.Line($"{name} has no runs with these problems and seeds.");
            return;
        }

        var table = new TextTable(
            $"against {name}", "seeds", "before", "now", "difference", "95 %", "better/worse", "", $"difference @{Standing.Midway}", "95 %", "");
        foreach (var (method, problem, seeds) in pairs)
        {
            var end = Differences(problem, seeds, problem.Budget);
            var midway = Differences(problem, seeds, Standing.Midway);
            table.Add(
            [
                method == QualityFigures.Ours ? problem.Name : $"{problem.Name} {method}",
                seeds.Count.ToString(CultureInfo.InvariantCulture),
                TextTable.Short(seeds.Average(s => problem.NormalizedRegret(s.Before.After(problem.Budget)))),
                TextTable.Short(seeds.Average(s => problem.NormalizedRegret(s.Now.After(problem.Budget)))),
                TextTable.Short(end.Average()),
                .. Interval(end),
                $"{end.Count(d => d < 0)}/{end.Count(d => d > 0)}",
                Statistics.Verdict(end),
                TextTable.Short(midway.Average()),
                .. Interval(midway),
                Statistics.Verdict(midway),
            ]);
        }

        output.Add(table);
        PrintRatio(output, "at the end", [.. pairs.Select(p => (p.Problem, p.Seeds))], p => p.Budget);
        PrintRatio(output, $"after {Standing.Midway}", [.. pairs.Select(p => (p.Problem, p.Seeds))], _ => Standing.Midway);
    }

    private static List<(Curve Before, Curve Now)> Pairs(string method, Problem problem, CurveSet before, CurveSet now)
    {
        var earlier = before.Of(method, problem).ToDictionary(c => c.Seed);
        return [.. now.Of(method, problem).Where(c => earlier.ContainsKey(c.Seed)).Select(c => (earlier[c.Seed], c))];
    }

    private static double[] Differences(Problem problem, List<(Curve Before, Curve Now)> seeds, int evaluations) =>
        [.. seeds.Select(s => problem.NormalizedRegret(s.Now.After(evaluations)) - problem.NormalizedRegret(s.Before.After(evaluations)))];

    private static string[] Interval(double[] differences)
    {
        var (low, high) = Statistics.BootstrapMean(differences);
        return [$"[{TextTable.Short(low)}, {TextTable.Short(high)}]"];
    }

    private static void PrintRatio(
        ReportWriter output, string when, List<(Problem Problem, List<(Curve Before, Curve Now)> Seeds)> pairs, Func<Problem, int> evaluations)
    {
        var regrets = pairs.Select(p => p.Seeds.Select(s => (
            Before: p.Problem.NormalizedRegret(s.Before.After(evaluations(p.Problem))),
            Now: p.Problem.NormalizedRegret(s.Now.After(evaluations(p.Problem))))).ToArray()).ToArray();
        var (low, high) = Statistics.Bootstrap([.. regrets.Select(r => r.Length)], Ratio);
        output.Line(
            $"Geometric mean regret {when}, now / before: {TextTable.Fixed(Ratio([.. regrets.Select(r => Enumerable.Range(0, r.Length).ToArray())]), 3)} "
            + $"(95 % over seeds: {TextTable.Fixed(low, 3)} to {TextTable.Fixed(high, 3)}; below 1 is better).");

        double Ratio(IReadOnlyList<int[]> draws) =>
            Statistics.GeometricMean(draws.Select((draw, p) => draw.Average(i => regrets[p][i].Now)))
            / Statistics.GeometricMean(draws.Select((draw, p) => draw.Average(i => regrets[p][i].Before)));
    }
}
