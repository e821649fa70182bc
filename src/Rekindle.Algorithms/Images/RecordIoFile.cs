using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace Rekindle.Algorithms.Images;

/// <summary>A file of MXNet image records.</summary>
/// <remarks>
/// Little-endian. A part is the magic word, a word with the part's kind in its upper three bits (0 whole, 1 first, 2 middle, 3 last) and
/// its length in the lower 29, the content, and zeros up to a multiple of four. A record that contains the magic itself is cut there
/// into parts, and the magic comes back between them. A record starts with flag (u32), label (f32), two ids (u64);
/// a flag above 0 is the number of labels that follow; the rest is a JPEG or PNG file.
/// </remarks>
internal sealed class RecordIoFile : IDisposable
{
    public const uint Magic = 0xced7230a;
    private const int HeaderLength = 24;
    private const int LengthMask = (1 << 29) - 1;

    private readonly string _path;
    private readonly SafeFileHandle _file;
    private readonly long _length;

    public RecordIoFile(string path)
    {
        _path = path;
        _file = File.OpenHandle(path);
        _length = RandomAccess.GetLength(_file);
    }

    /// <summary>Whether a file starts like RecordIO.</summary>
    public static bool Is(string path)
    {
        using var file = File.OpenHandle(path);
        Span<byte> word = stackalloc byte[4];
        return RandomAccess.Read(file, word, 0) == 4 && BinaryPrimitives.ReadUInt32LittleEndian(word) == Magic;
    }

    /// <summary>All records; the whole framing is checked here, the images when they are decoded.</summary>
    public IEnumerable<LabelledImage> Images(CancellationToken cancellation)
    {
        for (var offset = 0L; offset < _length;)
        {
            cancellation.ThrowIfCancellationRequested();
            var start = offset;
            var record = ReadRecord(ref offset);
            var (label, _) = Header(record, start);
            yield return new LabelledImage(label, $"{_path}: record at byte {start}", channels => Decode(start, channels));
        }
    }

    /// <summary>The contents of all records, each with the byte it starts at.</summary>
    public IEnumerable<(long Start, byte[] Content)> Records(CancellationToken cancellation)
    {
        for (var offset = 0L; offset < _length;)
        {
            cancellation.ThrowIfCancellationRequested();
            var start = offset;
            yield return (start, ReadRecord(ref offset));
        }
    }

    public void Dispose() => _file.Dispose();

    private Pixmap Decode(long start, int channels)
    {
        var offset = start;
        var record = ReadRecord(ref offset);
        var (_, image) = Header(record, start);
        return ImageDecoding.Decode(record[image..], channels, $"{_path}: record at byte {start}");
    }

    private byte[] ReadRecord(ref long offset)
    {
        using var record = new MemoryStream();
        Span<byte> words = stackalloc byte[8];
        for (var first = true; ; first = false)
        {
            if (RandomAccess.Read(_file, words, offset) < 8) throw Damaged(_length, "the file ends inside a record.");
            var magic = BinaryPrimitives.ReadUInt32LittleEndian(words);
            if (magic != Magic)
            {
                var hint = offset == 0 && first ? " If it is no RecordIO file, leave the channel's ContentType out: idx and .lst files are found without." : "";
                throw Damaged(offset, $"expected the RecordIO magic 0x{Magic:x8}, found 0x{magic:x8}.{hint}");
            }

            var word = BinaryPrimitives.ReadUInt32LittleEndian(words[4..]);
            var (kind, length) = (word >> 29, (int)(word & LengthMask));
            if (kind > 3 || first != kind is 0 or 1)
            {
                throw Damaged(offset, first
                    ? $"a record cannot start with a part of kind {kind}."
                    : $"a part of kind {kind} cannot continue a record.");
            }

            if (!first)
            {
                Span<byte> magicBytes = words[..4];
                record.Write(magicBytes);
            }

            if (offset + 8 + length > _length)
                throw Damaged(offset, $"the record claims {length} bytes, but the file ends at byte {_length}.");
            var part = new byte[length];
            for (int read = 0, got; read < length; read += got)
            {
                got = RandomAccess.Read(_file, part.AsSpan(read), offset + 8 + read);
                if (got == 0) throw Damaged(offset + 8 + read, "the file has become shorter while it was read.");
            }

            record.Write(part);
            offset += 8 + ((length + 3L) / 4 * 4);
            if (kind is 0 or 3) return record.ToArray();
        }
    }

    private (int Label, int Image) Header(ReadOnlySpan<byte> record, long start)
    {
        if (record.Length < HeaderLength)
            throw Damaged(start, $"the record has {record.Length} bytes, its header alone needs {HeaderLength}.");
        var labels = BinaryPrimitives.ReadUInt32LittleEndian(record);
        var image = HeaderLength + (4L * labels);
        if (image > record.Length) throw Damaged(start, $"the record claims {labels} labels, but has only {record.Length} bytes.");
        if (labels > 1) throw Damaged(start, $"the record has {labels} labels; exactly one is supported.");
        var label = BinaryPrimitives.ReadSingleLittleEndian(record[(labels == 1 ? HeaderLength : 4)..]);
        if (!(label >= 0 && label <= int.MaxValue && label == MathF.Floor(label)))
            throw Damaged(start, $"the label {label} is not a class number.");
        return ((int)label, (int)image);
    }

    private ClientErrorException Damaged(long offset, string what) => new($"{_path}: at byte {offset}: {what}");
}
