namespace Rekindle.Server.Executors.Docker;

/// <summary>The last bytes of what was written.</summary>
internal sealed class LogTail(int capacity)
{
    private readonly byte[] _ring = new byte[capacity];
    private long _written;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        _written += Math.Max(0, bytes.Length - capacity);
        bytes = bytes[Math.Max(0, bytes.Length - capacity)..];
        var at = (int)(_written % capacity);
        var first = Math.Min(bytes.Length, capacity - at);
        bytes[..first].CopyTo(_ring.AsSpan(at));
        bytes[first..].CopyTo(_ring);
        _written += bytes.Length;
    }

    /// <summary>Without its first line, which may have lost its beginning: half a number is a wrong one.</summary>
    public byte[] WholeLines()
    {
        var length = (int)Math.Min(_written, capacity);
        var start = (int)((_written - length) % capacity);
        var all = new byte[length];
        for (var i = 0; i < length; i++)
        {
            all[i] = _ring[(start + i) % capacity];
        }

        var end = all.AsSpan().IndexOf((byte)'\n');
        return end < 0 ? [] : all[(end + 1)..];
    }
}
