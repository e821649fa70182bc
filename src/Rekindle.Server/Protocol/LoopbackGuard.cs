using System.Net;
using Microsoft.AspNetCore.Http;

namespace Rekindle.Server.Protocol;

/// <summary>
/// Keeps web pages out of a server without keys. A page in the user's browser can reach loopback; it shows by its Origin, or, when it
/// has made its own name resolve to loopback (DNS rebinding), by its Host.
/// </summary>
internal static class LoopbackGuard
{
    /// <summary>Why the request is refused, on any method; null when it may pass.</summary>
    public static string? Refuse(HttpRequest request)
    {
        if (!IsLoopback(request.Host.Host))
        {
            return $"The Host '{request.Host.Host}' is not this machine. Configure access keys to serve other names.";
        }

        // Browsers say of every request whether a page of another site made it; a link that a user follows is not the page's.
        var site = request.Headers["Sec-Fetch-Site"].ToString();
        var isFollowed = HttpMethods.IsGet(request.Method) && request.Headers["Sec-Fetch-Mode"] == "navigate" && request.Headers["Sec-Fetch-Dest"] == "document";
        if (site is "cross-site" or "same-site" && !isFollowed)
        {
            return $"A page of another site made this request (Sec-Fetch-Site: {site}).";
        }

        var origin = request.Headers.Origin.ToString();
        if (origin.Length > 0 && !(Uri.TryCreate(origin, UriKind.Absolute, out var from) && IsLoopback(from.Host) && from.Port == (request.Host.Port ?? 80)))
        {
            return $"The Origin '{origin}' is not this server.";
        }

        return null;
    }

    public static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
