namespace Rekindle.Optimization;

/// <summary>
/// Keeps a child's random draws apart from those of a parent with the same seed: the streams of a job with parents are salted with
/// what the parents are.
/// </summary>
internal static class WarmStartSalt
{
    public static ulong Of(WarmStart? warmStart)
    {
        if (warmStart is null || warmStart.Parents.Count == 0) return 0;
        var salt = Mixing.Mix((ulong)warmStart.Parents.Count);
        foreach (var parent in warmStart.Parents) salt = Mixing.Combine(Mixing.Hash(salt, parent.Name), (ulong)parent.Observations.Count);
        return salt;
    }

    /// <summary>A number for all that a warm start says, the same in every process.</summary>
    public static ulong Fingerprint(WarmStart? warmStart)
    {
        if (warmStart is null) return 0;
        var hash = Mixing.Combine((ulong)warmStart.Type + 1, Of(warmStart));
        foreach (var parent in warmStart.Parents)
        {
            foreach (var parameter in parent.Space.Parameters)
            {
                hash = Mixing.Hash(hash, parameter.ToString());
                if (parameter is CategoricalParameter categorical) hash = categorical.Values.Aggregate(hash, Mixing.Hash);
            }

            hash = parent.StaticHyperParameters.Aggregate(hash, (sum, pair) => Mixing.Hash(Mixing.Hash(sum, pair.Key), pair.Value));
            foreach (var observation in parent.Observations)
            {
                hash = Mixing.Combine(hash, BitConverter.DoubleToUInt64Bits(observation.Value));
                if (observation.StoppedEarly) hash = Mixing.Mix(hash);
                foreach (var (name, text) in observation.Configuration.Values) hash = Mixing.Hash(Mixing.Hash(hash, name), text);
            }
        }

        return hash;
    }
}
