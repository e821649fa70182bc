using System.Net;
using System.Net.Sockets;

namespace Rekindle.Conformance.Tests;

/// <summary>Only the options say where the server listens: what lies around it must not open a door past their checks.</summary>
public sealed class SurroundingsTests
{
    [Fact(Timeout = 120_000)]
    public async Task An_address_named_by_the_environment_is_not_opened()
    {
        using var workspace = new Workspace();
        var port = FreePort();
        await using var server = await ServerProcess.StartAsync(
            workspace.Data, environment: new Dictionary<string, string> { ["Kestrel__Endpoints__Extra__Url"] = $"http://0.0.0.0:{port}" });

        Assert.False(await IsOpenAsync(port));
        Assert.True(await IsOpenAsync(new Uri(server.Url).Port));
    }

    [Fact(Timeout = 120_000)]
    public async Task An_address_named_by_a_file_of_the_current_folder_is_not_opened()
    {
        using var workspace = new Workspace();
        var port = FreePort();
        var folder = Directory.CreateDirectory(Path.Combine(workspace.Path, "current")).FullName;
        await File.WriteAllTextAsync(
            Path.Combine(folder, "appsettings.json"),
            $$"""{ "Kestrel": { "Endpoints": { "Extra": { "Url": "http://0.0.0.0:{{port}}" } } } }""",
            TestContext.Current.CancellationToken);
        await using var server = await ServerProcess.StartAsync(workspace.Data, currentFolder: folder);

        Assert.False(await IsOpenAsync(port));
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task<bool> IsOpenAsync(int port)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(IPAddress.Loopback, port, TestContext.Current.CancellationToken);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
