using System.Diagnostics.CodeAnalysis;

namespace Rekindle.Api.Client;

/// <summary>The parts of an Authorization header of signature version 4.</summary>
/// <param name="AccessKeyId">Public name of the key.</param>
/// <param name="Scope">What the signing key is good for.</param>
/// <param name="SignedHeaders">Names of the signed headers, in lower case and in order.</param>
/// <param name="Signature">64 hexadecimal digits in lower case.</param>
public sealed record SigV4Authorization(string AccessKeyId, SigV4Scope Scope, IReadOnlyList<string> SignedHeaders, string Signature)
{
    /// <summary>The one algorithm.</summary>
    public const string Algorithm = "AWS4-HMAC-SHA256";

    /// <summary>The header's value.</summary>
    public override string ToString() =>
        $"{Algorithm} Credential={AccessKeyId}/{Scope}, SignedHeaders={string.Join(';', SignedHeaders)}, Signature={Signature}";

    /// <summary>Reads a header's value; false when a part is missing or malformed.</summary>
    public static bool TryParse(string? header, [NotNullWhen(true)] out SigV4Authorization? authorization)
    {
        authorization = null;
        if (header is null || !header.StartsWith(Algorithm + " ", StringComparison.Ordinal))
            return false;
        Dictionary<string, string> parts = new(StringComparer.Ordinal);
        foreach (var part in header[Algorithm.Length..].Split(',', StringSplitOptions.TrimEntries))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0 || !parts.TryAdd(part[..equals], part[(equals + 1)..]))
                return false;
        }
        if (!parts.TryGetValue("Credential", out var credential) || !parts.TryGetValue("SignedHeaders", out var headers)
            || !parts.TryGetValue("Signature", out var signature))
        {
            return false;
        }
        // An access key may hold slashes; the scope is the last four parts.
        var path = credential.Split('/');
        if (path.Length < 5 || path[^1] != SigV4Scope.Terminator || path[^4].Length != 8 || !path[^4].All(char.IsAsciiDigit))
            return false;
        var key = string.Join('/', path[..^4]);
        var names = headers.Split(';');
        if (key.Length == 0 || path[^3].Length == 0 || path[^2].Length == 0 || names.Any(name => name.Length == 0)
            || signature.Length != 64 || !signature.All(char.IsAsciiHexDigitLower))
        {
            return false;
        }
        authorization = new(key, new(path[^4], path[^3], path[^2]), names, signature);
        return true;
    }
}
