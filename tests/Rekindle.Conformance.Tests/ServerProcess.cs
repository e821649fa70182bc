using System.Diagnostics;
using System.Text;

namespace Rekindle.Conformance.Tests;

/// <summary>The server as a user runs it: a process of its own, with a data folder that outlives it.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly StringBuilder _errors = new();
    private bool _isDisposed;

    private ServerProcess(Process process)
    {
        _process = process;
        process.ErrorDataReceived += (_, line) =>
        {
            lock (_errors)
            {
                _errors.AppendLine(line.Data);
            }
        };
        process.BeginErrorReadLine();
    }

    public static string Root { get; } = FindRoot();

    public string Url { get; private set; } = "";

    /// <summary>A client for this machine, whatever proxy its surroundings name.</summary>
    public static HttpClient Http() => new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(30) };

    public bool HasExited => _isDisposed || _process.HasExited;

    /// <summary>The memory it has just now (resident).</summary>
    public long MemoryBytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    /// <summary>What it has written on standard error so far: its log.</summary>
    public string Errors
    {
        get
        {
            lock (_errors)
            {
                return _errors.ToString();
            }
        }
    }

    /// <summary>Starts a server on the data folder.</summary>
    /// <param name="dataFolder">Where it keeps everything.</param>
    /// <param name="config">A file with settings.</param>
    /// <param name="path">Folders to find programs in before the usual ones.</param>
    /// <param name="environment">Variables beside its usual ones.</param>
    /// <param name="currentFolder">Where it is started; the repository if not given.</param>
    public static async Task<ServerProcess> StartAsync(
        string dataFolder,
        string? config = null,
        string? path = null,
        IReadOnlyDictionary<string, string>? environment = null,
        string? currentFolder = null)
    {
        string[] arguments = [Program(), "serve", "--urls", "http://127.0.0.1:0", "--data", dataFolder, .. config is null ? [] : (string[])["--config", config]];
        var start = new ProcessStartInfo("dotnet", arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = currentFolder ?? Root,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        start.Environment["PATH"] = path is null ? start.Environment["PATH"] : $"{path}:{start.Environment["PATH"]}";
        var process = Process.Start(start)!;
        var server = new ServerProcess(process);
        const string Ready = "Rekindle is listening on ";
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            var line = await process.StandardOutput.ReadLineAsync(patience.Token);
            Assert.True(line?.StartsWith(Ready, StringComparison.Ordinal) is true, $"The server said '{line}'\n{server.Errors}");
            server.Url = line![Ready.Length..].TrimEnd('/');
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>The command line as it is shipped, for <c>dotnet</c> to run.</summary>
    public static string Program()
    {
        var program = Path.Combine(Root, "artifacts", "bin", "Rekindle.Cli", "release", "rekindle.dll");
        Assert.True(File.Exists(program), "Run ./rekindle --version once: it builds the program these tests run.");
        return program;
    }

    /// <summary>Its log must tell of no fault of its own, and it must still run.</summary>
    public void AssertSound()
    {
        Assert.False(HasExited, "The server has ended:\n" + Errors);
        foreach (var word in new[] { " fail: ", " crit: ", "Unhandled exception" })
        {
            Assert.DoesNotContain(word, Errors, StringComparison.Ordinal);
        }
    }

    /// <summary>kill -9, and gone when this returns.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
    }

    /// <summary>Harmless when repeated: a test that fails between the death of its server and the next one's start has its own error to tell.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isDisposed) return;
        _isDisposed = true;
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
