namespace Rekindle.Server.ObjectStorage;

/// <summary>
/// The order of keys: by the bytes of their UTF-8. It differs from the order of UTF-16 only where a surrogate (a character beyond the
/// first 65,536) meets one of the characters behind the surrogates.
/// </summary>
internal sealed class Utf8Order : IComparer<string>
{
    public static Utf8Order Instance { get; } = new();

    public int Compare(string? x, string? y) => Compare(x.AsSpan(), y.AsSpan());

    public static int Compare(ReadOnlySpan<char> x, ReadOnlySpan<char> y)
    {
        var common = x.CommonPrefixLength(y);
        if (common == x.Length || common == y.Length) return x.Length - y.Length;
        var (a, b) = (x[common], y[common]);
        var (high, higher) = (char.IsSurrogate(a), char.IsSurrogate(b));
        if (high != higher && a >= '\ud800' && b >= '\ud800') return high ? 1 : -1;
        return a - b;
    }
}
