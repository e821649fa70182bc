namespace Rekindle.Optimization;

/// <summary>Bit mixing shared by seeds and generators (the finaliser of SplitMix64; Steele, Lea, Flood 2014).</summary>
internal static class Mixing
{
    public const ulong Gamma = 0x9E3779B97F4A7C15;

    public static ulong Mix(ulong z)
    {
        unchecked
        {
            z += Gamma;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return z ^ (z >> 31);
        }
    }

    public static ulong Combine(ulong a, ulong b) => Mix(a ^ Mix(b));

    /// <summary>A hash that is the same in every process, unlike string.GetHashCode.</summary>
    public static ulong Hash(ulong start, string text)
    {
        var hash = Combine(start, (ulong)text.Length);
        foreach (var c in text) hash = unchecked((hash ^ c) * 0x100000001B3);
        return Mix(hash);
    }
}

/// <summary>SplitMix64 as a small generator whose whole state is one number.</summary>
internal sealed class RandomStream(ulong seed)
{
    private ulong _state = Mixing.Mix(seed);

    public ulong NextBits()
    {
        unchecked { _state += Mixing.Gamma; }
        return Mixing.Mix(_state);
    }

    /// <summary>Uniform in [0, 1), 53 bits.</summary>
    public double NextDouble() => (NextBits() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform in [0, bound).</summary>
    public int NextInt(int bound) => (int)(((UInt128)NextBits() * (ulong)bound) >> 64);

    /// <summary>Standard normal by Box-Muller; the first uniform is kept off 0.</summary>
    public double NextGaussian()
    {
        var u = 1.0 - NextDouble();
        return Math.Sqrt(-2 * Math.Log(u)) * Math.Cos(2 * Math.PI * NextDouble());
    }
}
