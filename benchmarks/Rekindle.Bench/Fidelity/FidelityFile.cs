using System.Globalization;
using System.Text;
using Rekindle.Bench.Data;

namespace Rekindle.Bench.Fidelity;

/// <summary>A run of one method on one problem.</summary>
internal sealed record FidelityCurve(string Method, string Problem, int Seed, IReadOnlyList<FidelityPoint> Points)
{
    /// <summary>The best value once so many rounds were spent; null before the first evaluation ended.</summary>
    public double? BestAfter(int rounds) => Points.LastOrDefault(p => p.TotalRounds <= rounds)?.Best;
}

/// <summary>Such runs as CSV, one line an evaluation.</summary>
internal static class FidelityFile
{
    public static async Task WriteAsync(string path, IEnumerable<FidelityCurve> curves, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var text = new StringBuilder("method,problem,seed,total_rounds,own_rounds,best_so_far\n");
        foreach (var curve in curves)
        {
            foreach (var p in curve.Points)
            {
                text.Append(
                    CultureInfo.InvariantCulture,
                    $"{Word(curve.Method)},{curve.Problem},{curve.Seed},{p.TotalRounds},{p.OwnRounds},{p.Best:R}\n");
            }
        }

        await File.WriteAllTextAsync(path, text.ToString(), cancellationToken);
    }

    public static IReadOnlyList<FidelityCurve> Read(string path) =>
    [
        .. from row in CsvFile.Read(path)
           group new FidelityPoint(row.Whole("total_rounds"), row.Whole("own_rounds"), row.Number("best_so_far"))
               by (Method: row.Text("method"), Problem: row.Text("problem"), Seed: row.Whole("seed")) into run
           let method = FidelityMethod.All.Single(m => Word(m) == run.Key.Method)
           select new FidelityCurve(method, run.Key.Problem, run.Key.Seed, [.. run]),
    ];

    private static string Word(string method) => method.Replace(", ", "-", StringComparison.Ordinal);
}
