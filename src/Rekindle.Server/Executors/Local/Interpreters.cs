using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.Executors.Local;

/// <summary>
/// Which of this machine's interpreters runs the script of a framework: the first on the PATH, unless it lacks the framework and Debian's
/// has it. A user's own Python often stands before the one that the framework's package was installed for.
/// </summary>
internal sealed class Interpreters
{
    private const string OnPath = "python3";
    private const string Debians = "/usr/bin/python3";
    private const string Probe = "import importlib.util, sys; sys.exit(importlib.util.find_spec(sys.argv[1]) is None)";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static readonly (string PartOfImage, string Module)[] Modules =
    [
        ("xgboost", "xgboost"), ("scikit-learn", "sklearn"), ("huggingface", "transformers"), ("pytorch", "torch"), ("tensorflow", "tensorflow"),
        ("mxnet", "mxnet"), ("autogluon", "autogluon"), ("chainer", "chainer"),
    ];

    // Only what was found: a framework may be installed while the server runs.
    private readonly ConcurrentDictionary<string, string> _found = new(StringComparer.Ordinal);

    /// <summary>The interpreter, by name or absolute path.</summary>
    /// <param name="image">The training image.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<string> FindAsync(string image, CancellationToken cancellationToken)
    {
        var repository = ImageName.RepositoryOf(image);
        var module = Modules.FirstOrDefault(entry => repository.Contains(entry.PartOfImage, StringComparison.Ordinal)).Module;
        if (module is null || !Executables.IsExecutable(Debians) || IsDebians(Executables.Find(OnPath))) return OnPath;
        if (_found.TryGetValue(module, out var known)) return known;
        foreach (var python in (string[])[OnPath, Debians])
        {
            if (await HasAsync(python, module, cancellationToken)) return _found[module] = python;
        }

        return OnPath;
    }

    private static bool IsDebians(string? path) => path is not null && FileSystem.RealPath(path) == FileSystem.RealPath(Debians);

    /// <summary>Whether an interpreter finds a module.</summary>
    internal static async Task<bool> HasAsync(string python, string module, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        var start = new ProcessStartInfo(python, ["-c", Probe, module])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = "/",
        };
        // As a training program is given it, so that it finds what that will find; the server's may hold access keys.
        start.Environment.Clear();
        foreach (var (name, value) in TrainingEnvironment.OfMachine())
        {
            start.Environment[name] = value;
        }

        try
        {
            using var process = Process.Start(start)!;
            try
            {
                process.StandardInput.Close();
                await Task.WhenAll(
                    process.StandardOutput.ReadToEndAsync(patience.Token), process.StandardError.ReadToEndAsync(patience.Token), process.WaitForExitAsync(patience.Token));
                return process.ExitCode == 0;
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return false;
            }
            finally
            {
                process.Kill(entireProcessTree: true);
            }
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
