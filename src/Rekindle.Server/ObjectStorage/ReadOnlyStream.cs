namespace Rekindle.Server.ObjectStorage;

/// <summary>A stream that is only read, forwards and asynchronously.</summary>
internal abstract class ReadOnlyStream : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public abstract override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}

/// <summary>Files one behind the other.</summary>
internal sealed class JoinedFiles(IReadOnlyList<string> paths) : ReadOnlyStream
{
    private FileStream? _current;
    private int _next;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            if (_current is not null)
            {
                var read = await _current.ReadAsync(buffer, cancellationToken);
                if (read > 0) return read;
                await _current.DisposeAsync();
                _current = null;
            }

            if (_next == paths.Count) return 0;
            _current = new FileStream(paths[_next++], FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) _current?.Dispose();
        base.Dispose(disposing);
    }
}

/// <summary>Some of the bytes of an open object.</summary>
internal sealed class ObjectBytes(OpenObject source, long from, long length) : ReadOnlyStream
{
    private readonly long _end = from + length;
    private long _at = from;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var left = _end - _at;
        if (source.File is null || left <= 0) return 0;
        var read = await RandomAccess.ReadAsync(source.File, buffer[..(int)Math.Min(buffer.Length, left)], _at, cancellationToken);
        _at += read;
        return read;
    }
}
