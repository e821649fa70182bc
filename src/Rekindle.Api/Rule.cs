using System.Collections;
using System.Globalization;

namespace Rekindle.Api;

/// <summary>One sentence of AWS about a value, and whether the value keeps to it.</summary>
/// <param name="Sentence">What a violation says, such as <c>Member must have length less than or equal to 32</c>.</param>
/// <param name="Holds">Whether a value, never null, keeps to it.</param>
internal sealed record Rule(string Sentence, Func<object, bool> Holds)
{
    /// <summary>What a missing value says.</summary>
    public const string NotNull = "Member must not be null";

    /// <summary>The rules of one constraint; upper bounds come first, as AWS prints them.</summary>
    public static IEnumerable<Rule> Of(ConstraintAttribute constraint) => constraint switch
    {
        LengthAttribute length => Bounds("length", length.Min, length.Max, int.MaxValue, 0, LengthOf),
        RangeAttribute range => Bounds("value", range.Min, range.Max, long.MaxValue, long.MinValue, NumberOf),
        PatternAttribute pattern => [OfPattern(pattern)],
        OneOfAttribute set => [OfSet(set)],
        _ => throw new ArgumentException($"Unknown constraint {constraint.GetType().Name}", nameof(constraint)),
    };

    private static IEnumerable<Rule> Bounds(string noun, long min, long max, long noMax, long noMin, Func<object, long> measure)
    {
        if (max != noMax)
            yield return new(Sentence("less", max), value => measure(value) <= max);
        // A rule that nothing can break is kept: AWS names it beside the broken one when it speaks of items, keys and values.
        if (min != noMin || noun == "length")
            yield return new(Sentence("greater", min), value => measure(value) >= min);

        string Sentence(string direction, long bound) =>
            string.Create(CultureInfo.InvariantCulture, $"Member must have {noun} {direction} than or equal to {bound}");
    }

    private static Rule OfPattern(PatternAttribute pattern)
    {
        var matches = WirePattern.Matcher(pattern.Text);
        var also = pattern.Also is { } text ? WirePattern.Matcher(text) : _ => false;
        return new(
            $"Member must satisfy regular expression pattern: {pattern.Text}",
            value => matches((string)value) || also((string)value));
    }

    private static Rule OfSet(OneOfAttribute set)
    {
        var values = set.Values.ToHashSet(StringComparer.Ordinal);
        return new(
            $"Member must satisfy enum value set: [{string.Join(", ", set.Values)}]",
            value => values.Contains((string)value)
                || (set.OnlyWithPrefix is { } prefix && !((string)value).StartsWith(prefix, StringComparison.Ordinal)));
    }

    private static long LengthOf(object value) => value switch
    {
        // Unicode characters, not UTF-16 halves: a name of 32 emoji has length 32.
        string text => CharactersOf(text),
        ICollection many => many.Count,
        IReadOnlyCollection<object> many => many.Count,
        IReadOnlyCollection<KeyValuePair<string, string>> map => map.Count,
        IEnumerable many => many.Cast<object?>().LongCount(),
        _ => throw new ArgumentException($"A {value.GetType().Name} has no length", nameof(value)),
    };

    private static int CharactersOf(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange('\ud800', '\udfff'))
            return text.Length;
        var count = 0;
        foreach (var _ in text.EnumerateRunes())
            count++;
        return count;
    }

    private static long NumberOf(object value) => value is int number ? number : (long)value;
}
