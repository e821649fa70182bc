using System.Buffers.Binary;
using CsCheck;
using Rekindle.Feeder;

namespace Rekindle.Server.Tests.Feeding;

public sealed class RecordFramingTests
{
    private static readonly byte[] Magic = [0x0a, 0x23, 0xd7, 0xce];

    [Fact]
    public void A_record_is_magic_length_content_and_padding() => Assert.Equal(
        [0x0a, 0x23, 0xd7, 0xce, 5, 0, 0, 0, 1, 2, 3, 4, 5, 0, 0, 0, 0x0a, 0x23, 0xd7, 0xce, 0, 0, 0, 0],
        Wrapped([1, 2, 3, 4, 5], []));

    /// <summary>As MXNet's writer cuts: kinds 1, 2 and 3 in the upper three bits, the magic itself left out.</summary>
    [Fact]
    public void Content_with_the_magic_at_multiples_of_four_is_cut_there()
    {
        byte[] content = [.. Magic, 1, 2, 3, 4, .. Magic, 5];
        Assert.Equal(
            [.. Magic, .. Word(1, 0), .. Magic, .. Word(2, 4), 1, 2, 3, 4, .. Magic, .. Word(3, 1), 5, 0, 0, 0],
            Wrapped(content));
    }

    [Fact]
    public void The_magic_at_any_other_place_is_content_like_any()
    {
        byte[] content = [9, .. Magic, 8, 7, 6];
        Assert.Equal([.. Magic, .. Word(0, 8), .. content], Wrapped(content));
    }

    /// <summary>Whatever the length and wherever the magic: the buffer of 16 bytes makes long content of most of it.</summary>
    [Fact]
    public void What_was_wrapped_is_read_as_it_was_and_long_content_is_framed_as_short_content() =>
        Gen.Select(Gen.Int[0, 40].SelectMany(words => Gen.Bool.Array[words]), Gen.Byte.Array[0, 3]).Array[1, 4]
            .Select(records => records.Select(record => (byte[])[.. record.Item1.SelectMany(isMagic => isMagic ? Magic : [1, 2, 3, 4]), .. record.Item2]).ToArray())
            .Sample(records =>
            {
                var whole = Wrapped(records);
                Assert.Equal(whole, Wrapped(16, records));
                Assert.Equal(records, RecordReader.Read(whole));
            }, iter: 2000, seed: "0000KOIxS4v3");

    [Fact]
    public void Content_too_long_for_a_part_is_refused()
    {
        var framing = new RecordFraming(Stream.Null);
        framing.Wrap(() => new Zeros(RecordFraming.LongestPart));
        var problem = Assert.Throws<FeedException>(() => framing.Wrap(() => new Zeros(RecordFraming.LongestPart + 1L)));
        Assert.Contains("536,870,911", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(100, 60)]
    [InlineData(60, 100)]
    public void Content_that_changes_while_it_is_read_is_an_error(int first, int second)
    {
        var lengths = new Queue<int>([first, second]);
        Assert.Throws<FeedException>(() => new RecordFraming(Stream.Null, bufferSize: 16).Wrap(() => new Zeros(lengths.Dequeue())));
    }

    private static byte[] Wrapped(params byte[][] records) => Wrapped(1 << 20, records);

    private static byte[] Wrapped(int bufferSize, params byte[][] records)
    {
        using var output = new MemoryStream();
        var framing = new RecordFraming(output, bufferSize);
        foreach (var record in records)
        {
            framing.Wrap(() => new MemoryStream(record));
        }

        return output.ToArray();
    }

    private static byte[] Word(uint kind, uint length)
    {
        var word = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(word, (kind << 29) | length);
        return word;
    }

    private sealed class Zeros(long length) : MemoryStream
    {
        private long _left = length;

        public override int Read(Span<byte> buffer)
        {
            var count = (int)Math.Min(_left, buffer.Length);
            buffer[..count].Clear();
            _left -= count;
            return count;
        }
    }
}
