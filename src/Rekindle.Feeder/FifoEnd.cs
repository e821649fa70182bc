namespace Rekindle.Feeder;

/// <summary>
/// The end of a FIFO that is written to. It is closed when that is asked for and never otherwise: to the reader, the end of the writer is the
/// end of the epoch.
/// </summary>
internal sealed class FifoEnd : Stream
{
    private const int Room = 1 << 20;

    private readonly int _descriptor;
    private readonly byte[] _gathered = new byte[256 << 10];
    private int _count;

    public FifoEnd(int descriptor)
    {
        _descriptor = descriptor;
        Libc.Enlarge(descriptor, Room);
    }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <exception cref="ReaderGoneException">Nobody has the FIFO open any more.</exception>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        // Small pieces are gathered: each write costs a call.
        if (buffer.Length <= _gathered.Length - _count)
        {
            buffer.CopyTo(_gathered.AsSpan(_count));
            _count += buffer.Length;
            return;
        }

        Flush();
        if (buffer.Length >= _gathered.Length)
        {
            WriteNow(buffer);
            return;
        }

        buffer.CopyTo(_gathered);
        _count = buffer.Length;
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
        var count = _count;
        _count = 0;
        WriteNow(_gathered.AsSpan(0, count));
    }

    /// <summary>Ends the epoch.</summary>
    public override void Close() => _ = Libc.Close(_descriptor);

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private unsafe void WriteNow(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            for (var done = 0; done < bytes.Length;)
            {
                var written = Libc.Write(_descriptor, start + done, bytes.Length - done);
                if (written >= 0) done += (int)written;
                else if (Libc.LastError == Libc.BrokenPipe) throw new ReaderGoneException();
                else if (Libc.LastError != Libc.Interrupted) throw new IOException($"a FIFO can't be written: {Libc.LastMessage}");
            }
        }
    }
}

/// <summary>The reader closed the FIFO: to it, the epoch is over.</summary>
internal sealed class ReaderGoneException : Exception;
