using System.Buffers.Binary;
using System.IO.Compression;
using Rekindle.Algorithms.Images;

namespace Rekindle.Algorithms.Tests.Images;

/// <summary>The smallest encoders that make valid files.</summary>
internal static class EncodedImages
{
    /// <summary>An 8-bit PNG with 1 or 3 interleaved channels.</summary>
    public static byte[] Png(int width, int height, int channels, ReadOnlySpan<byte> pixels, ReadOnlySpan<byte> comment = default)
    {
        using var png = new MemoryStream();
        png.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0d, 0x0a, 0x1a, 0x0a]);
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        header[8] = 8;
        header[9] = (byte)(channels == 1 ? 0 : 2);
        Chunk(png, "IHDR"u8, header);
        if (!comment.IsEmpty) Chunk(png, "tEXt"u8, comment);
        using var data = new MemoryStream();
        using (var zlib = new ZLibStream(data, CompressionLevel.Fastest, leaveOpen: true))
        {
            for (var y = 0; y < height; y++)
            {
                zlib.WriteByte(0);
                zlib.Write(pixels.Slice(y * width * channels, width * channels));
            }
        }

        Chunk(png, "IDAT"u8, data.ToArray());
        Chunk(png, "IEND"u8, []);
        return png.ToArray();
    }

    /// <summary>A grey 8×8 baseline JPEG of one level: only the DC coefficient is coded.</summary>
    public static byte[] Jpeg(byte level)
    {
        using var jpeg = new MemoryStream();
        jpeg.Write([0xff, 0xd8, 0xff, 0xdb, 0, 67, 0]);
        for (var i = 0; i < 64; i++) jpeg.WriteByte(1);
        jpeg.Write([0xff, 0xc0, 0, 11, 8, 0, 8, 0, 8, 1, 1, 0x11, 0]);
        // DC: twelve categories, each with the 4-bit code of its number. AC: end of block is the bit 0.
        jpeg.Write([0xff, 0xc4, 0, 31, 0x00, 0, 0, 0, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
        jpeg.Write([0xff, 0xc4, 0, 20, 0x10, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        jpeg.Write([0xff, 0xda, 0, 8, 1, 1, 0x00, 0, 63, 0]);
        var dc = (level - 128) * 8;
        var category = 0;
        while (Math.Abs(dc) >> category != 0) category++;
        var value = dc >= 0 ? dc : dc + (1 << category) - 1;
        var code = Convert.ToString(category, 2).PadLeft(4, '0');
        var bits = (code + (category == 0 ? "" : Convert.ToString(value, 2).PadLeft(category, '0')) + "0").PadRight(24, '1');
        for (var i = 0; i < 24; i += 8)
        {
            var coded = Convert.ToByte(bits.Substring(i, 8), 2);
            jpeg.WriteByte(coded);
            if (coded == 0xff) jpeg.WriteByte(0);
        }

        jpeg.Write([0xff, 0xd9]);
        return jpeg.ToArray();
    }

    /// <summary>One RecordIO record, cut into parts wherever the content holds the magic at a multiple of four, as MXNet does.</summary>
    public static byte[] Record(float label, ReadOnlySpan<byte> image, float[]? labels = null)
    {
        using var content = new MemoryStream();
        Span<byte> header = stackalloc byte[24];
        header.Clear();
        BinaryPrimitives.WriteInt32LittleEndian(header, labels?.Length ?? 0);
        BinaryPrimitives.WriteSingleLittleEndian(header[4..], label);
        content.Write(header);
        foreach (var value in labels ?? []) content.Write(BitConverter.GetBytes(value));
        content.Write(image);
        return Framed(content.ToArray());
    }

    private static byte[] Framed(byte[] content)
    {
        var cuts = new List<int>();
        for (var i = 0; i + 4 <= content.Length; i += 4)
            if (BinaryPrimitives.ReadUInt32LittleEndian(content.AsSpan(i)) == RecordIoFile.Magic) cuts.Add(i);
        using var record = new MemoryStream();
        var from = 0;
        for (var part = 0; part <= cuts.Count; part++)
        {
            var to = part < cuts.Count ? cuts[part] : content.Length;
            var kind = cuts.Count == 0 ? 0 : part == 0 ? 1 : part < cuts.Count ? 2 : 3;
            record.Write(BitConverter.GetBytes(RecordIoFile.Magic));
            record.Write(BitConverter.GetBytes(((uint)kind << 29) | (uint)(to - from)));
            record.Write(content.AsSpan(from, to - from));
            while (record.Length % 4 != 0) record.WriteByte(0);
            from = to + 4;
        }

        return record.ToArray();
    }

    private static void Chunk(MemoryStream png, ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        Span<byte> word = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(word, data.Length);
        png.Write(word);
        png.Write(type);
        png.Write(data);
        var crc = 0xffffffffu;
        foreach (var value in (byte[])[.. type, .. data])
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ ((crc & 1) * 0xedb88320u);
        }

        BinaryPrimitives.WriteUInt32BigEndian(word, ~crc);
        png.Write(word);
    }
}
