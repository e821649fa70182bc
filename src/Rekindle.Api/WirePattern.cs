using System.Collections.Concurrent;
using System.Text.RegularExpressions;

namespace Rekindle.Api;

/// <summary>The AWS model's regular expressions, which are Java's, as .NET's.</summary>
internal static class WirePattern
{
    /// <summary>Bound for the few expressions that need a backtracking engine.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private static readonly ConcurrentDictionary<string, Regex> Compiled = new(StringComparer.Ordinal);

    /// <summary>A test whether a whole text matches.</summary>
    public static Func<string, bool> Matcher(string pattern) => pattern switch
    {
        // The most frequent expressions by far, and the ones that meet the longest texts.
        ".*" => static text => !text.AsSpan().ContainsAny(Endings),
        ".+" => static text => text.Length > 0 && !text.AsSpan().ContainsAny(Endings),
        @"[\S\s]*" => static _ => true,
        _ => text => Matches(pattern, text),
    };

    /// <summary>The characters that Java's dot does not match.</summary>
    private const string Endings = "\n\r\u0085\u2028\u2029";

    private static bool Matches(string pattern, string text)
    {
        try
        {
            return Compiled.GetOrAdd(pattern, Compile).IsMatch(text);
        }
        catch (RegexMatchTimeoutException)
        {
            return false;
        }
    }

    internal static Regex Compile(string pattern)
    {
        // Java's \d and \w know ASCII only, its dot stops at every line ending, and .NET has no Alnum.
        var text = pattern
            .Replace(@"\p{Alnum}", "a-zA-Z0-9", StringComparison.Ordinal)
            .Replace(@"\d", "[0-9]", StringComparison.Ordinal)
            .Replace(@"\w", "[a-zA-Z0-9_]", StringComparison.Ordinal);
        text = $@"\A(?:{text})\z";
        const RegexOptions Options = RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;
        try
        {
            return new Regex(text, Options | RegexOptions.NonBacktracking, Patience);
        }
        catch (NotSupportedException)
        {
            // A non-backtracking engine cannot look around, and has a bound on counted repetitions.
            return new Regex(text, Options, Patience);
        }
    }
}
