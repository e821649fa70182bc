using System.Buffers.Binary;
using System.IO.Compression;
using Rekindle.Algorithms.Networks;

namespace Rekindle.Algorithms.Images;

/// <summary>Images and labels in the format of the MNIST files (idx), plain or gzipped.</summary>
/// <remarks>Big-endian: magic 0x803, count, rows, columns, pixels; and magic 0x801, count, labels.</remarks>
internal static class IdxFiles
{
    private const uint ImagesMagic = 0x803;
    private const uint LabelsMagic = 0x801;
    private const string ImagesPart = "-images-idx3-ubyte";
    private const string LabelsPart = "-labels-idx1-ubyte";
    private const long MostBytes = 2_000_000_000;

    /// <summary>Whether the folder holds idx images.</summary>
    public static bool AreIn(string folder) => Images(folder).Length > 0;

    /// <param name="channel">
    /// The channel's name. MNIST-like sets keep both halves in one folder, as <c>train-*</c> and <c>t10k-*</c>; there it says which is meant.
    /// </param>
    /// <param name="folder">The channel's folder.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public static IReadOnlyList<LabelledImage> Read(string channel, string folder, CancellationToken cancellation)
    {
        var files = OfChannel(channel, Images(folder));
        if (files.Length == 0) throw new ClientErrorException($"{folder}: no file named *{ImagesPart} or *{ImagesPart}.gz.");
        var images = new List<LabelledImage>();
        foreach (var file in files) images.AddRange(ReadPair(file, cancellation));
        return images;
    }

    private static string[] Images(string folder) =>
    [
        .. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Where(file => Stem(file).EndsWith(ImagesPart, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            // A file and its gzipped twin are the same images.
            .DistinctBy(Stem),
    ];

    private static string[] OfChannel(string channel, string[] files)
    {
        var train = files.Where(file => StartsWith(file, "train")).ToArray();
        var heldOut = files.Where(file => StartsWith(file, "t10k") || StartsWith(file, "test") || StartsWith(file, "val")).ToArray();
        if (train.Length == 0 || heldOut.Length == 0) return files;
        return channel == "train" ? train : heldOut;
    }

    private static bool StartsWith(string file, string prefix) =>
        Path.GetFileName(file).StartsWith(prefix, StringComparison.OrdinalIgnoreCase);

    private static string Stem(string file) => file.EndsWith(".gz", StringComparison.Ordinal) ? file[..^3] : file;

    private static IEnumerable<LabelledImage> ReadPair(string imagesFile, CancellationToken cancellation)
    {
        var stem = Stem(imagesFile)[..^ImagesPart.Length] + LabelsPart;
        var labelsFile = new[] { stem, stem + ".gz" }.FirstOrDefault(File.Exists)
            ?? throw new ClientErrorException($"{imagesFile}: the labels that belong to it, {stem} or {stem}.gz, are missing.");
        var images = ReadAll(imagesFile, cancellation);
        var labels = ReadAll(labelsFile, cancellation);
        var (rows, columns) = (Word(imagesFile, images, 8), Word(imagesFile, images, 12));
        var count = CheckHeader(imagesFile, images, ImagesMagic, 16, rows * (long)columns);
        var labelCount = CheckHeader(labelsFile, labels, LabelsMagic, 8, 1);
        if (rows == 0 || columns == 0) throw new ClientErrorException($"{imagesFile}: at byte 8: the images are {rows}x{columns} pixels.");
        if (count != labelCount)
            throw new ClientErrorException($"{imagesFile} holds {count} images, but {labelsFile} holds {labelCount} labels.");

        var shape = new Shape(1, (int)rows, (int)columns);
        for (var i = 0; i < count; i++)
        {
            var offset = 16 + (i * shape.Area);
            var pixels = new Pixmap(shape, images.AsMemory(offset, shape.Area));
            yield return new LabelledImage(
                labels[8 + i], $"{imagesFile}: image {i}", channels => ImageDecoding.WithChannels(pixels, channels));
        }
    }

    private static byte[] ReadAll(string file, CancellationToken cancellation)
    {
        using var stream = File.OpenRead(file);
        Span<byte> start = stackalloc byte[2];
        var zipped = stream.ReadAtLeast(start, 2, throwOnEndOfStream: false) == 2 && start is [0x1f, 0x8b];
        stream.Position = 0;
        using Stream content = zipped ? new GZipStream(stream, CompressionMode.Decompress) : stream;
        using var memory = new MemoryStream();
        var buffer = new byte[1 << 16];
        try
        {
            for (int read; (read = content.Read(buffer)) > 0;)
            {
                cancellation.ThrowIfCancellationRequested();
                if (memory.Length + read > MostBytes) throw new ClientErrorException($"{file}: unpacks to more than {MostBytes} bytes.");
                memory.Write(buffer, 0, read);
            }
        }
        catch (InvalidDataException error)
        {
            throw new ClientErrorException($"{file}: damaged gzip data after {memory.Length} unpacked bytes: {error.Message}", error);
        }

        return memory.ToArray();
    }

    private static uint Word(string file, byte[] content, int offset) => content.Length >= offset + 4
        ? BinaryPrimitives.ReadUInt32BigEndian(content.AsSpan(offset))
        : throw new ClientErrorException($"{file}: ends at byte {content.Length}, inside the idx header.");

    private static int CheckHeader(string file, byte[] content, uint magic, int header, long itemBytes)
    {
        var found = Word(file, content, 0);
        if (found != magic) throw new ClientErrorException($"{file}: at byte 0: expected the idx magic 0x{magic:x8}, found 0x{found:x8}.");
        var count = Word(file, content, 4);
        var expected = header + (count * (Int128)itemBytes);
        if (content.Length != expected)
            throw new ClientErrorException($"{file}: {count} items need {expected} bytes, but the file ends at byte {content.Length}.");
        return (int)count;
    }
}
