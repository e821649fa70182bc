using Rekindle.Bench.Report;
using Rekindle.Bench.Serving;

namespace Rekindle.Bench.Tests;

public sealed class ServingFileTests
{
    private static readonly ServingRow[] Rows =
    [
        new("rekindle, rows changing", ServingRow.Describe, 500, 16, new LoadResult(1000, 9000, 0.13, 1.5), new LoadResult(500, 4500, 0.25, 2.75)),
        new(ServingRow.Peer, ServingRow.Describe, 100, 16, new LoadResult(60, 90, 11, 20), new LoadResult(30, 45, 12, 21)),
        new(ServingRow.Peer, "ListTrainingJobs", 100, 16, new LoadResult(40, 30, 30, 60), new LoadResult(20, 15, 31, 61)),
    ];

    [Fact]
    public async Task What_is_written_is_read_again()
    {
        var path = Path.Combine(Path.GetTempPath(), $"rekindle-{Guid.NewGuid():N}.csv");
        try
        {
            await ServingFile.WriteAsync(path, Rows, TestContext.Current.CancellationToken);

            Assert.Equal(Rows, ServingFile.Read(path));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void A_row_is_compared_with_the_peers_row_of_its_kind()
    {
        using var text = new StringWriter { NewLine = "\n" };

        ServingRow.Print(new ReportWriter(text, markdown: true), Rows);

        Assert.Contains("| rekindle, rows changing | DescribeHyperParameterTuningJob | 16 | 9000 | 0.13 | 1.50 | 2.75 | 100 |\n", text.ToString(), StringComparison.Ordinal);
    }
}
