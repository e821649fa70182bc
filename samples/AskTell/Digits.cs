using System.Buffers.Binary;
using System.IO.Compression;

namespace AskTell;

/// <summary>Handwritten digits from the files of samples/data, as numbers between 0 and 1.</summary>
internal sealed record Digits(float[][] Train, byte[] TrainLabels, float[][] Validation, byte[] ValidationLabels)
{
    public static Digits Load(string folder) => new(
        Images(Path.Combine(folder, "train", "train-images-idx3-ubyte.gz")),
        Labels(Path.Combine(folder, "train", "train-labels-idx1-ubyte.gz")),
        Images(Path.Combine(folder, "validation", "t10k-images-idx3-ubyte.gz")),
        Labels(Path.Combine(folder, "validation", "t10k-labels-idx1-ubyte.gz")));

    private static float[][] Images(string path)
    {
        var bytes = Unpack(path);
        var (count, size) = (Number(bytes, 4), Number(bytes, 8) * Number(bytes, 12));
        return [.. Enumerable.Range(0, count).Select(i => bytes.AsSpan(16 + (i * size), size).ToArray().Select(pixel => pixel / 255f).ToArray())];
    }

    private static byte[] Labels(string path) => Unpack(path)[8..];

    private static int Number(byte[] bytes, int offset) => BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(offset));

    private static byte[] Unpack(string path)
    {
        using var unzip = new GZipStream(File.OpenRead(path), CompressionMode.Decompress);
        using var unpacked = new MemoryStream();
        unzip.CopyTo(unpacked);
        return unpacked.ToArray();
    }
}
