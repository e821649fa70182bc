using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Rekindle.Api.Client;

namespace Rekindle.Server.Protocol.S3;

/// <summary>
/// Presigned URLs of signature version 2, which boto3 still makes unless it is told otherwise. Rules: "Signing and authenticating REST
/// requests" in the S3 user guide. Nothing else of that version is taken.
/// </summary>
internal static class SigV2Query
{
    private const string AmzPrefix = "x-amz-";

    // The parameters that are part of what is signed, however they are spelled: the query is read without regard to case.
    private static readonly HashSet<string> Signed = new(StringComparer.OrdinalIgnoreCase)
    {
        "acl", "cors", "defaultObjectAcl", "delete", "lifecycle", "location", "logging", "notification", "partNumber", "policy",
        "requestPayment", "response-cache-control", "response-content-disposition", "response-content-encoding",
        "response-content-language", "response-content-type", "response-expires", "restore", "tagging", "torrent", "uploadId", "uploads",
        "versionId", "versioning", "versions", "website", "accelerate", "transfer", "storageClass",
    };

    public static bool IsOne(IQueryCollection query) => query.ContainsKey("AWSAccessKeyId") && query.ContainsKey("Signature") && query.ContainsKey("Expires");

    /// <exception cref="S3Refusal">The key is unknown, the time is over, or the signature is not right.</exception>
    public static AccessKey Verify(HttpRequest request, IReadOnlyDictionary<string, AccessKey> keys, DateTimeOffset now)
    {
        if (!keys.TryGetValue(request.Query["AWSAccessKeyId"].ToString(), out var key))
        {
            throw new S3Refusal(S3Code.InvalidAccessKeyId, "The AWS Access Key Id you provided does not exist in our records.");
        }

        var expires = request.Query["Expires"].ToString();
        if (!long.TryParse(expires, NumberStyles.None, CultureInfo.InvariantCulture, out var until))
        {
            throw new S3Refusal(S3Code.AccessDenied, "Invalid date (should be seconds since epoch)");
        }

        if (now.ToUnixTimeSeconds() > until) throw new S3Refusal(S3Code.AccessDenied, "Request has expired");
        return SigV4.SameSignature(Signature(request, key.Secret, expires), request.Query["Signature"].ToString())
            ? key
            : throw new S3Refusal(
                S3Code.SignatureDoesNotMatch, "The request signature we calculated does not match the signature you provided. Check your key and signing method.");
    }

#pragma warning disable CA5350 // What this version of the signature is made with.
    private static string Signature(HttpRequest request, string secret, string expires) =>
        Convert.ToBase64String(HMACSHA1.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(StringToSign(request, expires))));
#pragma warning restore CA5350

    private static string StringToSign(HttpRequest request, string expires)
    {
        var text = new StringBuilder()
            .Append(request.Method).Append('\n')
            .Append(Said("Content-MD5")).Append('\n')
            .Append(Said("Content-Type")).Append('\n')
            .Append(expires).Append('\n');
        if (request.Query.Keys.Any(name => name.StartsWith(AmzPrefix, StringComparison.OrdinalIgnoreCase) && !Tokens.IsOne(name)))
        {
            // A colon would read like the end of the name, and a line's end like a header more.
            throw new S3Refusal(S3Code.InvalidArgument, "The name of a parameter that begins with x-amz- is not one of a header.");
        }

        // Like the two above, a header may have been turned into a parameter of the URL.
        var amz = request.Headers.Select(header => (Name: header.Key.ToLowerInvariant(), Value: header.Value.ToString()))
            .Concat(request.Query.Select(parameter => (Name: parameter.Key.ToLowerInvariant(), Value: parameter.Value.ToString())))
            .Where(pair => pair.Name.StartsWith(AmzPrefix, StringComparison.Ordinal))
            .Distinct()
            .OrderBy(pair => pair.Name, StringComparer.Ordinal)
            .ToList();
        foreach (var (name, value) in amz)
        {
            text.Append(name).Append(':').Append(OneLine(name, value)).Append('\n');
        }

        if (S3Address.BucketOfHost(request.Host.Host) is { } bucket) text.Append('/').Append(bucket);
        text.Append(RawTarget.PathOf(request));
        var parameters = request.Query.Where(parameter => Signed.Contains(parameter.Key))
            .OrderBy(parameter => parameter.Key, StringComparer.Ordinal)
            .Select(parameter => parameter.Value.ToString() is { Length: > 0 } value ? $"{parameter.Key}={OneParameter(parameter.Key, value)}" : parameter.Key)
            .ToList();
        return parameters.Count == 0 ? text.ToString() : text.Append('?').AppendJoin('&', parameters).ToString();

        string Said(string name) => OneLine(name, request.Headers.TryGetValue(name, out var header) && header.ToString() is { Length: > 0 } value
            ? value
            : request.Query[name].ToString());
    }

    /// <exception cref="S3Refusal">It would read like several lines, or like another value without its outer spaces.</exception>
    private static string OneLine(string name, string value) => value.Any(char.IsControl) || value.AsSpan().Trim().Length != value.Length
        ? throw new S3Refusal(S3Code.InvalidArgument, $"The value of {name} must be one line without control characters and outer spaces.")
        : value;

    // They are signed as they read, so that one with another one in its value would look like both.
    private static string OneParameter(string name, string value) =>
        value.Any(char.IsControl) || value.Split('&').Skip(1).Any(piece => Signed.Contains(piece.Split('=')[0]))
            ? throw new S3Refusal(S3Code.InvalidArgument, $"The value of {name} must not hold another parameter, nor control characters.")
            : value;
}
