using System.Net.Sockets;

namespace Rekindle.Conformance.Tests;

/// <summary>A container engine's own API, to prepare and to look at what the server does with it.</summary>
internal static class EngineApi
{
    /// <summary>A client whose requests to <c>http://engine/</c> go to the engine's socket.</summary>
    /// <param name="engine">Such as <c>unix:///var/run/docker.sock</c>.</param>
    public static HttpClient Client(string engine) => new(new SocketsHttpHandler
    {
        ConnectCallback = async (_, token) =>
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(new Uri(engine).LocalPath), token);
            return new NetworkStream(socket, ownsSocket: true);
        },
    })
    {
        BaseAddress = new Uri("http://engine/"),
    };
}
