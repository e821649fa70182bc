using System.Text;
using CsCheck;
using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.Tests.TrainingJobs;

public sealed class LogReaderTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Theory]
    [InlineData("a\nb\n", "a|b")]
    [InlineData("a\r\nb\r\n", "a|b")]
    [InlineData("10%\r20%\r30%\n", "10%|20%|30%")]
    [InlineData("a\n\nb\n", "a||b")]
    [InlineData("\ufeffloss=1\n", "loss=1")]
    [InlineData("", "")]
    public async Task Splits_lines_at_each_kind_of_end(string log, string lines) =>
        Assert.Equal(lines, string.Join('|', (await ReadAsync(Encoding.UTF8.GetBytes(log), complete: false)).Lines.Select(line => line.Text)));

    [Fact]
    public async Task A_line_that_is_still_written_waits_and_the_end_completes_it()
    {
        var bytes = "done\npart"u8.ToArray();
        var running = await ReadAsync(bytes, complete: false);
        Assert.Equal([new LogLine(0, "done")], running.Lines);
        Assert.Equal(5, running.NextPosition);
        Assert.Equal([new LogLine(0, "done"), new LogLine(5, "part")], (await ReadAsync(bytes, complete: true)).Lines);
    }

    [Fact]
    public async Task A_carriage_return_at_the_end_waits_for_what_follows()
    {
        Assert.Empty((await ReadAsync("a\r"u8.ToArray(), complete: false)).Lines);
        Assert.Equal([new LogLine(0, "a")], (await ReadAsync("a\r"u8.ToArray(), complete: true)).Lines);
    }

    [Fact]
    public async Task What_is_no_UTF8_is_replaced() =>
        Assert.Equal("a\ufffdb", Assert.Single((await ReadAsync([(byte)'a', 0xff, (byte)'b', (byte)'\n'], complete: false)).Lines).Text);

    [Fact]
    public async Task A_missing_log_is_empty() =>
        Assert.Empty((await LogReader.ReadLinesAsync(_path + ".none", 0, true, CancellationToken.None)).Lines);

    [Fact]
    public async Task A_very_long_line_is_cut_between_characters()
    {
        var line = string.Concat(Enumerable.Repeat("\U0001F525", 50_000));
        var lines = (await ReadAsync(Encoding.UTF8.GetBytes(line + "\nnext\n"), complete: false)).Lines;
        Assert.All(lines, piece => Assert.True(Encoding.UTF8.GetByteCount(piece.Text) <= LogReader.MaxLineBytes));
        Assert.Equal(line, string.Concat(lines.SkipLast(1).Select(piece => piece.Text)));
        Assert.Equal("next", lines[^1].Text);
    }

    [Fact]
    public void However_a_log_grows_its_lines_and_offsets_are_those_of_the_whole() =>
        Gen.Select(
                Gen.OneOf(Gen.Const("\n"), Gen.Const("\r\n"), Gen.Const("x"), Gen.Const("\u00fc"), Gen.Const("\r"), Gen.Const("loss=0.5"), Gen.Const(new string('y', 70_000))).Array[0, 40],
                Gen.Double[0, 1].Array[0, 6])
            .Sample((parts, cuts) =>
            {
                var bytes = Encoding.UTF8.GetBytes(string.Concat(parts));
                List<int> ends = [.. cuts.Select(cut => (int)(cut * bytes.Length)).Order(), bytes.Length];
                var grown = new List<LogLine>();
                long position = 0;
                foreach (var end in ends)
                {
                    File.WriteAllBytes(_path, bytes[..end]);
                    position = Drain(position, complete: false, grown);
                }

                Drain(position, complete: true, grown);
                File.WriteAllBytes(_path, bytes);
                var whole = new List<LogLine>();
                Drain(0, complete: true, whole);
                // Where a long line is cut depends on how much of it was there, so such logs are compared by their text.
                if (parts.Any(part => part.Length > 100)) Assert.Equal(Texts(whole), Texts(grown));
                else Assert.Equal(whole, grown);
            }, threads: 1);

    [Fact]
    public void Pages_from_the_end_are_the_log_backwards() =>
        Gen.Select(
                Gen.OneOf(Gen.Const("\n"), Gen.Const("line\n"), Gen.Const("\u00fc\r\n"), Gen.Const(new string('y', 30_000) + "\n")).Array[0, 60],
                Gen.Int[1, 7])
            .Sample((parts, take) =>
            {
                File.WriteAllBytes(_path, [.. Encoding.Latin1.GetBytes(string.Concat(parts)), .. "end"u8]);
                var forward = new List<LogLine>();
                Drain(0, complete: true, forward);
                var backward = new List<LogLine>();
                var end = long.MaxValue;
                while (true)
                {
                    var read = LogReader.ReadLinesBeforeAsync(_path, end, complete: true, CancellationToken.None).GetAwaiter().GetResult();
                    if (read.Lines.Count == 0) break;
                    var page = read.Lines.TakeLast(take).ToList();
                    backward.InsertRange(0, page);
                    end = page[0].Offset;
                }

                Assert.Equal(forward, backward);
            }, threads: 1);

    [Fact]
    public async Task A_line_longer_than_a_page_is_come_through_from_the_end_too()
    {
        await File.WriteAllTextAsync(_path, "first\n" + new string('y', LogReader.MaxReportBytes * 2) + "\n");
        var end = long.MaxValue;
        var text = "";
        while (true)
        {
            var read = await LogReader.ReadLinesBeforeAsync(_path, end, complete: true, CancellationToken.None);
            if (read.Lines.Count == 0) break;
            text = string.Concat(read.Lines.Select(line => line.Text)) + text;
            Assert.True(read.Lines[0].Offset < end);
            end = read.Lines[0].Offset;
        }

        Assert.Equal("first" + new string('y', LogReader.MaxReportBytes * 2), text);
    }

    private static string Texts(List<LogLine> lines) => string.Concat(lines.Select(line => line.Text));

    private long Drain(long position, bool complete, List<LogLine> into)
    {
        while (true)
        {
            var read = LogReader.ReadLinesAsync(_path, position, complete, CancellationToken.None).GetAwaiter().GetResult();
            into.AddRange(read.Lines);
            position = read.NextPosition;
            if (!read.More) return position;
        }
    }

    private async Task<LogLines> ReadAsync(byte[] bytes, bool complete)
    {
        await File.WriteAllBytesAsync(_path, bytes);
        return await LogReader.ReadLinesAsync(_path, 0, complete, CancellationToken.None);
    }
}
