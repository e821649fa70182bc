using System.Net;

namespace Rekindle.Server.ObjectStorage;

/// <summary>The names that S3 allows for buckets. A folder put there by hand may have another one, as long as it is a name.</summary>
internal static class BucketName
{
    private const int Shortest = 3;
    private const int Longest = 63;

    /// <summary>Whether the text can name a folder at all.</summary>
    public static bool IsName(string text) => text.Length is > 0 and <= Longest && text is not ("." or "..") && !text.AsSpan().ContainsAny('/', '\0');

    /// <summary>Whether S3 would create a bucket of this name.</summary>
    public static bool IsValid(string text) =>
        text.Length is >= Shortest and <= Longest
        && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '.')
        && char.IsAsciiLetterOrDigit(text[0])
        && char.IsAsciiLetterOrDigit(text[^1])
        && !text.Contains("..", StringComparison.Ordinal)
        && !text.StartsWith("xn--", StringComparison.Ordinal)
        && !text.EndsWith("-s3alias", StringComparison.Ordinal)
        && !(text.Count(c => c == '.') == 3 && IPAddress.TryParse(text, out _));
}
