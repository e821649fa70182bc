using System.Globalization;
using System.Text;
using Rekindle.Server.ObjectStorage;

namespace Rekindle.Server.Protocol.S3;

/// <summary>What a client says of an object in headers, and hears again.</summary>
internal static class HeaderText
{
    private const string MetadataPrefix = "x-amz-meta-";
    private const int MostMetadataBytes = 2048;

    private static readonly string[] Wishes =
    [
        "response-cache-control", "response-content-disposition", "response-content-encoding", "response-content-language",
        "response-content-type", "response-expires",
    ];

    /// <exception cref="S3Refusal">There is too much of it, or something that this server can't do.</exception>
    public static ObjectHeaders Of(S3Request request)
    {
        if (request.Http.Request.Headers.Keys.Any(name => name.StartsWith("x-amz-server-side-encryption-customer-", StringComparison.OrdinalIgnoreCase)))
        {
            throw new S3Refusal(S3Code.InvalidRequest, "This server does not encrypt objects with keys of its clients.");
        }

        if (request.Header("x-amz-tagging") is { Length: > 0 })
        {
            // Taken in silence they would be missed later.
            throw new S3Refusal(S3Code.NotImplemented, "A header you provided implies functionality that is not implemented: x-amz-tagging.");
        }

        var metadata = request.Http.Request.Headers.Select(header => (header.Key, Value: header.Value.ToString()))
            .Concat(request.IsPresigned ? request.Http.Request.Query.Select(parameter => (parameter.Key, Value: parameter.Value.ToString())) : [])
            .Where(header => header.Key.StartsWith(MetadataPrefix, StringComparison.OrdinalIgnoreCase))
            .DistinctBy(header => header.Key.ToLowerInvariant())
            .ToDictionary(header => header.Key[MetadataPrefix.Length..].ToLowerInvariant(), header => header.Value, StringComparer.Ordinal);
        if (metadata.Keys.FirstOrDefault(name => name.Length > 0 && !Tokens.IsOne(name)) is not null)
        {
            // It could not be said again.
            throw new S3Refusal(S3Code.InvalidArgument, "The name of a parameter that begins with x-amz-meta- is not one of a header.");
        }

        if (metadata.Sum(pair => Encoding.UTF8.GetByteCount(pair.Key) + Encoding.UTF8.GetByteCount(pair.Value)) > MostMetadataBytes)
        {
            throw new S3Refusal(S3Code.InvalidRequest, "Your metadata headers exceed the maximum allowed metadata size");
        }

        var encoding = string.Join(',', (request.Header("Content-Encoding") ?? "").Split(',', StringSplitOptions.TrimEntries).Where(one => one is not ("aws-chunked" or "")));
        return new ObjectHeaders
        {
            ContentType = request.Header("Content-Type"),
            CacheControl = request.Header("Cache-Control"),
            ContentDisposition = request.Header("Content-Disposition"),
            ContentEncoding = encoding.Length == 0 ? null : encoding,
            ContentLanguage = request.Header("Content-Language"),
            Expires = request.Header("Expires"),
            UserMetadata = metadata,
        };
    }

    /// <exception cref="S3Refusal">The query wants other headers, and nobody signed it: a page in a browser must not have an object for a script.</exception>
    public static void CheckWishes(S3Request request)
    {
        if (!request.IsSigned && Wishes.Any(request.Has))
        {
            throw new S3Refusal(S3Code.InvalidRequest, "Request specific response headers cannot be used for anonymous GET requests.");
        }
    }

    /// <summary>Writes them, and what the query of a presigned URL wants in their place.</summary>
    public static void Write(S3Request request, ObjectHeaders headers)
    {
        var response = request.Http.Response;
        response.ContentType = Safe(request.Query("response-content-type") ?? headers.ContentType ?? "binary/octet-stream");
        Set("Cache-Control", request.Query("response-cache-control") ?? headers.CacheControl);
        Set("Content-Disposition", request.Query("response-content-disposition") ?? headers.ContentDisposition);
        Set("Content-Encoding", request.Query("response-content-encoding") ?? headers.ContentEncoding);
        Set("Content-Language", request.Query("response-content-language") ?? headers.ContentLanguage);
        Set("Expires", request.Query("response-expires") ?? headers.Expires);
        foreach (var (name, value) in headers.UserMetadata)
        {
            response.Headers[MetadataPrefix + name] = Safe(value);
        }

        void Set(string name, string? value)
        {
            if (value is not null) response.Headers[name] = Safe(value);
        }
    }

    public static string HttpDate(DateTimeOffset time) => time.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>Tags of If-Match and If-None-Match without their quotes; null when the header isn't there.</summary>
    public static IReadOnlyList<string>? Tags(string? header) =>
        header?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(tag => (tag.StartsWith("W/", StringComparison.Ordinal) ? tag[2..] : tag).Trim('"'))
            .ToList();

    public static WriteCondition Condition(S3Request request)
    {
        var (match, noneMatch) = (Tags(request.Header("If-Match")), Tags(request.Header("If-None-Match")));
        return match is null && noneMatch is null ? WriteCondition.None : new WriteCondition(match, noneMatch);
    }

    // Headers are ASCII; S3 encodes what isn't as mail does.
    private static string Safe(string value) =>
        value.All(c => c is >= ' ' and < '\x7f') ? value : $"=?UTF-8?B?{Convert.ToBase64String(Encoding.UTF8.GetBytes(value))}?=";
}
