using System.Net;
using System.Net.Sockets;

namespace Rekindle.Server.ForeignStorage;

/// <summary>
/// Connects to one endpoint and to nothing else. A name is judged by the addresses that are then really connected to, so that it can't be
/// one thing when it is looked at and another when it is used; and no answer leads anywhere else.
/// </summary>
internal sealed class GuardedConnection : DelegatingHandler
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(5);

    private static readonly IPNetwork[] Forbidden =
    [
        IPNetwork.Parse("169.254.0.0/16"), IPNetwork.Parse("fe80::/10"),
        // AWS's and Alibaba's and Oracle's own for their metadata.
        IPNetwork.Parse("fd00:ec2::254/128"), IPNetwork.Parse("100.100.100.200/32"), IPNetwork.Parse("192.0.0.192/32"),
    ];

    // Addresses of the old protocol, in the clothes of the new.
    private static readonly IPNetwork[] Translated = [IPNetwork.Parse("64:ff9b::/96"), IPNetwork.Parse("::/96")];

    private readonly Uri _endpoint;

    public GuardedConnection(Uri endpoint, bool allowPrivate)
        : base(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            // A proxy would connect in our place, to whatever it likes.
            UseProxy = false,
            ConnectTimeout = ConnectTimeout,
            PooledConnectionLifetime = ConnectionLifetime,
            ConnectCallback = (context, cancellationToken) => ConnectAsync(context.DnsEndPoint, allowPrivate, cancellationToken),
        }) => _endpoint = endpoint;

    /// <summary>Whether an address is one where no storage is.</summary>
    public static bool IsForbidden(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        if (address.AddressFamily == AddressFamily.InterNetworkV6 && Translated.Any(network => network.Contains(address)))
        {
            var inner = new IPAddress(address.GetAddressBytes()[12..]);
            if (Forbidden.Any(network => network.Contains(inner))) return true;
        }

        return Forbidden.Any(network => network.Contains(address));
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.RequestUri is not { } uri || uri.Scheme != _endpoint.Scheme || uri.Authority != _endpoint.Authority)
        {
            throw new ForbiddenAddressException("a request that leads to another address was refused");
        }

        var response = await base.SendAsync(request, cancellationToken);
        // The client would follow it by itself.
        response.Headers.Location = null;
        if (request.Method == HttpMethod.Get && response.Headers.TryGetValues("ETag", out var tags) && tags.FirstOrDefault() is { } tag && !IsHash(tag.Trim('"')))
        {
            // The client takes every tag without a hyphen for an MD5, and S3 says of tags only that they differ.
            response.Headers.Remove("ETag");
        }

        return response;
    }

    private static bool IsHash(string tag) => tag.Contains('-', StringComparison.Ordinal) || (tag.Length == 32 && tag.All(char.IsAsciiHexDigit));

    private static async ValueTask<Stream> ConnectAsync(DnsEndPoint target, bool allowPrivate, CancellationToken cancellationToken)
    {
        var addresses = await Dns.GetHostAddressesAsync(target.Host, cancellationToken);
        var allowed = allowPrivate ? addresses : [.. addresses.Where(address => !IsForbidden(address))];
        if (allowed.Length == 0 && addresses.Length > 0)
        {
            throw new ForbiddenAddressException(
                $"{target.Host} is {addresses[0]}, an address where machines find credentials and no storage; the bucket's setting AllowPrivate lets it be used");
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, target.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
