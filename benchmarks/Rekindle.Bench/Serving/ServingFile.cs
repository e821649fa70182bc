using System.Globalization;
using Rekindle.Bench.Data;

namespace Rekindle.Bench.Serving;

/// <summary>Measured rates as CSV, one line a row.</summary>
internal static class ServingFile
{
    private const string Header = "server,operation,training_jobs,connections,requests,per_second,p50_ms,p99_ms,half_requests,half_per_second,half_p50_ms,half_p99_ms";

    public static async Task WriteAsync(string path, IEnumerable<ServingRow> rows, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var lines = rows.Select(row => string.Create(
            CultureInfo.InvariantCulture,
            $"\"{row.Server}\",{row.Operation},{row.TrainingJobs},{row.Connections},{Text(row.Full)},{Text(row.Half)}"));
        await File.WriteAllLinesAsync(path, lines.Prepend(Header), cancellationToken);
    }

    public static IReadOnlyList<ServingRow> Read(string path) =>
    [
        .. CsvFile.Read(path).Select(row => new ServingRow(
            row.Text("server"), row.Text("operation"), row.Whole("training_jobs"), row.Whole("connections"),
            new LoadResult(row.Whole("requests"), row.Number("per_second"), row.Number("p50_ms"), row.Number("p99_ms")),
            new LoadResult(row.Whole("half_requests"), row.Number("half_per_second"), row.Number("half_p50_ms"), row.Number("half_p99_ms")))),
    ];

    private static string Text(LoadResult load) => string.Create(
        CultureInfo.InvariantCulture, $"{load.Requests},{load.PerSecond:0.0},{load.Median:0.000},{load.Percentile99:0.000}");
}
