using System.Buffers.Binary;

namespace Rekindle.Server.ObjectStorage.Checksums;

/// <summary>A reflected cyclic redundancy check of up to 64 bits, eight bytes at a step by eight tables.</summary>
internal sealed class Crc
{
    public static readonly Crc Crc32 = new(0xEDB88320, uint.MaxValue);
    public static readonly Crc Crc32C = new(0x82F63B78, uint.MaxValue);
    public static readonly Crc Crc64Nvme = new(0x9A6C9329AC4BC9B5, ulong.MaxValue);

    private readonly ulong[][] _tables = new ulong[8][];

    private Crc(ulong reflectedPolynomial, ulong mask)
    {
        Start = mask;
        _tables[0] = new ulong[256];
        for (var value = 0; value < 256; value++)
        {
            var remainder = (ulong)value;
            for (var bit = 0; bit < 8; bit++)
            {
                remainder = (remainder & 1) != 0 ? (remainder >> 1) ^ reflectedPolynomial : remainder >> 1;
            }

            _tables[0][value] = remainder;
        }

        for (var table = 1; table < 8; table++)
        {
            _tables[table] = [.. _tables[table - 1].Select(r => (r >> 8) ^ _tables[0][(byte)r])];
        }
    }

    /// <summary>The state before the first byte; also what the last state is combined with for the check.</summary>
    public ulong Start { get; }

    public ulong Append(ulong state, ReadOnlySpan<byte> bytes)
    {
        var (t0, t1, t2, t3) = (_tables[0], _tables[1], _tables[2], _tables[3]);
        var (t4, t5, t6, t7) = (_tables[4], _tables[5], _tables[6], _tables[7]);
        while (bytes.Length >= 8)
        {
            var x = state ^ BinaryPrimitives.ReadUInt64LittleEndian(bytes);
            state = t7[(byte)x] ^ t6[(byte)(x >> 8)] ^ t5[(byte)(x >> 16)] ^ t4[(byte)(x >> 24)]
                ^ t3[(byte)(x >> 32)] ^ t2[(byte)(x >> 40)] ^ t1[(byte)(x >> 48)] ^ t0[x >> 56];
            bytes = bytes[8..];
        }

        foreach (var next in bytes)
        {
            state = (state >> 8) ^ t0[(byte)(state ^ next)];
        }

        return state;
    }
}
