using System.Text;
using Rekindle.Server.Executors.Docker;

namespace Rekindle.Server.Tests.Executors.Docker;

public sealed class ContainerLogTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("rekindle-log-").FullName;

    private string LogPath => Path.Combine(_folder, "log");

    [Fact]
    public void Reading_again_from_the_beginning_repeats_and_loses_nothing_wherever_it_was_cut_short()
    {
        const string Whole = "first\nsecond line\ngrüße\nlast without an end";
        for (var cut = 0; cut <= Encoding.UTF8.GetByteCount(Whole); cut++)
        {
            File.Delete(LogPath);
            Read(Encoding.UTF8.GetBytes(Whole)[..cut], complete: false);
            Read(Encoding.UTF8.GetBytes(Whole), chunk: 7);
            Assert.Equal(Whole, File.ReadAllText(LogPath));
        }
    }

    [Fact]
    public void What_an_earlier_container_wrote_stays_before_it_wherever_the_reading_is_cut_short()
    {
        const string Whole = "first\nsecond line\nlast\n";
        for (var cut = 0; cut <= Whole.Length; cut++)
        {
            File.WriteAllText(LogPath, "earlier\n");
            foreach (var text in (string[])[Whole[..cut], Whole, Whole])
            {
                using var log = new ContainerLog(LogPath, 1 << 20, "earlier\n".Length);
                log.Write(Encoding.UTF8.GetBytes(text));
                log.Complete();
            }

            Assert.Equal("earlier\n" + Whole, File.ReadAllText(LogPath));
        }
    }

    [Fact]
    public void A_full_log_of_an_earlier_container_keeps_the_end_of_the_next()
    {
        var earlier = new string('x', 9 << 10) + "\n";
        File.WriteAllText(LogPath, earlier);
        for (var i = 0; i < 2; i++)
        {
            using var log = new ContainerLog(LogPath, 8 << 10, earlier.Length);
            log.Write("one\ntwo\nm=0.5\n"u8);
            log.Complete();
        }

        var all = File.ReadAllText(LogPath);
        Assert.StartsWith(earlier, all, StringComparison.Ordinal);
        Assert.EndsWith("\ntwo\nm=0.5\n", all, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_that_write_at_once_write_the_same()
    {
        using var first = new ContainerLog(LogPath, 1 << 20);
        using var second = new ContainerLog(LogPath, 1 << 20);
        first.Write("one\ntwo\n"u8);
        second.Write("one\n"u8);
        second.Write("two\nthree\n"u8);
        first.Write("three\n"u8);
        Assert.Equal("one\ntwo\nthree\n", File.ReadAllText(LogPath));
    }

    [Fact]
    public void A_log_whose_beginning_the_engine_threw_away_goes_on_at_a_whole_line_once()
    {
        Read("a 1\na 2\n"u8.ToArray());
        for (var i = 0; i < 3; i++)
        {
            Read("f a line\nb 1\nb 2\n"u8.ToArray());
        }

        var lines = File.ReadAllLines(LogPath);
        Assert.Equal(["a 1", "a 2", "", lines[3], "b 1", "b 2"], lines);
        Assert.Contains("no longer has the beginning", lines[3], StringComparison.Ordinal);
    }

    [Fact]
    public void Beyond_the_cap_the_end_is_kept_and_reading_again_gives_the_same()
    {
        var all = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 10_000).Select(i => $"line {i}\n")));
        Read(all, cap: 8 << 10);
        var once = File.ReadAllText(LogPath);
        Assert.InRange(once.Length, 4 << 10, 8 << 10);
        Assert.StartsWith("line 0\nline 1\n", once, StringComparison.Ordinal);
        Assert.EndsWith("\nline 9998\nline 9999\n", once, StringComparison.Ordinal);
        Assert.Equal(1, once.Split('\n').Count(line => line.Contains("the middle of it was left out", StringComparison.Ordinal)));
        Assert.True(File.Exists(Path.Combine(_folder, "capped")));

        // Cut short while the end was being written, then read again.
        using (var file = File.OpenWrite(LogPath))
        {
            file.SetLength(file.Length - 100);
        }

        Read(all, cap: 8 << 10);
        Assert.Equal(once, File.ReadAllText(LogPath));
    }

    [Fact]
    public void The_last_bytes_are_kept_in_whole_lines()
    {
        var tail = new LogTail(10);
        Assert.Empty(tail.WholeLines());
        foreach (var part in (string[])["abcdef\n", "gh\n", "ijklm\n", "n"])
        {
            tail.Append(Encoding.UTF8.GetBytes(part));
        }

        Assert.Equal("ijklm\nn", Encoding.UTF8.GetString(tail.WholeLines()));
        tail.Append(Encoding.UTF8.GetBytes(new string('x', 25) + "\nend\n"));
        Assert.Equal("end\n", Encoding.UTF8.GetString(tail.WholeLines()));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private void Read(byte[] engine, long cap = 1 << 20, int chunk = 1000, bool complete = true)
    {
        using var log = new ContainerLog(LogPath, cap);
        foreach (var part in engine.Chunk(chunk))
        {
            log.Write(part);
        }

        if (complete) log.Complete();
    }
}
