namespace Rekindle.Feeder;

/// <summary>The order of an epoch: a function of the seed and the epoch's number, whatever was read before.</summary>
internal static class EpochOrder
{
    private const ulong Golden = 0x9E3779B97F4A7C15;

    /// <summary>The numbers from 0 to <paramref name="count"/> - 1, shuffled (Fisher and Yates).</summary>
    public static int[] Of(long seed, long epoch, int count)
    {
        var order = new int[count];
        for (var i = 0; i < count; i++)
        {
            order[i] = i;
        }

        var state = Mix(unchecked((ulong)seed + Golden)) ^ Mix(unchecked((ulong)epoch * Golden));
        for (var i = count - 1; i > 0; i--)
        {
            state = unchecked(state + Golden);
            // The upper half of a product: no number is favoured by more than one part in 2^32.
            var other = (int)(((Mix(state) >> 32) * (ulong)(i + 1)) >> 32);
            (order[i], order[other]) = (order[other], order[i]);
        }

        return order;
    }

    // SplitMix64's mixing of bits (Steele, Lea and Flood 2014).
    private static ulong Mix(ulong bits)
    {
        bits = unchecked((bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9);
        bits = unchecked((bits ^ (bits >> 27)) * 0x94D049BB133111EB);
        return bits ^ (bits >> 31);
    }
}
