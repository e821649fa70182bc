using System.Globalization;
using Microsoft.AspNetCore.Http;
using Rekindle.Api;
using Rekindle.Api.Client;
using Rekindle.Server.Operations;

namespace Rekindle.Server.Protocol;

/// <summary>
/// Finds out who calls and for which region. With keys configured, the signature (Signature Version 4) must be right in full: a known key,
/// this service, a fresh date, the host and the target signed, and the body that was signed.
/// </summary>
internal sealed class RequestIdentity(ServerOptions options, TimeProvider time)
{
    private static readonly TimeSpan LargestSkew = TimeSpan.FromMinutes(15);

    /// <param name="request">The request.</param>
    /// <param name="body">All of its body.</param>
    /// <param name="services">Signing names of the services that are asked here.</param>
    /// <exception cref="ApiException">Keys are configured and the request is not signed with one of them.</exception>
    public RequestContext Identify(HttpRequest request, ReadOnlyMemory<byte> body, IReadOnlyList<string> services)
    {
        var header = request.Headers.Authorization.ToString();
        _ = SigV4Authorization.TryParse(header, out var authorization);
        var key = options.AccessKeys.Count > 0 ? Verify(request, body, header, authorization, services) : null;
        return new RequestContext(
            authorization is { Scope.Region: var region } && IsRegion(region) ? region : options.Region, options.Account, key);
    }

    private AccessKey Verify(HttpRequest request, ReadOnlyMemory<byte> body, string header, SigV4Authorization? authorization, IReadOnlyList<string> services)
    {
        if (header.Length == 0)
        {
            throw new ApiException(ErrorCode.MissingAuthenticationTokenException, "The request is not signed, and this server requires a signature.");
        }

        if (RepeatedHeaders.First(request.Headers) is { } repeated)
        {
            throw new ApiException(ErrorCode.IncompleteSignatureException, $"The header {repeated} is given more than once.");
        }

        if (authorization is null)
        {
            throw new ApiException(
                ErrorCode.IncompleteSignatureException,
                "The Authorization header is not a Signature Version 4 with Credential, SignedHeaders and Signature.");
        }

        if (!options.AccessKeys.TryGetValue(authorization.AccessKeyId, out var key))
        {
            throw new ApiException(ErrorCode.UnrecognizedClientException, "The security token included in the request is invalid.");
        }

        var date = CheckDate(request, authorization);
        CheckSignedHeaders(request, authorization, services);
        var headers = request.Headers.SelectMany(h => h.Value.Select(value => KeyValuePair.Create(h.Key, value ?? "")));
        var canonical = SigV4.CanonicalRequest(
            request.Method, RawTarget.PathOf(request), request.QueryString.Value ?? "", headers, authorization.SignedHeaders, SigV4.HashOf(body.Span));
        var expected = SigV4.Signature(
            SigV4.SigningKey(key.Secret, authorization.Scope), SigV4.StringToSign(date, authorization.Scope, canonical));
        return SigV4.SameSignature(expected, authorization.Signature)
            ? key
            : throw Invalid(
                "The request signature we calculated does not match the signature you provided. Check your secret access key and signing method.");
    }

    private string CheckDate(HttpRequest request, SigV4Authorization authorization)
    {
        var text = request.Headers["X-Amz-Date"].ToString();
        if (!SigV4.TryReadAmzDate(text, out var date) || authorization.Scope.Date != text[..8])
        {
            throw new ApiException(
                ErrorCode.IncompleteSignatureException, "The X-Amz-Date header is missing, malformed, or of another day than the credential scope.");
        }

        var skew = time.GetUtcNow() - date;
        if (skew.Duration() > LargestSkew)
        {
            throw new ApiException(
                ErrorCode.RequestExpired,
                string.Create(CultureInfo.InvariantCulture, $"The request was signed {skew.TotalMinutes:0} minutes from this server's time; 15 are allowed."));
        }

        return text;
    }

    private static void CheckSignedHeaders(HttpRequest request, SigV4Authorization authorization, IReadOnlyList<string> services)
    {
        if (!services.Contains(authorization.Scope.Service))
        {
            throw Invalid($"Credential should be scoped to correct service: '{services[0]}', not '{authorization.Scope.Service}'.");
        }

        // What decides over the meaning of the request must be signed, or it could be changed under way.
        foreach (var name in request.Headers.Keys.Where(h => h.StartsWith("X-Amz-", StringComparison.OrdinalIgnoreCase)).Append("Host"))
        {
            if (!authorization.SignedHeaders.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                throw Invalid($"The header {name} must be signed.");
            }
        }
    }

    private static ApiException Invalid(string message) => new(ErrorCode.InvalidSignatureException, message);

    private static bool IsRegion(string text) => text.Length <= 32 && text.All(c => char.IsAsciiLetterOrDigit(c) || c == '-');
}
