namespace Rekindle.Server.TuningJobs;

/// <summary>
/// Whether tuned values lie in the ranges they are said to come from, which is sure only of training jobs that ran here. A value that is
/// not there, as in a conditional search, lies nowhere, and so not outside.
/// </summary>
internal static class RangeFit
{
    public static bool Fits(IReadOnlyList<ParameterRange> ranges, IReadOnlyDictionary<string, string> tuned) =>
        ranges.All(range => !tuned.TryGetValue(range.Name, out var text) || Fits(range, text));

    private static bool Fits(ParameterRange range, string text) => range.Kind switch
    {
        ParameterKind.Categorical => range.Values.Contains(text, StringComparer.Ordinal),
        ParameterKind.Integer => RangeText.TryParseWhole(text, out var value)
            && RangeText.TryParseWhole(range.MinValue, out var min) && RangeText.TryParseWhole(range.MaxValue, out var max)
            && min <= value && value <= max,
        _ => RangeText.TryParseNumber(text, out var value)
            && RangeText.TryParseNumber(range.MinValue, out var min) && RangeText.TryParseNumber(range.MaxValue, out var max)
            && min <= value && value <= max,
    };
}
