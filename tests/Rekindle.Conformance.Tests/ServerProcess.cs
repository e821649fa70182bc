using System.Diagnostics;

namespace Rekindle.Conformance.Tests;

/// <summary>The server as a user runs it: a process of its own, with a data folder that outlives it.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private readonly Process _process;

    private ServerProcess(Process process, string url)
    {
        _process = process;
        Url = url;
    }

    public static string Root { get; } = FindRoot();

    public string Url { get; }

    public static async Task<ServerProcess> StartAsync(string dataFolder, string? config = null)
    {
        var program = Path.Combine(Root, "artifacts", "bin", "Rekindle.Cli", "release", "rekindle.dll");
        Assert.True(File.Exists(program), "Run ./rekindle --version once: it builds the program these tests run.");
        string[] arguments = [program, "serve", "--urls", "http://127.0.0.1:0", "--data", dataFolder, .. config is null ? [] : (string[])["--config", config]];
        var process = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true, WorkingDirectory = Root })!;
        const string Ready = "Rekindle is listening on ";
        var line = await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
        Assert.StartsWith(Ready, line, StringComparison.Ordinal);
        return new ServerProcess(process, line![Ready.Length..].TrimEnd('/'));
    }

    /// <summary>kill -9, and gone when this returns.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process.Dispose();
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Rekindle.slnx")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("The tests don't run below the repository's root.");
        }

        return folder.FullName;
    }
}
