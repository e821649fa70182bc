using System.Globalization;
using Rekindle.Bench.Fidelity;
using Rekindle.Bench.Latency;
using Rekindle.Bench.Problems;
using Rekindle.Bench.Quality;
using Rekindle.Bench.Serving;
using Rekindle.Bench.WarmStarts;
using Rekindle.Bench.Workers;

namespace Rekindle.Bench.Report;

/// <summary>Writes <c>docs/benchmarks.md</c> and its pictures from the files of earlier runs.</summary>
internal sealed class BenchmarkPage
{
    private readonly string _data;
    private readonly string _results;
    private readonly string _docs;
    private readonly ProblemCatalog _catalog;
    private readonly CurveSet _peers;
    private readonly ReportWriter _report;

    private BenchmarkPage(string root, ReportWriter report)
    {
        _data = Path.Combine(root, "benchmarks", "data");
        _results = Path.Combine(root, "benchmarks", "results");
        _docs = Path.Combine(root, "docs");
        _catalog = ProblemCatalog.Load(_data);
        _peers = RecordedPeers.Load(_data);
        _report = report;
    }

    public static async Task<int> WriteAsync(string root, CancellationToken cancellationToken)
    {
        await using var text = new StringWriter { NewLine = "\n" };
        var page = new BenchmarkPage(root, new ReportWriter(text, markdown: true));
        Directory.CreateDirectory(Path.Combine(page._docs, "images"));
        page._report.Line("# Benchmarks");
        page._report.Line(
            "Written by `./bench quality --report` from measured files; do not edit. The problems, the other tuners' recorded runs and what "
            + "is measured: [benchmarks/data](../benchmarks/data/README.md).");
        await page.ColdAsync(cancellationToken);
        await page.WarmAsync(cancellationToken);
        foreach (var workers in (int[])[10, 50])
        {
            await page.ParallelAsync(workers, cancellationToken);
        }

        page.Hyperband();
        page.Latency();
        page.Serving();
        var path = Path.Combine(page._docs, "benchmarks.md");
        await File.WriteAllTextAsync(path, text.ToString().TrimEnd() + "\n", cancellationToken);
        Console.WriteLine($"{Path.GetRelativePath(root, path)} is written.");
        return 0;
    }

    private async Task ColdAsync(CancellationToken cancellationToken)
    {
        var runs = RunFile.Read(Result("quality-bayesian", "quality"), name => _catalog[name]);
        var problems = _catalog.Problems.Where(p => runs.Any(r => r.Problem == p)).ToList();
        var figures = new QualityFigures(problems, _peers, runs.Select(r => r.Curve));
        _report.Line("## Search without parents");
        _report.Line(
            "`./bench quality`: normalised regret (0 is the optimum, 1 the median of random configurations), mean over the seeds. Ranks are "
            + "among all methods by mean regret on each problem. In geometric means a regret below "
            + $"{Statistics.RegretFloor.ToString("0e0", CultureInfo.InvariantCulture)} counts as that.");
        foreach (var group in problems.GroupBy(p => p.Group))
        {
            var most = group.Min(p => p.Budget);
            // The same runs under two names would only hide each other.
            var complete = figures.All.Methods
                .Where(m => m != RecordedPeers.TpeMultivariate && group.All(p => figures.All.Of(m, p).Count > 0))
                .ToList();
            await PictureAsync(
                $"regret-{group.Key.ToString().ToLowerInvariant()}",
                $"{group.Key}: {group.Count()} problems",
                "geometric mean regret",
                [
                    .. complete.OrderByDescending(m => m == QualityFigures.Ours).Select(m => new Series(
                        m,
                        [.. Enumerable.Range(1, most).Select(n => Statistics.GeometricMean(group.Select(p => figures.All.MeanRegret(m, p, n)!.Value)))],
                        m == QualityFigures.Ours)),
                ],
                cancellationToken);
        }

        QualityPrinter.Print(_report, figures, runs);
    }

    private async Task WarmAsync(CancellationToken cancellationToken)
    {
        var (pairs, recorded) = WarmPair.Load(_data, _catalog);
        var runs = RunFile.Read(Result("quality-warm", "quality --warm"), name => pairs.FirstOrDefault(p => p.Name == name)?.Child);
        var ours = new CurveSet(runs.Select(r => r.Curve));
        _report.Line("## Warm start");
        _report.Line(
            "`./bench quality --warm`: a child with a budget of 20 after a parent of 50 evaluations, mean regret over the pairs. Each "
            + "recorded method stands beside our own runs with the same pairs and seeds. Flipped parents have negated values: the worst "
            + "parent there is, declared identical or transfer; the loss is in hundredths of the regret's unit.");
        foreach (var group in pairs.GroupBy(p => p.Identical).OrderByDescending(g => g.Key))
        {
            var mode = group.Key ? WarmMode.Identical : WarmMode.Transfer;
            await PictureAsync(
                $"warm-{mode.Name}",
                $"Warm start, {mode.Name}: {group.Count()} pairs",
                "mean regret",
                [
                    WarmSeries("rekindle, warm", ours, mode.Name, true),
                    WarmSeries("rekindle, cold", ours, WarmMode.Cold.Name, true),
                    .. recorded.Methods.Select(m => WarmSeries(
                        $"{m} ({string.Join('-', group.Select(p => recorded.Of(m, p.Child).Count).Distinct().Order())} seeds)", recorded, m, false)),
                ],
                cancellationToken);

            Series WarmSeries(string name, CurveSet curves, string method, bool own) => new(
                name,
                [
                    .. Enumerable.Range(1, WarmMode.Budget20).Select(n =>
                        group.Average(p => curves.Of(method, p.Child).Average(c => p.Child.NormalizedRegret(c.After(n))))),
                ],
                own);
        }

        WarmPrinter.Print(_report, pairs, recorded, ours);
    }

