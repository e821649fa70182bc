using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Rekindle.Server.Protocol.S3;

/// <summary>
/// Which bucket and object a request is about: path style (<c>/bucket/key</c>) or virtual-host style (<c>bucket.localhost</c>,
/// <c>bucket.s3.localhost</c>). Keys are taken from the path byte by byte, as they were sent.
/// </summary>
/// <param name="Bucket">Null at the root.</param>
/// <param name="Key">Null when it is about the bucket.</param>
internal sealed record S3Address(string? Bucket, string? Key)
{
    private const string LocalHost = ".localhost";
    private const string ServiceName = "s3";

    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    /// <exception cref="S3Refusal">The path is no UTF-8.</exception>
    public static S3Address Of(HttpRequest request)
    {
        var path = RawTarget.PathOf(request);
        path = path.StartsWith('/') ? path[1..] : path;
        if (BucketOfHost(request.Host.Host) is { } host) return new S3Address(host, path.Length == 0 ? null : Decode(path));
        if (path.Length == 0) return new S3Address(null, null);
        var slash = path.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0) return new S3Address(Decode(path), null);
        return new S3Address(Decode(path[..slash]), slash + 1 == path.Length ? null : Decode(path[(slash + 1)..]));
    }

    /// <summary>The bucket in a host name; null when there is none.</summary>
    public static string? BucketOfHost(string host)
    {
        if (!host.EndsWith(LocalHost, StringComparison.OrdinalIgnoreCase)) return null;
        var name = host[..^LocalHost.Length].ToLowerInvariant();
        if (name.EndsWith("." + ServiceName, StringComparison.Ordinal)) name = name[..^(ServiceName.Length + 1)];
        return name is ServiceName or "" ? null : name;
    }

    /// <exception cref="S3Refusal">What comes out is no UTF-8.</exception>
    public static string Decode(string text)
    {
        if (!text.Contains('%', StringComparison.Ordinal) && Ascii.IsValid(text)) return text;
        var bytes = Encoding.UTF8.GetBytes(text);
        var length = 0;
        for (var at = 0; at < bytes.Length; at++)
        {
            var isEscape = bytes[at] == '%' && at + 2 < bytes.Length && char.IsAsciiHexDigit((char)bytes[at + 1]) && char.IsAsciiHexDigit((char)bytes[at + 2]);
            bytes[length++] = isEscape ? byte.Parse(bytes.AsSpan(at + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture) : bytes[at];
            if (isEscape) at += 2;
        }

        try
        {
            return Strict.GetString(bytes, 0, length);
        }
        catch (DecoderFallbackException)
        {
            throw new S3Refusal(S3Code.InvalidURI, "Couldn't parse the specified URI.");
        }
    }
}
