using System.Buffers.Binary;
using System.Globalization;
using Rekindle.Algorithms.Images;

namespace Rekindle.Algorithms.Tabular;

/// <summary>RecordIO files of SageMaker's protobuf records, as the Python SDK's <c>record_set</c> and <c>write_numpy_to_dense_tensor</c> write.</summary>
/// <remarks>
/// Record: 1 = features, 2 = label, both maps from text to Value, whose entry <c>values</c> counts. Value: 2, 3 or 7 = a tensor of 32-bit
/// or 64-bit floats or of 32-bit integers. Tensor: 1 = values, 2 = keys (of a sparse one), 3 = shape.
/// </remarks>
internal static class ProtobufRecords
{
    private const int Features = 1;
    private const int Label = 2;

    public static Table Read(IEnumerable<string> paths, CancellationToken cancellation)
    {
        var table = new TableBuilder();
        foreach (var path in paths)
        {
            using var file = new RecordIoFile(path);
            foreach (var (start, content) in file.Records(cancellation))
            {
                var (features, label) = Parse(content, path, start);
                if (table.Columns is { } columns && features.Length != columns)
                    throw Wrong(path, start, $"it has {features.Length} features, but the records before have {columns}.");
                table.Add(label, weight: null, features);
            }
        }

        return table.Build();
    }

    private static (float[] Features, float Label) Parse(byte[] record, string path, long start)
    {
        float[]? features = null;
        float[]? label = null;
        try
        {
            foreach (var field in new ProtobufReader(record))
            {
                if (field.Number == Features) features = Tensor(record, field) ?? features;
                else if (field.Number == Label) label = Tensor(record, field) ?? label;
            }
        }
        catch (InvalidDataException error)
        {
            throw Wrong(path, start, error.Message, error);
        }

        if (features is not { Length: > 0 }) throw Wrong(path, start, "it has no features.");
        if (Array.Exists(features, float.IsInfinity)) throw Wrong(path, start, "a feature is not finite.");
        if (label is not [var only] || !float.IsFinite(only)) throw Wrong(path, start, "it must have exactly one finite label.");
        return (features, only);
    }

    // An entry of the map: 1 = key, 2 = Value.
    private static float[]? Tensor(byte[] record, ProtobufField entry)
    {
        float[]? numbers = null;
        var isValues = false;
        foreach (var part in new ProtobufReader(record, entry))
        {
            if (part.Number == 1) isValues = record.AsSpan(part.Start, part.Length).SequenceEqual("values"u8);
            if (part.Number != 2) continue;
            foreach (var tensor in new ProtobufReader(record, part))
            {
                if (tensor.Number is 2 or 3 or 7) numbers = Dense(record, tensor);
            }
        }

        return isValues ? numbers : null;
    }

    private static float[] Dense(byte[] record, ProtobufField tensor)
    {
        var values = new List<float>();
        var keys = new List<long>();
        var shape = new List<long>();
        foreach (var part in new ProtobufReader(record, tensor))
        {
            var content = part.IsBytes ? record.AsSpan(part.Start, part.Length) : default;
            if (part.Number == 1) Numbers(content, part, tensor.Number, values);
            else if (part.Number == 2) Varints(content, part, keys);
            else if (part.Number == 3) Varints(content, part, shape);
        }

        if (keys.Count == 0 && (values.Count > 0 || shape.Count == 0)) return [.. values];
        if (shape is not [.., > 0 and <= int.MaxValue]) throw new InvalidDataException("a sparse tensor must have a shape.");
        if (keys.Count != values.Count) throw new InvalidDataException("a sparse tensor must have as many keys as values.");
        // A number that a sparse record leaves out is 0 to the algorithms that read these records.
        var dense = new float[TableBuilder.Checked(shape[^1])];
        for (var i = 0; i < keys.Count; i++)
        {
            if (keys[i] < 0 || keys[i] >= dense.Length)
                throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"the key {keys[i]} lies outside the shape {dense.Length}."));
            dense[keys[i]] = values[i];
        }

        return dense;
    }

    private static void Numbers(ReadOnlySpan<byte> content, ProtobufField part, int kind, List<float> values)
    {
        if (kind == 7)
        {
            var integers = new List<long>();
            Varints(content, part, integers);
            values.AddRange(integers.Select(integer => (float)(int)integer));
            return;
        }

        var size = kind == 2 ? 4 : 8;
        if (!part.IsBytes)
        {
            values.Add(kind == 2 ? BitConverter.UInt32BitsToSingle((uint)part.Value) : (float)BitConverter.UInt64BitsToDouble(part.Value));
            return;
        }

        if (content.Length % size != 0) throw new InvalidDataException("the numbers of a tensor are cut.");
        for (; content.Length > 0; content = content[size..])
            values.Add(size == 4 ? BinaryPrimitives.ReadSingleLittleEndian(content) : (float)BinaryPrimitives.ReadDoubleLittleEndian(content));
    }

    private static void Varints(ReadOnlySpan<byte> content, ProtobufField part, List<long> values)
    {
        if (!part.IsBytes)
        {
            values.Add((long)part.Value);
            return;
        }

        for (var position = 0; position < content.Length;) values.Add((long)ProtobufReader.Varint(content, ref position));
    }

    private static ClientErrorException Wrong(string path, long start, string what, Exception? inner = null) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{path}: record at byte {start}: {what}"), inner);
}
