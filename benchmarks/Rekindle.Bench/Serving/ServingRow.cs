using System.Globalization;
using Rekindle.Bench.Quality;
using Rekindle.Bench.Report;

namespace Rekindle.Bench.Serving;

/// <summary>What one server did with one operation over so many connections.</summary>
/// <param name="Server">Ours, ours while rows change, or the peer.</param>
/// <param name="Operation">What was asked.</param>
/// <param name="TrainingJobs">How many there were to tell of.</param>
/// <param name="Connections">How many clients asked at once.</param>
/// <param name="Full">As fast as answers come.</param>
/// <param name="Half">At half that rate.</param>
internal sealed record ServingRow(string Server, string Operation, int TrainingJobs, int Connections, LoadResult Full, LoadResult Half)
{
    public const string Peer = "moto";
    public const string Describe = "DescribeHyperParameterTuningJob";

    public string Text => string.Create(
        CultureInfo.InvariantCulture,
        $"{Server,-24} {Operation,-42} {Connections,2} connections {Full.PerSecond,7:0}/s  p50 {Full.Median,7:0.00} ms  p99 {Full.Percentile99,7:0.00} ms  at half load p99 {Half.Percentile99,7:0.00} ms");

    /// <summary>Each of our rows beside the peer's with as many connections.</summary>
    public static void Print(ReportWriter output, IReadOnlyList<ServingRow> rows)
    {
        var table = new TextTable("requests per second", "operation", "connections", "per second", "p50 ms", "p99 ms", "p99 ms at half load", "times moto");
        foreach (var row in rows)
        {
            var peer = rows.FirstOrDefault(other => other.Server == Peer && other.Connections == row.Connections
                && other.Operation == Describe == (row.Operation == Describe));
            table.Add(
                row.Server, row.Operation, row.Connections.ToString(CultureInfo.InvariantCulture), TextTable.Fixed(row.Full.PerSecond, 0),
                TextTable.Fixed(row.Full.Median, 2), TextTable.Fixed(row.Full.Percentile99, 2), TextTable.Fixed(row.Half.Percentile99, 2),
                row.Server == Peer || peer is null ? "" : TextTable.Fixed(row.Full.PerSecond / peer.Full.PerSecond, 0));
        }

        output.Add(table);
    }
}
