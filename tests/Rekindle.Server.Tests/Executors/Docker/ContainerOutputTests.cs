using System.Buffers.Binary;
using System.Text;
using Docker.DotNet;
using Rekindle.Server.Executors.Docker;

namespace Rekindle.Server.Tests.Executors.Docker;

public sealed class ContainerOutputTests
{
    [Fact]
    public async Task What_the_log_lacks_is_given_of_each_stream_to_the_byte()
    {
        using var output = Heard(("one\n", false), ("warning\n", true), ("two\nthr", false), ("ee\n", false), ("late\n", true));
        await output.Ended;
        Assert.Equal("two\nthree\nlate\n", Text(output.Missing(new OutputLength("one\n".Length, "warning\n".Length))));
    }

    [Fact]
    public async Task A_log_with_everything_lacks_nothing()
    {
        using var output = Heard(("one\n", false), ("warning\n", true));
        Assert.True(await output.Ended);
        Assert.Equal("", Text(output.Missing(new OutputLength(4, 8))));
    }

    [Fact]
    public async Task Bytes_that_are_no_text_count_as_they_do_in_the_log()
    {
        // Docker's log has three bytes for each of them.
        byte[] printed = [.. "caf"u8, 0xE9, .. " "u8, 0xC3, .. "\n"u8, .. "score=0.9312\n"u8];
        using var output = new ContainerOutput(new MultiplexedStream(new MemoryStream(Frame(printed, false)), multiplexed: true));
        await output.Ended;
        Assert.Equal("score=0.9312\n", Text(output.Missing(new OutputLength("caf\uFFFD \uFFFD\n"u8.Length, 0))));
    }

    [Fact]
    public async Task A_log_that_counts_otherwise_gets_no_half_lines()
    {
        using var output = Heard(("loss=0.5\nloss=0.4\nloss=0.3\n", false));
        await output.Ended;
        Assert.Equal(
            "\nrekindle: the container engine closed the log before all was in it; lines are missing here.\nloss=0.3\n",
            Text(output.Missing(new OutputLength("loss=0.5\nloss=0.".Length, 0))));
    }

    [Fact]
    public async Task A_character_in_two_parts_is_one()
    {
        using var output = new ContainerOutput(new MultiplexedStream(new MemoryStream([.. Frame([0xE2, 0x82], false), .. Frame([0xAC, (byte)'\n'], false), .. Frame([0xE2, 0x82], false)]), multiplexed: true));
        await output.Ended;
        Assert.Equal("€\n\uFFFD\uFFFD", Text(output.Missing(default)));
    }

    [Fact]
    public async Task More_than_is_known_begins_with_a_line_that_says_so()
    {
        using var output = Heard([.. Enumerable.Range(0, 200).Select(part => ($"{part:000}{new string('x', 32_000)}\n", false))]);
        await output.Ended;
        var missing = Text(output.Missing(default));
        Assert.StartsWith("\nrekindle: the container engine closed the log before all was in it; lines are missing here.\n", missing, StringComparison.Ordinal);
        Assert.InRange(missing.Length, OutputEnd.Kept - 32_100, 2 * OutputEnd.Kept);
        Assert.EndsWith($"199{new string('x', 32_000)}\n", missing, StringComparison.Ordinal);
        Assert.All(missing.Split('\n', StringSplitOptions.RemoveEmptyEntries)[1..], line => Assert.Equal(32_003, line.Length));
    }

    [Fact]
    public async Task A_stream_that_was_cut_short_was_not_heard_whole()
    {
        var frames = Frames(("one\n", false), ("two\n", false));
        using var output = new ContainerOutput(new MultiplexedStream(new MemoryStream(frames[..^2]), multiplexed: true));
        Assert.False(await output.Ended);
    }

    private static ContainerOutput Heard(params (string Text, bool IsError)[] parts) =>
        new(new MultiplexedStream(new MemoryStream(Frames(parts)), multiplexed: true));

    private static byte[] Frames(params (string Text, bool IsError)[] parts) => [.. parts.SelectMany(part => Frame(Encoding.UTF8.GetBytes(part.Text), part.IsError))];

    private static byte[] Frame(byte[] text, bool isError)
    {
        var header = new byte[8];
        header[0] = isError ? (byte)2 : (byte)1;
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), text.Length);
        return [.. header, .. text];
    }

    private static string Text(IEnumerable<byte[]> parts) => Encoding.UTF8.GetString([.. parts.SelectMany(part => part)]);
}