    private async Task ParallelAsync(int workers, CancellationToken cancellationToken)
    {
        var method = ParallelBenchmark.Method(workers);
        var runs = RunFile.Read(Result($"quality-{method}", $"quality --parallel {workers}"), name => _catalog[name]);
        var problems = _catalog.Problems.Where(p => runs.Any(r => r.Problem == p)).ToList();
        var curves = new CurveSet(runs.Select(r => r.Curve));
        _report.Line($"## {workers} evaluations at once");
        _report.Line(
            $"`./bench quality --parallel {workers}`: a worker takes the next suggestion as soon as it is free, and evaluations last "
            + "differently long; compared at equal numbers of ended evaluations with one after the other.");
        var most = problems.Min(p => ParallelBenchmark.BudgetOf(p, workers));
        await PictureAsync(
            method,
            $"{workers} workers: {problems.Count} problems",
            "geometric mean regret",
            [
                .. ((string[])[method, ParallelBenchmark.Sequential]).Select(m => new Series(
                    m,
                    [.. Enumerable.Range(1, most).Select(n => Statistics.GeometricMean(problems.Select(p => curves.MeanRegret(m, p, n)!.Value)))],
                    m == method)),
            ],
            cancellationToken);
        ParallelBenchmark.Print(_report, problems, workers, runs);
    }

    private void Hyperband()
    {
        var curves = FidelityFile.Read(Result(FidelityBenchmark.ResultName, "quality --hyperband"));
        _report.Line("## Hyperband");
        _report.Line(
            "`./bench quality --hyperband`: boosting rounds until the mean regret over the seeds is where random search ends after all its "
            + "evaluations, as a share of the rounds random search spends on them. All methods search the same space, the number of rounds "
            + "included; an evaluation reports after every five rounds and is worth its last value. *bayesian* runs whole evaluations; "
            + "*random, halving* is the stopping without the model. MinResource is "
            + $"{TextTable.Fixed(FidelityBenchmark.MinResource, 0)} reports, MaxResource 40.");
        FidelityBenchmark.Print(_report, [.. _catalog.Problems.Where(p => curves.Any(c => c.Problem == p.Name))], curves);
    }

    private void Latency()
    {
        _report.Line("## Time per suggestion");
        _report.Line(
            "`./bench latency`: one core, a history that grows by one with every suggestion; *first* is the first suggestion of a new "
            + "process state, which makes everything from the history. Recorded peers were measured on another machine of the same kind, "
            + "to be read as ±1.5x.");
        LatencyBenchmark.Print(_report, LatencyFile.Read(Result("latency", "latency")), LatencyBenchmark.Recorded(_data));
    }

    private void Serving()
    {
        var rows = ServingFile.Read(Result("server", "server"));
        var peers = rows.Where(row => row.Server == ServingRow.Peer).Select(row => row.TrainingJobs).ToList();
        _report.Line("## Requests per second");
        _report.Line(
            $"`./bench server`: the state of a tuning job with {TextTable.Fixed(rows.Max(row => row.TrainingJobs), 0)} training jobs, and 100 of them as "
            + "a list, client and server on the same cores. *Rows changing* is twenty writes a second beside the reads."
            + (peers.Count == 0 ? "" : $" moto, in the same run, has {TextTable.Fixed(peers.Max(), 0)} training jobs to tell of."));
        ServingRow.Print(_report, rows);
    }

    private async Task PictureAsync(
        string file, string title, string heightTitle, IReadOnlyList<Series> series, CancellationToken cancellationToken)
    {
        await File.WriteAllTextAsync(Path.Combine(_docs, "images", $"{file}.svg"), LineChart.Draw(title, heightTitle, series), cancellationToken);
        _report.Line($"![{title}](images/{file}.svg)");
    }

    private string Result(string name, string command)
    {
        var path = Path.Combine(_results, $"{name}.csv");
        return File.Exists(path) ? path : throw new BenchmarkException($"{path} is missing: run ./bench {command} first.");
    }
}
