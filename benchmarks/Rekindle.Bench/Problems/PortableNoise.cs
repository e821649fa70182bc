namespace Rekindle.Bench.Problems;

/// <summary>
/// Standard normal noise that is the same in every language: Box-Muller on two outputs of SplitMix64.
/// <code>
/// k    seed * 1000003 + index, modulo 2^64
/// u_j  (top 53 bits of splitmix64(2k + j) + 0.5) / 2^53,  j = 0, 1
/// z    sqrt(-2 ln u_0) cos(2 pi u_1)
/// </code>
/// </summary>
internal static class PortableNoise
{
    /// <param name="seed">The run's seed, 0 or more.</param>
    /// <param name="index">The evaluation's index, from 0.</param>
    public static double Gauss(long seed, long index)
    {
        var k = unchecked(((ulong)seed * 1000003) + (ulong)index);
        var u0 = Uniform(unchecked(2 * k));
        var u1 = Uniform(unchecked((2 * k) + 1));
        return Math.Sqrt(-2.0 * Math.Log(u0)) * Math.Cos(2.0 * Math.PI * u1);
    }

    public static ulong SplitMix(ulong z)
    {
        unchecked
        {
            z += 0x9E3779B97F4A7C15;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return z ^ (z >> 31);
        }
    }

    private static double Uniform(ulong state) => ((SplitMix(state) >> 11) + 0.5) / 9007199254740992.0;
}
