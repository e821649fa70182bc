using System.Diagnostics;
using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.Tests.TrainingJobs;

public sealed class MetricsFileTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("rekindle-metrics-").FullName;

    private string Output => Path.Combine(_root, "output");

    private string File => Path.Combine(Output, "metrics.jsonl");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private Task<LogLines> ReadAsync(long position = 0, long cap = 1 << 20, bool complete = true) =>
        MetricsFile.ReadAsync(new JobFolder(_root), position, cap, complete, Token);

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task It_is_read_on_from_a_position_and_to_a_last_line_without_an_end()
    {
        Directory.CreateDirectory(Output);
        await System.IO.File.WriteAllTextAsync(File, "{\"a\":1}\n{\"a\":2}", Token);

        var running = await ReadAsync(complete: false);
        Assert.Equal([new LogLine(0, "{\"a\":1}")], running.Lines);
        var ended = await ReadAsync(running.NextPosition);
        Assert.Equal([new LogLine(8, "{\"a\":2}")], ended.Lines);
        Assert.Empty((await ReadAsync(ended.NextPosition)).Lines);
    }

    [Fact]
    public async Task What_is_beyond_the_cap_and_before_the_position_of_a_file_that_was_cut_is_not_read()
    {
        Directory.CreateDirectory(Output);
        await System.IO.File.WriteAllTextAsync(File, "{\"a\":1}\n{\"a\":2}\n", Token);
        Assert.Equal(new LogLine(0, "{\"a\":1}"), Assert.Single((await ReadAsync(cap: 8)).Lines));
        Assert.Empty((await ReadAsync(position: 8, cap: 8)).Lines);
        Assert.Equal((100, 0), ((await ReadAsync(position: 100)).NextPosition, (await ReadAsync(position: 100)).Lines.Count));
    }

    [Theory]
    [InlineData(LogReader.MaxLineBytes - 1)]
    [InlineData(LogReader.MaxLineBytes)]
    [InlineData(LogReader.MaxReportBytes - 1)]
    [InlineData(LogReader.MaxReportBytes)]
    [InlineData(LogReader.MaxReportBytes + LogReader.MaxLineBytes)]
    public async Task The_middle_of_a_lineline_is_no_line(int before)
    {
        Directory.CreateDirectory(Output);
        var line = "x" + new string(' ', before - 1) + "{\"loss\":1}";
        await System.IO.File.WriteAllTextAsync(File, line + "\n{\"loss\":2}\n{\"loss\":3}" + new string(' ', LogReader.MaxLineBytes) + "\n{\"loss\":4}\n", Token);
        var lines = new MetricLines();
        var values = new List<double>();
        var position = 0L;
        for (LogLines read; (read = await ReadAsync(position, cap: 8 << 20)).NextPosition > position; position = read.NextPosition)
        {
            values.AddRange(lines.Read(read.Lines, DateTimeOffset.UnixEpoch).Select(reading => reading.Value));
        }

        Assert.Equal([2.0, 4.0], values);
    }

    [Theory]
    [InlineData(LogReader.MaxLineBytes, 1)]
    [InlineData(LogReader.MaxLineBytes + 1, 0)]
    public async Task A_line_may_be_as_long_as_one_is_read(int length, int values)
    {
        Directory.CreateDirectory(Output);
        await System.IO.File.WriteAllTextAsync(File, "{\"loss\":1}".PadRight(length) + "\n", Token);
        Assert.Equal(values, new MetricLines().Read((await ReadAsync()).Lines, DateTimeOffset.UnixEpoch).Count);
    }

    [Theory]
    [InlineData("nothing")]
    [InlineData("folder")]
    [InlineData("pipe")]
    [InlineData("link")]
    [InlineData("linked folder")]
    [InlineData("endless link")]
    public async Task Nothing_but_a_file_of_its_own_is_opened(string kind)
    {
        var elsewhere = Directory.CreateDirectory(Path.Combine(_root, "elsewhere")).FullName;
        await System.IO.File.WriteAllTextAsync(Path.Combine(elsewhere, "metrics.jsonl"), "{\"a\":1}\n", Token);
        if (kind == "linked folder") Directory.CreateSymbolicLink(Output, elsewhere);
        else Directory.CreateDirectory(Output);
        if (kind == "folder") Directory.CreateDirectory(File);
        if (kind == "link") System.IO.File.CreateSymbolicLink(File, Path.Combine(elsewhere, "metrics.jsonl"));
        if (kind == "endless link") System.IO.File.CreateSymbolicLink(File, "/dev/zero");
        if (kind == "pipe")
        {
            using var maker = Process.Start("mkfifo", File);
            await maker.WaitForExitAsync(Token);
        }

        var lines = await ReadAsync();
        Assert.Equal((0, 0, false), (lines.Lines.Count, lines.NextPosition, lines.More));
    }
}
