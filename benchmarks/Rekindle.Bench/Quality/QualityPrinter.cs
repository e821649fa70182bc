using System.Globalization;
using Rekindle.Bench.Problems;
using Rekindle.Bench.Report;

namespace Rekindle.Bench.Quality;

/// <summary>Prints the figures as tables for people.</summary>
internal static class QualityPrinter
{
    public static void Print(ReportWriter output, QualityFigures figures, IReadOnlyList<Run> runs)
    {
        PrintProblems(output, figures, runs);
        var groups = figures.Problems.GroupBy(p => p.Group).Select(g => (Name: g.Key.ToString(), Problems: g.ToList())).ToList();
        if (groups.Count > 1)
        {
            groups.Add(("All", [.. figures.Problems]));
        }

        foreach (var (name, problems) in groups)
        {
            PrintStanding(output, figures.All, name, problems);
        }

        PrintSummary(output, figures);
    }

    private static void PrintProblems(ReportWriter output, QualityFigures figures, IReadOnlyList<Run> runs)
    {
        var methods = figures.All.Methods.Where(m => m != QualityFigures.Ours).ToList();
        var table = new TextTable(
            ["mean regret at the end", "seeds", QualityFigures.Ours, .. methods, $"to {RecordedPeers.Tpe}@{QualityFigures.LevelAt}", "ms", "ms p99"]);
        foreach (var problem in figures.Problems)
        {
            var times = runs.Where(r => r.Problem == problem).SelectMany(r => r.Evaluations).Select(e => e.Milliseconds).ToList();
            var best = figures.BestPeer(problem);
            table.Add(
            [
                problem.Name,
                figures.All.Of(QualityFigures.Ours, problem).Count.ToString(CultureInfo.InvariantCulture),
                Cell(QualityFigures.Ours),
                .. methods.Select(Cell),
                figures.EvaluationsToPeerLevel(problem, RecordedPeers.Tpe) switch
                {
                    null => "-",
                    { } n when n > problem.Budget => "never",
                    { } n => n.ToString(CultureInfo.InvariantCulture),
                },
                TextTable.Fixed(times.Average(), 1),
                TextTable.Fixed(Statistics.Quantile(times, 0.99), 1),
            ]);

            string Cell(string method) => TextTable.Short(figures.All.MeanRegret(method, problem, problem.Budget)) + (method == best ? "*" : " ");
        }

        output.Add(table);
        output.Line("* the best peer. Regret: 0 is the optimum, 1 the median of random configurations.");
    }

    private static void PrintStanding(ReportWriter output, CurveSet curves, string name, List<Problem> problems)
    {
        var table = new TextTable(
            $"{name} ({problems.Count} problems)", "problems", "seeds", $"rank @{Standing.Midway}", "rank @end", "mean regret", "geometric mean");
        foreach (var s in Standing.Of(curves, problems))
        {
            table.Add(
                s.Method,
                s.Problems.ToString(CultureInfo.InvariantCulture),
                s.Seeds.Fewest == s.Seeds.Most ? $"{s.Seeds.Most}" : $"{s.Seeds.Fewest}-{s.Seeds.Most}",
                TextTable.Fixed(s.Rank25, 2),
                TextTable.Fixed(s.RankEnd, 2),
                TextTable.Short(s.MeanEnd),
                TextTable.Short(s.GeometricEnd));
        }

        output.Add(table);
    }

    private static void PrintSummary(ReportWriter output, QualityFigures figures)
    {
        var (good, of) = figures.NoWorseThanBestPeer();
        var (wins, pairs) = figures.WinsOverBestPeer();
        var (low, high) = Statistics.Wilson(wins, pairs);
        var reached = figures.Problems.Select(p => figures.EvaluationsToPeerLevel(p, RecordedPeers.Tpe)).OfType<int>().Select(n => (double)n).ToList();
        output.Line($"Mean final regret no worse than the best peer's on {good} of {of} problems.");
        output.Line(
            $"Wins over the best peer of each problem on equal seeds: {TextTable.Fixed(pairs == 0 ? 0 : wins / pairs, 3)} of {pairs} "
            + $"(95 %: {TextTable.Fixed(low, 3)} to {TextTable.Fixed(high, 3)}).");
        if (reached.Count > 0)
        {
            output.Line(
                $"{RecordedPeers.Tpe}'s level at {QualityFigures.LevelAt} evaluations is reached after "
                + $"{TextTable.Fixed(Statistics.Median(reached), 1)} (median over the problems).");
        }
    }
}
