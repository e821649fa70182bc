using System.Buffers.Binary;
using System.Numerics;

namespace Rekindle.Optimization;

/// <summary>
/// The Sobol sequence with a nested (Owen) scramble, point by index, 32 bits.
/// <code>
/// s, a, m    degree, coefficients and initial numbers of a dimension's primitive polynomial
/// V[d][b]    direction number of dimension d for bit b of the index
/// </code>
/// Directions: Joe and Kuo, "Constructing Sobol sequences with better two-dimensional projections", SIAM J. Sci. Comput. 30 (2008),
/// table new-joe-kuo-6. Scramble by hashing: Burley, "Practical hash-based Owen scrambling", JCGT 9 (2020), after Laine and Karras
/// (2011). Dimensions beyond the table are plain hashed uniforms.
/// </summary>
internal sealed class Sobol
{
    private const int Bits = 32;

    // One row per dimension from the second on: degree, coefficients, initial numbers.
    private static readonly int[][] Polynomials =
    [
        [1, 0, 1],
        [2, 1, 1, 3],
        [3, 1, 1, 3, 1],
        [3, 2, 1, 1, 1],
        [4, 1, 1, 1, 3, 3],
        [4, 4, 1, 3, 5, 13],
        [5, 2, 1, 1, 5, 5, 17],
        [5, 4, 1, 1, 5, 5, 5],
        [5, 7, 1, 1, 7, 11, 19],
        [5, 11, 1, 1, 5, 1, 1],
        [5, 13, 1, 1, 1, 3, 11],
        [5, 14, 1, 3, 5, 5, 31],
        [6, 1, 1, 3, 3, 9, 7, 49],
        [6, 13, 1, 1, 1, 15, 21, 21],
        [6, 16, 1, 3, 1, 13, 27, 49],
        [6, 19, 1, 1, 1, 15, 7, 5],
        [6, 22, 1, 3, 1, 15, 13, 25],
        [6, 25, 1, 1, 5, 5, 19, 61],
        [7, 1, 1, 3, 7, 11, 23, 15, 103],
        [7, 4, 1, 3, 7, 13, 13, 15, 69],
        [7, 7, 1, 1, 3, 13, 7, 35, 63],
        [7, 8, 1, 3, 5, 9, 1, 25, 53],
        [7, 14, 1, 3, 1, 13, 9, 35, 107],
        [7, 19, 1, 3, 1, 5, 27, 61, 31],
        [7, 21, 1, 1, 5, 11, 19, 41, 61],
        [7, 28, 1, 3, 5, 3, 3, 13, 69],
        [7, 31, 1, 1, 7, 13, 1, 19, 1],
        [7, 32, 1, 3, 7, 5, 13, 19, 59],
        [7, 37, 1, 1, 3, 9, 25, 29, 41],
    ];

    private static readonly uint[][] V = Directions();

    private readonly ulong _seed;
    private readonly uint _order;
    private readonly ulong[] _keys = new ulong[V.Length];

    public Sobol(ulong seed)
    {
        (_seed, _order) = (seed, (uint)Mixing.Mix(seed));
        for (var d = 0; d < _keys.Length; d++) _keys[d] = Mixing.Combine(seed, (ulong)d + 1);
    }

    public static int TableDimensions => V.Length;

    /// <summary>Writes the point with this index, each coordinate in [0, 1).</summary>
    public void Fill(uint index, Span<double> point)
    {
        // The order of the points is scrambled as well, so that short prefixes differ between seeds.
        var shuffled = Scramble(index, _order);
        for (var d = 0; d < point.Length; d++)
        {
            point[d] = d < V.Length
                ? Scramble(Raw(shuffled, d), (uint)_keys[d]) * (1.0 / (1L << Bits))
                : (Mixing.Combine(Mixing.Combine(_seed, (ulong)d + 1), index) >> 11) * (1.0 / (1UL << 53));
        }
    }

    /// <summary>The unscrambled coordinate as a 32-bit fraction.</summary>
    internal static uint Raw(uint index, int dimension)
    {
        var x = 0u;
        for (; index != 0; index &= index - 1) x ^= V[dimension][BitOperations.TrailingZeroCount(index)];
        return x;
    }

    private static uint Scramble(uint x, uint key)
    {
        unchecked
        {
            x = Reverse(x);
            x += key;
            x ^= x * 0x6C50B47C;
            x ^= x * 0xB82F1E52;
            x ^= x * 0xC7AFE638;
            x ^= x * 0x8D22F6E6;
            return Reverse(x);
        }
    }

    private static uint Reverse(uint x)
    {
        x = ((x >> 1) & 0x55555555) | ((x & 0x55555555) << 1);
        x = ((x >> 2) & 0x33333333) | ((x & 0x33333333) << 2);
        x = ((x >> 4) & 0x0F0F0F0F) | ((x & 0x0F0F0F0F) << 4);
        return BinaryPrimitives.ReverseEndianness(x);
    }

    private static uint[][] Directions()
    {
        var all = new uint[Polynomials.Length + 1][];
        all[0] = new uint[Bits];
        for (var b = 0; b < Bits; b++) all[0][b] = 1u << (Bits - 1 - b);
        for (var d = 1; d < all.Length; d++)
        {
            var row = Polynomials[d - 1];
            var (s, a) = (row[0], row[1]);
            var v = all[d] = new uint[Bits];
            for (var b = 0; b < Bits; b++)
            {
                if (b < s)
                {
                    v[b] = (uint)row[2 + b] << (Bits - 1 - b);
                    continue;
                }

                v[b] = v[b - s] ^ (v[b - s] >> s);
                for (var k = 1; k < s; k++) v[b] ^= (uint)((a >> (s - 1 - k)) & 1) * v[b - k];
            }
        }

        return all;
    }
}
