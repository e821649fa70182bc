using System.Globalization;
using Rekindle.Bench.Data;

namespace Rekindle.Bench.Latency;

/// <summary>Measured latencies as CSV, one line a suggestion; the first one of a cell has the number 0.</summary>
internal static class LatencyFile
{
    private const string Header = "who,d,n,suggestion,milliseconds,allocated_mb,live_mb";

    public static async Task WriteAsync(string path, IEnumerable<LatencyCell> cells, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var lines =
            from cell in cells
            from time in cell.Milliseconds.Prepend(cell.First).Index()
            select string.Create(
                CultureInfo.InvariantCulture,
                $"{cell.Who},{cell.Dimensions},{cell.Observations},{time.Index},{time.Item:0.###},{cell.AllocatedMegabytes:0.###},{cell.LiveMegabytes:0.###}");
        await File.WriteAllLinesAsync(path, lines.Prepend(Header), cancellationToken);
    }

    public static IReadOnlyList<LatencyCell> Read(string path) =>
    [
        .. from row in CsvFile.Read(path)
           group row by (Who: row.Text("who"), Dimensions: row.Whole("d"), Observations: row.Whole("n")) into cell
           let times = cell.Select(row => row.Number("milliseconds")).ToList()
           select new LatencyCell(
               cell.Key.Who, cell.Key.Dimensions, cell.Key.Observations, times[0], times[1..], Optional(cell.First(), "allocated_mb"),
               Optional(cell.First(), "live_mb")),
    ];

    private static double? Optional(CsvRow row, string column) => row.Text(column).Length == 0 ? null : row.Number(column);
}
