using System.Buffers.Binary;

namespace Rekindle.Algorithms.Tabular;

/// <summary>A field of a message.</summary>
/// <param name="Number">Its number.</param>
/// <param name="IsBytes">Whether it is a text, a message or packed numbers, from <paramref name="Start"/> for <paramref name="Length"/> bytes.</param>
/// <param name="Start">Index into the whole buffer.</param>
/// <param name="Length">Count of bytes.</param>
/// <param name="Value">A number, as its bits, where it is none of those.</param>
internal readonly record struct ProtobufField(int Number, bool IsBytes, int Start, int Length, ulong Value);

/// <summary>Walks the fields of a message in protocol buffers' encoding.</summary>
internal struct ProtobufReader(byte[] buffer, int start, int length)
{
    private readonly int _end = start + length;
    private int _position = start;

    public ProtobufReader(byte[] message)
        : this(message, 0, message.Length)
    {
    }

    public ProtobufReader(byte[] buffer, ProtobufField message)
        : this(buffer, message.Start, message.Length)
    {
    }

    public ProtobufField Current { get; private set; }

    public readonly ProtobufReader GetEnumerator() => this;

    /// <exception cref="InvalidDataException">The message is cut or of no known form.</exception>
    public bool MoveNext()
    {
        if (_position >= _end) return false;
        var message = buffer.AsSpan(0, _end);
        var tag = Varint(message, ref _position);
        var number = (int)(tag >> 3);
        switch (tag & 7)
        {
            case 0:
                Current = new ProtobufField(number, false, 0, 0, Varint(message, ref _position));
                return true;
            case 1:
                Current = new ProtobufField(number, false, 0, 0, BinaryPrimitives.ReadUInt64LittleEndian(Take(message, 8)));
                return true;
            case 2:
                var size = Varint(message, ref _position);
                if (size > int.MaxValue) throw Cut();
                Current = new ProtobufField(number, true, _position, (int)size, 0);
                Take(message, (int)size);
                return true;
            case 5:
                Current = new ProtobufField(number, false, 0, 0, BinaryPrimitives.ReadUInt32LittleEndian(Take(message, 4)));
                return true;
            default:
                throw new InvalidDataException("it is no protobuf record.");
        }
    }

    /// <summary>A number of seven bits a byte, the lowest first.</summary>
    public static ulong Varint(ReadOnlySpan<byte> bytes, ref int position)
    {
        var value = 0UL;
        for (var shift = 0; shift < 64; shift += 7)
        {
            if (position >= bytes.Length) throw Cut();
            var next = bytes[position++];
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80) return value;
        }

        throw new InvalidDataException("it is no protobuf record.");
    }

    private ReadOnlySpan<byte> Take(ReadOnlySpan<byte> message, int count)
    {
        if (count > message.Length - _position) throw Cut();
        var taken = message.Slice(_position, count);
        _position += count;
        return taken;
    }

    private static InvalidDataException Cut() => new("the protobuf record is cut.");
}
