using Microsoft.AspNetCore.Http;

namespace Rekindle.Server.Protocol;

/// <summary>
/// Headers that say what a request means, and of which there is one. Given twice, they would be read as a list, or one would be read
/// and the other one signed.
/// </summary>
internal static class RepeatedHeaders
{
    private const string AmzPrefix = "x-amz-";
    // Those that a client makes up are lists when they come several times: that is documented.
    private const string MetadataPrefix = "x-amz-meta-";

    private static readonly HashSet<string> Single = new(StringComparer.OrdinalIgnoreCase)
    {
        "Authorization", "Content-Length", "Content-MD5", "Content-Type", "Date", "Host",
    };

    /// <summary>The name of one that is given more than once; null when there is none.</summary>
    public static string? First(IHeaderDictionary headers) =>
        headers.FirstOrDefault(header => header.Value.Count > 1 && IsSingle(header.Key)).Key;

    private static bool IsSingle(string name) =>
        Single.Contains(name)
        || (name.StartsWith(AmzPrefix, StringComparison.OrdinalIgnoreCase) && !name.StartsWith(MetadataPrefix, StringComparison.OrdinalIgnoreCase));
}
