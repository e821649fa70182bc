using System.Diagnostics;
using System.Globalization;
using Rekindle.Bench.Data;
using Rekindle.Bench.Quality;
using Rekindle.Bench.Report;

namespace Rekindle.Bench.Latency;

/// <summary>How long a suggestion takes on one core, beside the recorded peers and the Optuna of this machine.</summary>
internal static class LatencyBenchmark
{
    private static readonly (int Dimensions, int Size)[] Cells =
        [(8, 50), (8, 100), (8, 500), (8, 800), (10, 100), (20, 50), (20, 100), (20, 500), (20, 800)];

    public static BenchOptions Parse(string[] words) => new("latency", words, ["--suggestions", "--live-suggestions", "--out"], ["--no-live"]);

    public static async Task<int> RunAsync(string root, string[] words, CancellationToken cancellationToken)
    {
        var options = Parse(words);
        var suggestions = options.Whole("--suggestions", 60);
        PinToOneCore();
        // Twice the smallest one: compiled, optimised, and not counted.
        LatencyCell.Measure(8, 60, 40, cancellationToken);
        LatencyCell.Measure(20, 60, 40, cancellationToken);
        var cells = new List<LatencyCell>();
        foreach (var (dimensions, size) in Cells)
        {
            await Console.Error.WriteLineAsync($"{LatencyCell.Ours} d={dimensions} n={size}");
            cells.Add(LatencyCell.Measure(dimensions, size, suggestions, cancellationToken));
        }

        foreach (var sampler in options.Has("--no-live") ? [] : await OptunaLive.SamplersAsync(cancellationToken))
        {
            foreach (var (dimensions, size) in Cells)
            {
                await Console.Error.WriteLineAsync($"live {sampler} d={dimensions} n={size}");
                cells.Add(await OptunaLive.MeasureAsync(sampler, dimensions, size, options.Whole("--live-suggestions", 10), cancellationToken));
            }
        }

        Print(new ReportWriter(Console.Out, markdown: false), cells, Recorded(Path.Combine(root, "benchmarks", "data")));
        using var self = Process.GetCurrentProcess();
        Console.WriteLine($"Largest resident memory of this process: {TextTable.Fixed(self.PeakWorkingSet64 / 1e6, 0)} MB.");
        var path = Path.Combine(root, "benchmarks", "results", $"{options.Text("--out") ?? "latency"}.csv");
        await LatencyFile.WriteAsync(path, cells, cancellationToken);
        return 0;
    }

    /// <summary>Child processes inherit it, so everybody has the same core.</summary>
    private static void PinToOneCore()
    {
        if (OperatingSystem.IsLinux())
        {
            using var self = Process.GetCurrentProcess();
            self.ProcessorAffinity = 1;
        }
    }

    /// <summary>Median seconds of the recorded peers.</summary>
    public static List<(string Peer, int Dimensions, int Size, double Milliseconds)> Recorded(string dataFolder) =>
    [
        .. CsvFile.Read(Path.Combine(dataFolder, "latency.csv"))
            .Select(row => (row.Text("peer"), row.Whole("d"), row.Whole("n"), 1000 * row.Number("median_s"))),
    ];

    public static void Print(
        ReportWriter output, IReadOnlyList<LatencyCell> cells, IReadOnlyList<(string Peer, int Dimensions, int Size, double Milliseconds)> recorded)
    {
        var table = new TextTable("milliseconds", "d", "n", "first", "p50", "p99", "allocated MB", "live MB", "p50 / ours");
        var ours = cells.Where(c => c.Who == LatencyCell.Ours).ToDictionary(c => (c.Dimensions, c.Observations), c => c.P50);
        foreach (var c in cells)
        {
            table.Add(
                c.Who, Whole(c.Dimensions), Whole(c.Observations), Number(c.First), Number(c.P50), Number(c.P99), Number(c.AllocatedMegabytes),
                Number(c.LiveMegabytes), c.Who == LatencyCell.Ours ? "" : Number(c.P50 / ours[(c.Dimensions, c.Observations)]));
        }

        foreach (var (peer, dimensions, size, milliseconds) in recorded)
        {
            table.Add(
                $"recorded {peer}", Whole(dimensions), Whole(size), "", Number(milliseconds), "", "", "",
                Number(milliseconds / ours[(dimensions, size)]));
        }

        output.Add(table);

        static string Whole(int value) => value.ToString(CultureInfo.InvariantCulture);
        static string Number(double? value) => value is { } v ? TextTable.Fixed(v, v < 10 ? 2 : v < 100 ? 1 : 0) : "";
    }
}
