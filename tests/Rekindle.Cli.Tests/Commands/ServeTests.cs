using System.Net;
using System.Net.Sockets;

namespace Rekindle.Cli.Tests.Commands;

/// <summary>What <c>serve</c> does not start with.</summary>
public sealed class ServeTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("rekindle-cli-serve-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_database_that_is_not_offered_is_refused() =>
        Assert.StartsWith("error: DatabaseUnsupported: --database", await RefusedAsync("--database", "Host=x"), StringComparison.Ordinal);

    [Fact]
    public async Task A_file_of_settings_that_is_not_there_is_named_in_plain_words() =>
        Assert.Equal("error: Configuration: /nowhere/x.json: there is no such file.", await RefusedAsync("--config", "/nowhere/x.json"));

    [Fact]
    public async Task A_file_of_settings_that_is_no_JSON_is_named()
    {
        var file = Path.Combine(_folder, "settings.json");
        await File.WriteAllTextAsync(file, "{", TestContext.Current.CancellationToken);
        Assert.StartsWith($"error: Configuration: {file}: ", await RefusedAsync("--config", file), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nonsense", "is no address to listen on")]
    [InlineData("http://0.0.0.0:0", "without access keys")]
    public async Task An_address_that_is_none_or_open_to_all_is_refused(string url, string reason)
    {
        var errors = await RefusedAsync("--urls", url);
        Assert.StartsWith("error: ServerRefused: ", errors, StringComparison.Ordinal);
        Assert.Contains(reason, errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_in_the_place_of_the_data_folder_is_not_taken_for_another_server()
    {
        var file = Path.Combine(_folder, "file");
        await File.WriteAllTextAsync(file, "", TestContext.Current.CancellationToken);
        var errors = await RefusedAsync("--data", file);
        Assert.StartsWith($"error: DataFolder: The data folder {file} can't be used: ", errors, StringComparison.Ordinal);
        Assert.DoesNotContain("another server", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_data_folder_that_another_server_holds_is_told_as_that()
    {
        var data = Directory.CreateDirectory(Path.Combine(_folder, "held")).FullName;
        await using var held = new FileStream(Path.Combine(data, "server.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        Assert.Contains("Is another server running with it?", await RefusedAsync("--data", data), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_named()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var url = $"http://127.0.0.1:{((IPEndPoint)taken.LocalEndpoint).Port}";
        Assert.StartsWith($"error: AddressUnavailable: {url} can't be listened on: ", await RefusedAsync("--urls", url), StringComparison.Ordinal);
    }

    private async Task<string> RefusedAsync(params string[] arguments)
    {
        using var server = new ScriptedServer();
        string[] free = arguments.Contains("--urls") ? [] : ["--urls", "http://127.0.0.1:0"];
        string[] own = arguments.Contains("--data") ? [] : ["--data", Path.Combine(_folder, "data")];
        var (code, _, errors) = await server.RunAsync(["serve", .. arguments, .. free, .. own]);
        Assert.Equal(1, code);
        return errors.TrimEnd();
    }
}
