using System.Globalization;
using Microsoft.AspNetCore.Http;
using Rekindle.Api.Client;

namespace Rekindle.Server.Protocol.S3;

/// <summary>
/// Finds out who sent a request of S3. With keys configured, the signature must be right in full, in the header or in the query (a
/// presigned URL); without, it only tells the region. Hashes of the body are checked where the body is read.
/// </summary>
internal sealed class S3Signature(ServerOptions options, TimeProvider time)
{
    private const string SignatureParameter = "X-Amz-Signature";
    private const long LongestLife = 7 * 24 * 60 * 60;

    private static readonly TimeSpan LargestSkew = TimeSpan.FromMinutes(15);

    /// <exception cref="S3Refusal">Keys are configured and the request is not signed with one of them.</exception>
    public S3Caller Identify(HttpRequest request)
    {
        var presigned = request.Query.ContainsKey("X-Amz-Algorithm") || request.Query.ContainsKey("X-Amz-Credential");
        var header = request.Headers.Authorization.ToString();
        var authorization = Parse(presigned ? FromQuery(request.Query) : header);
        var region = authorization?.Scope.Region ?? options.Region;
        var payload = request.Headers["x-amz-content-sha256"].ToString();
        if (options.AccessKeys.Count == 0) return new S3Caller(region, Known(payload.Length == 0 ? S3Caller.Unsigned : payload), null);
        CheckRepetition(request);
        if (!presigned && header.Length == 0 && SigV2Query.IsOne(request.Query))
        {
            var bearer = SigV2Query.Verify(request, options.AccessKeys, time.GetUtcNow());
            return new S3Caller(region, Known(payload.Length == 0 ? S3Caller.Unsigned : payload), null) { Key = bearer };
        }

        if (header.Length > 0 && presigned)
        {
            throw new S3Refusal(S3Code.InvalidArgument, "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter or the Authorization header should be specified");
        }

        if (header.Length == 0 && !presigned) throw new S3Refusal(S3Code.AccessDenied, "Access Denied. This server requires a signature.");
        if (authorization is null)
        {
            throw new S3Refusal(
                presigned ? S3Code.AuthorizationQueryParametersError : S3Code.AuthorizationHeaderMalformed,
                "The authorization is not a Signature Version 4 with Credential, SignedHeaders and Signature.");
        }

        if (presigned && payload.Length == 0) payload = request.Query["X-Amz-Content-Sha256"].ToString() is { Length: > 0 } said ? said : S3Caller.Unsigned;
        if (payload.Length == 0) throw new S3Refusal(S3Code.InvalidRequest, "Missing required header for this request: x-amz-content-sha256");
        return Verify(request, authorization, Known(payload), presigned);
    }

    // A signature goes over all of them in an order of its own; of what is meant once, there must be one.
    private static void CheckRepetition(HttpRequest request)
    {
        if (RepeatedHeaders.First(request.Headers) is { } header)
        {
            throw new S3Refusal(S3Code.InvalidArgument, $"The header {header} is given more than once.");
        }

        if (request.Query.FirstOrDefault(parameter => parameter.Value.Count > 1).Key is { } parameter)
        {
            throw new S3Refusal(S3Code.InvalidArgument, $"The parameter '{parameter}' is given more than once.");
        }

        // Signed as one space, but part of a key as many.
        if (request.Headers[CopySource.Header].ToString().Contains("  ", StringComparison.Ordinal))
        {
            throw new S3Refusal(S3Code.InvalidArgument, "The spaces in x-amz-copy-source must be URL-encoded.");
        }
    }

