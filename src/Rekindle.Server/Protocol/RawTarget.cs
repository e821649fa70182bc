using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Rekindle.Server.Protocol;

/// <summary>The path and query as they were sent: decoding and encoding them again could change what was signed.</summary>
internal static class RawTarget
{
    public static string PathOf(HttpRequest request)
    {
        var target = request.HttpContext.Features.Get<IHttpRequestFeature>()?.RawTarget ?? request.Path.Value ?? "/";
        var query = target.IndexOf('?', StringComparison.Ordinal);
        var path = query < 0 ? target : target[..query];
        // A client that takes us for a proxy sends the whole address.
        if (path.StartsWith('/') || path.IndexOf("://", StringComparison.Ordinal) is not (> 0 and var scheme)) return path;
        var start = path.IndexOf('/', scheme + 3);
        return start < 0 ? "/" : path[start..];
    }

    public static string QueryOf(HttpRequest request) => request.QueryString.Value ?? "";
}
