using System.Buffers.Binary;

namespace Rekindle.Server.Tests.Feeding;

/// <summary>Reads RecordIO as MXNet's own reader does: the magic comes back between the parts of a record.</summary>
internal static class RecordReader
{
    public static List<byte[]> Read(byte[] bytes)
    {
        ReadOnlySpan<byte> stream = bytes;
        var records = new List<byte[]>();
        var record = new MemoryStream();
        while (stream.Length > 0)
        {
            Assert.Equal(0xced7230a, BinaryPrimitives.ReadUInt32LittleEndian(stream));
            var word = BinaryPrimitives.ReadUInt32LittleEndian(stream[4..]);
            var (kind, length) = (word >> 29, (int)(word & 0x1fffffff));
            var padded = (length + 3) / 4 * 4;
            Assert.Equal(kind is 2 or 3, record.Length > 0 || kind is 2 or 3);
            if (kind is 2 or 3) record.Write(stream[..4]);
            record.Write(stream.Slice(8, length));
            Assert.All(stream[(8 + length)..(8 + padded)].ToArray(), zero => Assert.Equal(0, zero));
            stream = stream[(8 + padded)..];
            if (kind is 1 or 2) continue;
            records.Add(record.ToArray());
            record = new MemoryStream();
        }

        return records;
    }
}