    private S3Caller Verify(HttpRequest request, SigV4Authorization authorization, string payload, bool presigned)
    {
        if (!options.AccessKeys.TryGetValue(authorization.AccessKeyId, out var bearer))
        {
            throw new S3Refusal(S3Code.InvalidAccessKeyId, "The AWS Access Key Id you provided does not exist in our records.");
        }

        if (authorization.Scope.Service != "s3") throw DoesNotMatch($"The credential is scoped to '{authorization.Scope.Service}', not to 's3'.");
        var date = presigned ? CheckLife(request.Query, authorization) : CheckDate(request, authorization);
        // What decides over the meaning of the request must be signed, or it could be changed under way.
        foreach (var name in request.Headers.Keys.Where(name => name.StartsWith("x-amz-", StringComparison.OrdinalIgnoreCase)).Append("Host"))
        {
            if (!authorization.SignedHeaders.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                throw new S3Refusal(S3Code.AccessDenied, $"There were headers present in the request which were not signed: {name}");
            }
        }

        var headers = request.Headers.SelectMany(header => header.Value.Select(value => KeyValuePair.Create(header.Key, value ?? "")));
        var canonical = SigV4.CanonicalRequest(
            request.Method, RawTarget.PathOf(request), QueryOf(request, presigned), headers, authorization.SignedHeaders, payload, SigV4PathForm.ObjectKey);
        var key = SigV4.SigningKey(bearer.Secret, authorization.Scope);
        var expected = SigV4.Signature(key, SigV4.StringToSign(date, authorization.Scope, canonical));
        return SigV4.SameSignature(expected, authorization.Signature)
            ? new S3Caller(authorization.Scope.Region, payload, new ChunkSeed(key, date, authorization.Scope, expected)) { Key = bearer }
            : throw DoesNotMatch();
    }

    private string CheckDate(HttpRequest request, SigV4Authorization authorization)
    {
        var text = request.Headers["X-Amz-Date"].ToString();
        if (!SigV4.TryReadAmzDate(text, out var date) || authorization.Scope.Date != text[..8])
        {
            throw new S3Refusal(S3Code.AccessDenied, "AWS authentication requires a valid Date or x-amz-date header, of the day in the credential scope.");
        }

        return (time.GetUtcNow() - date).Duration() <= LargestSkew
            ? text
            : throw new S3Refusal(S3Code.RequestTimeTooSkewed, "The difference between the request time and the current time is too large.");
    }

    private string CheckLife(IQueryCollection query, SigV4Authorization authorization)
    {
        var text = query["X-Amz-Date"].ToString();
        if (!SigV4.TryReadAmzDate(text, out var date) || authorization.Scope.Date != text[..8])
        {
            throw new S3Refusal(S3Code.AuthorizationQueryParametersError, "X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\", of the day in the credential scope.");
        }

        if (!long.TryParse(query["X-Amz-Expires"].ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) || seconds is 0 or > LongestLife)
        {
            throw new S3Refusal(S3Code.AuthorizationQueryParametersError, "X-Amz-Expires must be a number of seconds from 1 to 604800, a week.");
        }

        var age = time.GetUtcNow() - date;
        if (age > TimeSpan.FromSeconds(seconds)) throw new S3Refusal(S3Code.AccessDenied, "Request has expired");
        return age >= -LargestSkew ? text : throw new S3Refusal(S3Code.AccessDenied, "Request is not valid yet");
    }

    private static string FromQuery(IQueryCollection query) =>
        $"{query["X-Amz-Algorithm"]} Credential={query["X-Amz-Credential"]}, SignedHeaders={query["X-Amz-SignedHeaders"]}, Signature={query[SignatureParameter]}";

    private static SigV4Authorization? Parse(string text) => SigV4Authorization.TryParse(text, out var authorization) && IsRegion(authorization.Scope.Region) ? authorization : null;

    private static bool IsRegion(string text) => text.Length <= 32 && text.All(c => char.IsAsciiLetterOrDigit(c) || c == '-');

    private static string QueryOf(HttpRequest request, bool presigned) => presigned
        ? '?' + string.Join('&', RawTarget.QueryOf(request)[1..].Split('&').Where(pair => !pair.StartsWith(SignatureParameter + "=", StringComparison.Ordinal)))
        : RawTarget.QueryOf(request);

    private static string Known(string payload) =>
        payload is S3Caller.Unsigned or S3Caller.SignedChunks or S3Caller.SignedChunksAndTrailer or S3Caller.UnsignedChunksAndTrailer
        || (payload.Length == 64 && payload.All(char.IsAsciiHexDigitLower))
            ? payload
            : throw new S3Refusal(S3Code.InvalidArgument, "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD, with or without -TRAILER, STREAMING-UNSIGNED-PAYLOAD-TRAILER, or a valid sha256 value.");

    private static S3Refusal DoesNotMatch(string? why = null) => new(
        S3Code.SignatureDoesNotMatch,
        why ?? "The request signature we calculated does not match the signature you provided. Check your key and signing method.");
}
