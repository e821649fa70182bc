using System.Globalization;
using System.IO.Compression;
using System.Text;
using Rekindle.Bench.Data;
using Rekindle.Bench.Problems;
using Rekindle.Optimization;

namespace Rekindle.Bench.Quality;

/// <summary>One run of ours.</summary>
/// <param name="Method">How it was run, such as cold.</param>
/// <param name="Problem">On what.</param>
/// <param name="Seed">The run's seed.</param>
/// <param name="Evaluations">In their order.</param>
internal sealed record Run(string Method, Problem Problem, int Seed, IReadOnlyList<Evaluation> Evaluations)
{
    public Curve Curve => new(Method, Problem.Name, Seed, [.. Evaluations.Select(e => e.Best)]);
}

/// <summary>Our runs as CSV, one line an evaluation; gzipped when the name ends in <c>.gz</c>.</summary>
internal static class RunFile
{
    private const string Header = "method,problem,seed,evaluation,origin,repeats,observed,best_so_far,suggest_ms";

    public static async Task WriteAsync(string path, IEnumerable<Run> runs, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        await using var file = File.Create(path);
        await using Stream stream =
            path.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(file, CompressionLevel.SmallestSize) : file;
        await using var writer = new StreamWriter(stream, new UTF8Encoding(false)) { NewLine = "\n" };
        await writer.WriteLineAsync(Header.AsMemory(), cancellationToken);
        foreach (var run in runs)
        {
            foreach (var e in run.Evaluations)
            {
                var line = string.Create(
                    CultureInfo.InvariantCulture,
                    $"{run.Method},{run.Problem.Name},{run.Seed},{e.Number},{e.Origin},{(e.Repeats ? 1 : 0)},{e.Observed:R},{e.Best:R},{e.Milliseconds:0.###}");
                await writer.WriteLineAsync(line.AsMemory(), cancellationToken);
            }
        }
    }

    public static CurveSet ReadCurves(string path) => new(RecordedPeers.Curves(path, "method", "problem"));

    /// <param name="path">A file of <see cref="WriteAsync"/>.</param>
    /// <param name="find">The problem of a name; rows of others, which answer null, are left out.</param>
    public static IReadOnlyList<Run> Read(string path, Func<string, Problem?> find) =>
    [
        .. from row in CsvFile.Read(path)
           let problem = find(row.Text("problem"))
           where problem is not null
           group new Evaluation(
               row.Whole("evaluation"), Enum.Parse<SuggestionOrigin>(row.Text("origin")), row.Text("repeats") == "1", row.Number("observed"),
               row.Number("best_so_far"), row.Number("suggest_ms"))
               by (Method: row.Text("method"), Problem: problem, Seed: row.Whole("seed")) into run
           select new Run(run.Key.Method, run.Key.Problem, run.Key.Seed, [.. run]),
    ];
}
