using System.Net.Sockets;

namespace Rekindle.Server.Tests.Executors.Docker;

/// <summary>Stands between an executor and its container engine, and can be cut: as when the engine is stopped and comes back.</summary>
internal sealed class EngineProxy : IAsyncDisposable
{
    private readonly string _engine;
    private readonly string _path;
    private readonly List<Socket> _open = [];
    private readonly Lock _gate = new();
    private Socket? _listener;
    private Task _accepting = Task.CompletedTask;

    public EngineProxy(string engine, string folder)
    {
        _engine = new Uri(engine).LocalPath;
        _path = Path.Combine(folder, "engine.sock");
        Open();
    }

    public string Endpoint => $"unix://{_path}";

    public void Open()
    {
        _listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        _listener.Bind(new UnixDomainSocketEndPoint(_path));
        _listener.Listen(64);
        _accepting = AcceptAsync(_listener);
    }

    /// <summary>Ends every connection and lets none in.</summary>
    public async Task CutAsync()
    {
        _listener?.Dispose();
        _listener = null;
        File.Delete(_path);
        await _accepting;
        lock (_gate)
        {
            _open.ForEach(socket => socket.Dispose());
            _open.Clear();
        }
    }

    public async ValueTask DisposeAsync() => await CutAsync();

    private async Task AcceptAsync(Socket listener)
    {
        while (true)
        {
            Socket client;
            try
            {
                client = await listener.AcceptAsync();
            }
            catch (Exception closed) when (closed is SocketException or ObjectDisposedException)
            {
                return;
            }

            var engine = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await engine.ConnectAsync(new UnixDomainSocketEndPoint(_engine));
            lock (_gate)
            {
                _open.AddRange([client, engine]);
            }

            _ = PumpAsync(client, engine);
            _ = PumpAsync(engine, client);
        }
    }

    private static async Task PumpAsync(Socket from, Socket to)
    {
        var buffer = new byte[64 << 10];
        try
        {
            while (await from.ReceiveAsync(buffer) is > 0 and var count)
            {
                await to.SendAsync(buffer.AsMemory(0, count));
            }

            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception closed) when (closed is SocketException or ObjectDisposedException)
        {
            // The other side is told by the socket itself.
        }
    }
}
