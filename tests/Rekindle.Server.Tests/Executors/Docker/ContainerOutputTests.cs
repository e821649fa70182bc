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
        await output.Ended;
        Assert.Empty(output.Missing(new OutputLength(4, 8)));
    }

    [Fact]
    public async Task More_than_is_known_begins_with_a_line_that_says_so()
    {
        using var output = Heard([.. Enumerable.Range(0, 100).Select(part => ($"{part:000}{new string('x', 32_000)}\n", false))]);
        await output.Ended;
        var missing = Text(output.Missing(default));
        Assert.StartsWith("rekindle: the container engine closed the log before all was in it; lines are missing here.\n", missing, StringComparison.Ordinal);
        Assert.InRange(missing.Length, (2 << 20) - 32_100, (2 << 20) + 64_000);
        Assert.EndsWith($"099{new string('x', 32_000)}\n", missing, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_log_that_counts_otherwise_gets_no_half_lines()
    {
        using var output = Heard(("loss=0.5\nloss=0.4\nloss=0.3\n", false));
        await output.Ended;
        Assert.Equal(
            "rekindle: the container engine closed the log before all was in it; lines are missing here.\nloss=0.3\n",
            Text(output.Missing(new OutputLength("loss=0.5\nloss=0.".Length, 0))));
    }

    [Fact]
    public async Task A_line_that_was_cut_short_says_nothing()
    {
        var frames = Frames(("one\n", false), ("two\n", false));
        using var output = new ContainerOutput(new MultiplexedStream(new MemoryStream(frames[..^2]), multiplexed: true));
        await output.Ended;
        Assert.Empty(output.Missing(default));
    }

    private static ContainerOutput Heard(params (string Text, bool IsError)[] parts) =>
        new(new MultiplexedStream(new MemoryStream(Frames(parts)), multiplexed: true));

    private static byte[] Frames(params (string Text, bool IsError)[] parts) => [.. parts.SelectMany(part =>
    {
        var text = Encoding.UTF8.GetBytes(part.Text);
        var header = new byte[8];
        header[0] = part.IsError ? (byte)2 : (byte)1;
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), text.Length);
        return header.Concat(text);
    })];

    private static string Text(IEnumerable<byte[]> parts) => Encoding.UTF8.GetString([.. parts.SelectMany(part => part)]);
}
