using System.IO.Compression;

namespace Rekindle.Feeder;

/// <summary>
/// A gzip file of one or more members, decompressed. The runtime's stream takes whatever follows the last whole member for garbage and says
/// nothing, so that a damaged second member would be a shorter file; here it is an error, as is a file that was cut short.
/// </summary>
internal sealed class GzipObject : Stream
{
    private readonly Source _source;
    private readonly GZipStream _plain;
    private readonly bool _isEmpty;

    public GzipObject(Stream compressed)
    {
        _source = new Source(compressed);
        _plain = new GZipStream(_source, CompressionMode.Decompress);
        // An object without any content, such as one that stands for a folder, is no damaged one.
        _isEmpty = compressed.CanSeek && compressed.Length == 0;
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public override int Read(Span<byte> buffer)
    {
        if (_isEmpty || buffer.IsEmpty) return 0;
        var read = _plain.Read(buffer);
        // Behind the last byte of a whole member it asks for more; behind garbage it doesn't.
        if (read == 0 && !_source.WasAskedAtTheEnd) throw new InvalidDataException("behind its last whole member is something that is no gzip");
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) _plain.Dispose();
        base.Dispose(disposing);
    }

    private sealed class Source(Stream compressed) : Stream
    {
        public bool WasAskedAtTheEnd { get; private set; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(Span<byte> buffer)
        {
            var read = compressed.Read(buffer);
            if (read == 0 && !buffer.IsEmpty) WasAskedAtTheEnd = true;
            return read;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing) compressed.Dispose();
            base.Dispose(disposing);
        }
    }
}
