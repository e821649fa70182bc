using System.Buffers.Binary;
using System.Text;
using Rekindle.Algorithms.Tabular;

namespace Rekindle.Algorithms.Tests.Tabular;

/// <summary>Records as they are written to disk, made here by hand from the encoding's description.</summary>
public sealed class ProtobufRecordsTests
{
    [Fact]
    public void Dense_records_of_all_three_kinds_of_numbers_are_read()
    {
        var floats = Record(Entry(1, Value(2, Field(1, Floats(1.5f, -2)))), Entry(2, Value(2, Field(1, Floats(1)))));
        var doubles = Record(Entry(1, Value(3, Field(1, Doubles(0.25, 8)))), Entry(2, Value(3, Field(1, Doubles(0)))));
        var integers = Record(Entry(1, Value(7, Field(1, [3, .. Varint(ulong.MaxValue)]))), Entry(2, Value(7, Field(1, [2]))));

        var table = Read([.. Framed(floats), .. Framed(doubles), .. Framed(integers)]);

        Assert.Equal([1.5f, -2, 0.25f, 8, 3, -1], table.Features);
        Assert.Equal([1, 0, 2], table.Labels);
    }

    [Fact]
    public void A_sparse_record_is_zero_where_it_has_no_key()
    {
        var sparse = Record(
            Entry(1, Value(2, [.. Field(1, Floats(5, 7)), .. Field(2, [1, 3]), .. Field(3, [5])])), Entry(2, Value(2, Field(1, Floats(1)))));
        Assert.Equal([0, 5, 0, 7, 0], Read(Framed(sparse)).Features);
    }

    [Fact]
    public void Damaged_records_are_told_with_their_place()
    {
        var label = Entry(2, Value(2, Field(1, Floats(1))));
        var features = Entry(1, Value(2, Field(1, Floats(1, 2))));
        var good = Framed(Record(features, label));
        Assert.Contains("record at byte 0: it has no features", Refusal(Framed(Record(label))), StringComparison.Ordinal);
        Assert.Contains("it must have exactly one finite label", Refusal(Framed(Record(features))), StringComparison.Ordinal);
        Assert.Contains("it has 1 features, but the records before have 2", Refusal([.. good, .. Framed(Record(Entry(1, Value(2, Field(1, Floats(1)))), label))]), StringComparison.Ordinal);
        Assert.Contains("the protobuf record is cut", Refusal(Framed(Record(features, label)[..^3])), StringComparison.Ordinal);
        Assert.Contains("the key 9 lies outside the shape 5", Refusal(Framed(Record(Entry(1, Value(2, [.. Field(1, Floats(5)), .. Field(2, [9]), .. Field(3, [5])])), label))), StringComparison.Ordinal);
        Assert.Contains("expected the RecordIO magic", Refusal([.. good, 1, 2, 3, 4, 5, 6, 7, 8]), StringComparison.Ordinal);
    }

    [Fact]
    public void Any_change_of_a_byte_is_read_or_told()
    {
        var record = Framed(Record(Entry(1, Value(2, [.. Field(1, Floats(5, 7)), .. Field(2, [1, 3]), .. Field(3, [5])])), Entry(2, Value(2, Field(1, Floats(1))))));
        var random = new Random(5);
        for (var i = 0; i < 2000; i++)
        {
            var damaged = record.ToArray();
            damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            try
            {
                Assert.Equal(1, Read(damaged).Rows);
            }
            catch (ClientErrorException)
            {
                // Told. Any other exception fails the test.
            }
        }
    }

    private static Table Read(byte[] content)
    {
        using var folder = new TemporaryFolder();
        return ProtobufRecords.Read([folder.Write("part", content)], default);
    }

    private static string Refusal(byte[] content) => Assert.Throws<ClientErrorException>(() => Read(content)).Message;

    private static byte[] Framed(byte[] record)
    {
        var framed = new byte[8 + ((record.Length + 3) / 4 * 4)];
        BinaryPrimitives.WriteUInt32LittleEndian(framed, 0xced7230a);
        BinaryPrimitives.WriteInt32LittleEndian(framed.AsSpan(4), record.Length);
        record.CopyTo(framed, 8);
        return framed;
    }

    private static byte[] Record(params byte[][] entries) => [.. entries.SelectMany(entry => entry)];

    private static byte[] Entry(int number, byte[] value) => Field(number, [.. Field(1, Encoding.UTF8.GetBytes("values")), .. Field(2, value)]);

    private static byte[] Value(int kind, byte[] tensor) => Field(kind, tensor);

    private static byte[] Field(int number, byte[] content) => [(byte)((number << 3) | 2), .. Varint((ulong)content.Length), .. content];

    private static byte[] Floats(params float[] values) => [.. values.SelectMany(BitConverter.GetBytes)];

    private static byte[] Doubles(params double[] values) => [.. values.SelectMany(BitConverter.GetBytes)];

    private static byte[] Varint(ulong value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7) bytes.Add((byte)(value | 0x80));
        bytes.Add((byte)value);
        return [.. bytes];
    }
}
