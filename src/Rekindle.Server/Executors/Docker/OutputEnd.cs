using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Rekindle.Server.Executors.Docker;

/// <summary>
/// The end of one output stream, in the form that Docker gives it in a log of the driver json-file: each byte that is not UTF-8 becomes
/// U+FFFD. Only in that form can both be compared by their length.
/// </summary>
internal sealed class OutputEnd
{
    /// <summary>More than the daemon buffers.</summary>
    public const int Kept = 2 << 20;

    private static readonly byte[] Replacement = [0xEF, 0xBF, 0xBD];

    private byte[] _buffer = new byte[4096];
    private int _count;

    /// <summary>The beginning of a character whose rest is still to come.</summary>
    private byte[] _begun = [];

    /// <summary>How much there was in all.</summary>
    public long Length { get; private set; }

    public void Add(ReadOnlySpan<byte> bytes)
    {
        if (_begun.Length > 0)
        {
            bytes = (byte[])[.. _begun, .. bytes];
            _begun = [];
        }

        if (Utf8.IsValid(bytes))
        {
            Append(bytes);
            return;
        }

        while (!bytes.IsEmpty)
        {
            switch (Rune.DecodeFromUtf8(bytes, out _, out var size))
            {
                case OperationStatus.Done:
                    Append(bytes[..size]);
                    bytes = bytes[size..];
                    break;
                case OperationStatus.NeedMoreData:
                    _begun = bytes.ToArray();
                    return;
                default:
                    // Docker takes them one by one.
                    Append(Replacement);
                    bytes = bytes[1..];
                    break;
            }
        }
    }

    /// <summary>There is no more.</summary>
    public void Complete()
    {
        foreach (var _ in _begun) Append(Replacement);
        _begun = [];
    }

    /// <summary>What comes after the first bytes; null when that is no longer known.</summary>
    /// <param name="length">How many bytes those are.</param>
    /// <param name="isLineStart">Whether it begins with a line. A log ends with one, unless it counts otherwise: half a number is a wrong one.</param>
    public byte[]? After(long length, out bool isLineStart)
    {
        var missing = Length - length;
        var start = _count - missing;
        isLineStart = missing <= 0 || length == 0 || (start > 0 && _buffer[start - 1] == (byte)'\n');
        return missing <= 0 ? [] : start >= 0 ? _buffer[(int)start.._count] : null;
    }

    /// <summary>The lines that are still known, without the first, which may have lost its beginning: half a number is a wrong one.</summary>
    public byte[] LastLines()
    {
        var end = _buffer.AsSpan(0, _count).IndexOf((byte)'\n');
        return end < 0 ? [] : _buffer[(end + 1).._count];
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        Length += bytes.Length;
        if (_count + bytes.Length > 2 * Kept)
        {
            // Moved once in many appends.
            var kept = Math.Min(_count, Kept);
            _buffer.AsSpan(_count - kept, kept).CopyTo(_buffer);
            _count = kept;
        }

        if (_count + bytes.Length > _buffer.Length) Array.Resize(ref _buffer, Math.Clamp(2 * (_count + bytes.Length), 0, 2 * Kept));
        bytes.CopyTo(_buffer.AsSpan(_count));
        _count += bytes.Length;
    }
}
