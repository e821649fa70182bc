using System.Globalization;
using Rekindle.Bench.Quality;
using Rekindle.Bench.Report;

namespace Rekindle.Bench.WarmStarts;

/// <summary>The tables of the warm-start runs.</summary>
internal static class WarmPrinter
{
    /// <summary>Recorded values have nine digits: a method that took the same first step is not ahead by the tenth.</summary>
    private const double Rounding = 1e-6;

    private static readonly int[] Moments = [1, 5, 10, 20];

    public static void Print(ReportWriter output, IReadOnlyList<WarmPair> pairs, CurveSet recorded, CurveSet ours)
    {
        foreach (var group in pairs.GroupBy(p => p.Identical).OrderByDescending(g => g.Key))
        {
            var title = group.Key ? "Identical" : "Transfer";
            string[] modes = group.Key ? [WarmMode.Identical.Name, WarmMode.Transfer.Name] : [WarmMode.Transfer.Name];
            foreach (var mode in modes)
            {
                PrintGroup(output, $"{title} pairs ({group.Count()}), run as {mode}", [.. group], mode, recorded, ours);
            }
        }

        PrintPairs(output, pairs, ours);
        PrintFlipped(output, pairs, ours);
    }

    /// <summary>Each method beside our own runs with the same pairs and seeds.</summary>
    private static void PrintGroup(
        ReportWriter output, string title, IReadOnlyList<WarmPair> pairs, string mode, CurveSet recorded, CurveSet ours)
    {
        var table = new TextTable([title, "seeds", .. Moments.Select(m => $"@{m}"), .. Moments.Select(m => $"ours @{m}"), "behind at"]);
        foreach (var (name, own) in ((string, string)[])[("ours", mode), ("ours, cold", WarmMode.Cold.Name)])
        {
            table.Add(
            [
                name,
                Count(pairs, p => ours.Of(own, p.Child)),
                .. Moments.Select(m => TextTable.Short(Mean(pairs, p => ours.Of(own, p.Child), m))),
                .. Moments.Select(_ => ""),
                "",
            ]);
        }

        foreach (var method in recorded.Methods)
        {
            var there = pairs.Where(p => Shared(p, method).Count > 0).ToList();
            if (there.Count == 0)
            {
                continue;
            }

            var theirs = Moments.Select(m => Mean(there, p => [.. Shared(p, method).Select(s => s.Theirs)], m)).ToList();
            var own = Moments.Select(m => Mean(there, p => [.. Shared(p, method).Select(s => s.Ours)], m)).ToList();
            table.Add(
            [
                method,
                Count(there, p => [.. Shared(p, method).Select(s => s.Theirs)]),
                .. theirs.Select(v => TextTable.Short(v)),
                .. own.Select(v => TextTable.Short(v)),
                string.Join(" ", Moments.Where((_, i) => own[i] > theirs[i] + Rounding)),
            ]);
        }

        output.Add(table);

        List<(Curve Theirs, Curve Ours)> Shared(WarmPair pair, string method)
        {
            var own = ours.Of(mode, pair.Child).ToDictionary(c => c.Seed);
            return [.. recorded.Of(method, pair.Child).Where(c => own.ContainsKey(c.Seed)).Select(c => (c, own[c.Seed]))];
        }
    }

    private static void PrintPairs(ReportWriter output, IReadOnlyList<WarmPair> pairs, CurveSet ours)
    {
        var table = new TextTable(["warm - cold", "as", "seeds", .. Moments.Select(m => $"@{m}"), "95 % @20", ""]);
        foreach (var pair in pairs)
        {
            foreach (var mode in WarmMode.For(pair).Where(m => m is { Type: not null, Flipped: false }))
            {
                var at20 = Differences(pair, mode.Name, WarmMode.Cold.Name, ours, WarmMode.Budget20);
                var (low, high) = Statistics.BootstrapMean(at20);
                table.Add(
                [
                    pair.Name,
                    mode.Name,
                    ours.Of(mode.Name, pair.Child).Count.ToString(CultureInfo.InvariantCulture),
                    .. Moments.Select(m => TextTable.Short(Differences(pair, mode.Name, WarmMode.Cold.Name, ours, m).Average())),
                    $"[{TextTable.Short(low)}, {TextTable.Short(high)}]",
                    Statistics.Verdict(at20),
                ]);
            }
        }

        output.Add(table);
    }

    /// <summary>The loss in points: hundredths of the regret's unit.</summary>
    private static void PrintFlipped(ReportWriter output, IReadOnlyList<WarmPair> pairs, CurveSet ours)
    {
        foreach (var mode in (string[])[WarmMode.FlippedIdentical.Name, WarmMode.FlippedTransfer.Name])
        {
            var table = new TextTable(mode, "loss @10", "loss @20", "loss @40");
            foreach (var pair in pairs)
            {
                table.Add([pair.Name, .. Losses(pair).Select(d => TextTable.Fixed(d.Average(), 2))]);
            }

            output.Add(table);
            var at40 = pairs.Select(p => Losses(p)[^1]).ToList();
            var (_, overSeeds) = Statistics.Bootstrap(
                [.. at40.Select(d => d.Length)], draws => draws.Select((draw, p) => draw.Average(i => at40[p][i])).Average());
            var (_, overPairs) = Statistics.BootstrapMean([.. at40.Select(d => d.Average())]);
            output.Line(
                $"Mean loss at 40: {TextTable.Fixed(at40.Average(d => d.Average()), 2)} points of normalised regret, upper 95 % bound "
                + $"{TextTable.Fixed(overSeeds, 2)} over seeds, {TextTable.Fixed(overPairs, 2)} over pairs.");

            List<double[]> Losses(WarmPair pair) =>
                [.. ((int[])[10, 20, 40]).Select(m => Differences(pair, mode, WarmMode.LongCold.Name, ours, m).Select(d => 100 * d).ToArray())];
        }
    }

    private static double[] Differences(WarmPair pair, string mode, string cold, CurveSet ours, int evaluations)
    {
        var reference = ours.Of(cold, pair.Child).ToDictionary(c => c.Seed);
        return
        [
            .. ours.Of(mode, pair.Child).Select(c =>
                pair.Child.NormalizedRegret(c.After(evaluations)) - pair.Child.NormalizedRegret(reference[c.Seed].After(evaluations))),
        ];
    }

    /// <summary>Mean over the pairs of the mean over the seeds.</summary>
    private static double Mean(IReadOnlyList<WarmPair> pairs, Func<WarmPair, IReadOnlyList<Curve>> curves, int evaluations) =>
        pairs.Average(p => curves(p).Average(c => p.Child.NormalizedRegret(c.After(evaluations))));

    private static string Count(IReadOnlyList<WarmPair> pairs, Func<WarmPair, IReadOnlyList<Curve>> curves)
    {
        var counts = pairs.Select(p => curves(p).Count).ToList();
        return counts.Min() == counts.Max() ? $"{counts.Max()}" : $"{counts.Min()}-{counts.Max()}";
    }
}
