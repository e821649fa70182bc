namespace Rekindle.Server.TuningJobs;

/// <summary>Counts the configurations of a search space from the texts of its ranges.</summary>
internal static class RangeSize
{
    /// <summary>
    /// The product of the integer widths and the category counts; infinite as soon as one continuous range has a width; null when a bound
    /// can't be read or a range is empty.
    /// </summary>
    public static double? Combinations(IEnumerable<ParameterRange> ranges)
    {
        var product = 1.0;
        foreach (var range in ranges)
        {
            if (Of(range) is not { } size)
            {
                return null;
            }

            product *= size;
        }

        return product;
    }

    /// <summary>The sum over several search spaces; null when one of them can't be counted.</summary>
    public static double? Combinations(IEnumerable<IReadOnlyList<ParameterRange>> spaces)
    {
        var sizes = spaces.Select(ranges => Combinations(ranges)).ToList();
        return sizes.Contains(null) ? null : sizes.Sum();
    }

    private static double? Of(ParameterRange range) => range.Kind switch
    {
        ParameterKind.Categorical => range.Values.Count > 0 ? range.Values.Distinct(StringComparer.Ordinal).Count() : null,
        ParameterKind.Integer => RangeText.TryParseWhole(range.MinValue, out var min) && RangeText.TryParseWhole(range.MaxValue, out var max)
            && min <= max
            ? (double)((Int128)max - min + 1)
            : null,
        _ => RangeText.TryParseNumber(range.MinValue, out var min) && RangeText.TryParseNumber(range.MaxValue, out var max) && min <= max
            ? min < max ? double.PositiveInfinity : 1
            : null,
    };
}
