using System.Diagnostics;
using System.Globalization;

namespace Rekindle.Bench;

/// <summary>A server in a process of its own, as a user runs it.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private readonly Process _process;

    private ServerProcess(Process process, Uri url)
    {
        _process = process;
        Url = url;
    }

    public Uri Url { get; }

    public static async Task<ServerProcess> StartAsync(
        string root, string dataFolder, int slots, CancellationToken cancellationToken, params (string Name, string Value)[] settings)
    {
        var program = Path.Combine(root, "artifacts", "bin", "Rekindle.Cli", "release", "rekindle.dll");
        var start = new ProcessStartInfo("dotnet", [program, "serve", "--urls", "http://127.0.0.1:0", "--data", dataFolder])
        {
            RedirectStandardOutput = true,
        };
        start.Environment["REKINDLE_Slots"] = slots.ToString(CultureInfo.InvariantCulture);
        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value;
        }

        var process = Process.Start(start) ?? throw new BenchmarkException("The server did not start.");
        const string Ready = "Rekindle is listening on ";
        var line = await process.StandardOutput.ReadLineAsync(cancellationToken);
        return line?.StartsWith(Ready, StringComparison.Ordinal) == true
            ? new ServerProcess(process, new Uri(line[Ready.Length..]))
            : throw new BenchmarkException($"The server said '{line}' instead of where it listens.");
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
