using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Rekindle.Feeder;

/// <summary>Wraps objects as records of MXNet's RecordIO, without holding a large one in memory.</summary>
/// <remarks>
/// Little-endian. A part is the magic word, a word with the part's kind in its upper three bits (0 whole, 1 first, 2 middle, 3 last) and its
/// length in the lower 29, the content, and zeros up to a multiple of four. Where the content holds the magic at a multiple of four from its
/// beginning, it is cut there: the magic is left out, and the reader puts it back between two parts. The format knows no other cut, so
/// that what lies between two of these may not be longer than a length of 29 bits says.
/// </remarks>
internal sealed class RecordFraming(Stream output, int bufferSize = RecordFraming.DefaultBuffer)
{
    public const uint Magic = 0xced7230a;
    public const int LongestPart = (1 << 29) - 1;
    private const int DefaultBuffer = 1 << 20;
    private const int WordLength = sizeof(uint);

    // A multiple of four: a word never lies across two fillings.
    private readonly byte[] _ahead = new byte[bufferSize / WordLength * WordLength];
    private byte[] _behind = [];

    /// <summary>Writes one record.</summary>
    /// <param name="open">Opens the content at its beginning; called twice for content that does not fit into the buffer.</param>
    /// <exception cref="FeedException">The content is too long for a record.</exception>
    public void Wrap(Func<Stream> open)
    {
        using var ahead = open();
        var filled = ahead.ReadAtLeast(_ahead, _ahead.Length, throwOnEndOfStream: false);
        if (filled < _ahead.Length)
        {
            Wrap(_ahead.AsSpan(0, filled));
            return;
        }

        // One reader looks for the end of a part, a second one behind it copies the part.
        using var behind = open();
        WrapLong(ahead, behind);
    }

    /// <summary>Writes one record.</summary>
    public void Wrap(ReadOnlySpan<byte> content)
    {
        var isFirst = true;
        var rest = content;
        for (int at; (at = IndexOfMagic(rest)) >= 0; isFirst = false)
        {
            WriteHeader(isFirst ? 1u : 2u, at);
            output.Write(rest[..at]);
            rest = rest[(at + WordLength)..];
        }

        WriteHeader(isFirst ? 0u : 3u, rest.Length);
        output.Write(rest);
        Pad(rest.Length);
    }

    private void WrapLong(Stream ahead, Stream behind)
    {
        var isFirst = true;
        long start = 0;
        long at = 0;
        for (var filled = _ahead.Length; ; filled = ahead.ReadAtLeast(_ahead, _ahead.Length, throwOnEndOfStream: false))
        {
            var from = 0;
            for (int found; (found = IndexOfMagic(_ahead.AsSpan(from, filled - from))) >= 0; isFirst = false)
            {
                WritePart(isFirst ? 1u : 2u, behind, at + from + found - start);
                Copy(behind, WordLength, Stream.Null);
                from += found + WordLength;
                start = at + from;
            }

            at += filled;
            if (at - start > LongestPart)
            {
                throw new FeedException("is too long for a record of RecordIO, which holds at most 536,870,911 bytes.");
            }

            if (filled < _ahead.Length) break;
        }

        WritePart(isFirst ? 0u : 3u, behind, at - start);
        Pad(at - start);
        if (behind.Read(new byte[1]) != 0) throw Changed();
    }

    private static int IndexOfMagic(ReadOnlySpan<byte> content)
    {
        var words = MemoryMarshal.Cast<byte, uint>(content[..(content.Length / WordLength * WordLength)]);
        return words.IndexOf(BitConverter.IsLittleEndian ? Magic : BinaryPrimitives.ReverseEndianness(Magic)) is >= 0 and var word ? word * WordLength : -1;
    }

    private void WritePart(uint kind, Stream content, long length)
    {
        WriteHeader(kind, length);
        Copy(content, length, output);
    }

    private void WriteHeader(uint kind, long length)
    {
        Span<byte> header = stackalloc byte[2 * WordLength];
        BinaryPrimitives.WriteUInt32LittleEndian(header, Magic);
        BinaryPrimitives.WriteUInt32LittleEndian(header[WordLength..], (kind << 29) | (uint)length);
        output.Write(header);
    }

    private void Pad(long length)
    {
        Span<byte> zeros = stackalloc byte[WordLength];
        zeros.Clear();
        output.Write(zeros[..(int)((WordLength - (length % WordLength)) % WordLength)]);
    }

    private void Copy(Stream content, long length, Stream target)
    {
        if (_behind.Length == 0) _behind = new byte[_ahead.Length];
        while (length > 0)
        {
            var read = content.Read(_behind.AsSpan(0, (int)Math.Min(length, _behind.Length)));
            if (read == 0) throw Changed();
            target.Write(_behind.AsSpan(0, read));
            length -= read;
        }
    }

    private static FeedException Changed() => new("changed while it was read.");
}
