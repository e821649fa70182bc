using Microsoft.AspNetCore.Http;
using Rekindle.Server.Operations;

namespace Rekindle.Server.Protocol;

/// <summary>Finds out who calls and for which region.</summary>
internal sealed class RequestIdentity(ServerOptions options)
{
    /// <exception cref="Api.ApiException">Keys are configured and the request is not signed with one of them.</exception>
    public RequestContext Identify(HttpRequest request, ReadOnlyMemory<byte> body)
    {
        _ = body;
        return new RequestContext(RegionOf(request.Headers.Authorization.ToString()) ?? options.Region, options.Account);
    }

    /// <summary>The region in <c>Credential=KEY/DATE/REGION/SERVICE/aws4_request</c>; null when there is none that could be one.</summary>
    internal static string? RegionOf(string authorization)
    {
        const string Marker = "Credential=";
        var start = authorization.IndexOf(Marker, StringComparison.Ordinal);
        if (start < 0)
        {
            return null;
        }

        var scope = authorization[(start + Marker.Length)..].Split(',', 2)[0].Split('/');
        return scope is [.., _, var region, _, _] && region.Length is > 0 and <= 32 && region.All(c => char.IsAsciiLetterOrDigit(c) || c == '-')
            ? region
            : null;
    }
}
