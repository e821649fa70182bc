using Rekindle.Server.TrainingJobs;
using System.Diagnostics;
using System.Text;

namespace Rekindle.Server.Executors.Local;

/// <summary>
/// What bubblewrap is asked for: the machine's files read-only, private /tmp and /run, the real path /opt/ml, the server's data hidden,
/// and a process namespace that dies as a whole with the program.
/// </summary>
internal sealed class Sandbox(string dataFolder)
{
    public const string Program = "bwrap";

    // What a container engine leaves to root by default; everything else, mounting above all, is dropped. An ordinary user has none to begin with.
    private static readonly string[] RootCapabilities =
    [
        "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER", "CAP_FSETID", "CAP_KILL", "CAP_SETGID", "CAP_SETUID", "CAP_SETPCAP",
        "CAP_NET_BIND_SERVICE", "CAP_SYS_CHROOT", "CAP_MKNOD", "CAP_AUDIT_WRITE", "CAP_SETFCAP",
    ];

    /// <summary>Hidden behind an empty folder; what a command needs from there is shown again.</summary>
    private readonly string[] _masked = ["/tmp", "/run", FileSystem.RealPath(dataFolder) ?? dataFolder];

    /// <summary>Whether bubblewrap works on this machine: installed, and allowed to make namespaces.</summary>
    public static async Task<string?> FindProblemAsync(CancellationToken cancellationToken)
    {
        if (Executables.Find(Program) is not { } program) return "bwrap was not found; install bubblewrap";
        var probe = Path.Combine(Path.GetTempPath(), $"rekindle-probe-{Guid.NewGuid():N}");
        Directory.CreateDirectory(probe);
        try
        {
            var start = new ProcessStartInfo(program)
            {
                UseShellExecute = false,
                RedirectStandardError = true,
                RedirectStandardOutput = true,
                RedirectStandardInput = true,
            };
            foreach (var argument in (string[])[.. Base(), "--bind", probe, "/opt/ml", "--", "true"])
            {
                start.ArgumentList.Add(argument);
            }

            using var process = Process.Start(start)!;
            var errors = process.StandardError.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return process.ExitCode == 0 ? null : $"bwrap does not work here: {(await errors).Trim()}";
        }
        finally
        {
            Directory.Delete(probe, recursive: true);
        }
    }

    /// <summary>Everything between <c>bwrap</c> and the command.</summary>
    /// <param name="plan">What the program is to see.</param>
    /// <param name="environment">The program's whole environment.</param>
    public IReadOnlyList<string> Arguments(SandboxPlan plan, IReadOnlyDictionary<string, string> environment)
    {
        List<string> arguments = [.. Base()];
        foreach (var (path, source) in Layers(plan.Visible))
        {
            arguments.AddRange(source is null ? ["--tmpfs", path] : ["--ro-bind", source, path]);
        }

        arguments.AddRange(["--bind", plan.OptMl, "/opt/ml"]);
        foreach (var (source, target) in plan.ReadOnly)
        {
            arguments.AddRange(["--ro-bind", source, target]);
        }

        foreach (var (source, target) in plan.ReadWrite)
        {
            arguments.AddRange(["--bind", source, target]);
        }

        if (plan.NoNetwork) arguments.Add("--unshare-net");
        foreach (var (name, value) in environment)
        {
            arguments.AddRange(["--setenv", name, value]);
        }

        arguments.AddRange(["--chdir", "/opt/ml/code"]);
        return arguments;
    }

    /// <summary>Arguments as bubblewrap reads them from a file: environment values stay out of the process list.</summary>
    public static byte[] Encode(IReadOnlyList<string> arguments)
    {
        var text = new StringBuilder();
        foreach (var argument in arguments)
        {
            if (argument.Contains('\0', StringComparison.Ordinal)) throw new ArgumentException("An argument holds a zero character.", nameof(arguments));
            text.Append(argument).Append('\0');
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static List<string> Base()
    {
        List<string> arguments =
        [
            "--unshare-pid", "--die-with-parent", "--new-session",
            "--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev",
            "--tmpfs", "/tmp", "--tmpfs", "/run", "--ro-bind-try", "/run/systemd/resolve", "/run/systemd/resolve",
            "--tmpfs", "/opt",
        ];
        // /opt/ml can be made only in an /opt of our own; what else is there shows through.
        string[] entries = Directory.Exists("/opt") ? Directory.GetFileSystemEntries("/opt") : [];
        foreach (var entry in entries)
        {
            if (Path.GetFileName(entry) == "ml") continue;
            arguments.AddRange(File.ResolveLinkTarget(entry, returnFinalTarget: false) is { } link
                ? ["--symlink", link.FullName, entry]
                : ["--ro-bind", entry, entry]);
        }

        if (Native.EffectiveUserId() == 0)
        {
            arguments.AddRange(["--cap-drop", "ALL"]);
            foreach (var capability in RootCapabilities)
            {
                arguments.AddRange(["--cap-add", capability]);
            }
        }

        return arguments;
    }

    // The data folder is hidden, and what a command needs from a hidden folder is shown; a shorter path comes first, so that the more
    // particular one of two that contain each other wins.
    private IEnumerable<(string Path, string? Source)> Layers(IEnumerable<string> visible)
    {
        var shown = visible.Where(path => _masked.Any(mask => IsBelow(mask, path)) && !_masked.Contains(path)).Distinct(StringComparer.Ordinal);
        return shown.Select(path => (path, (string?)path))
            .Append((_masked[^1], null))
            .OrderBy(layer => layer.Item1.Length);
    }

    private static bool IsBelow(string folder, string path) => path == folder || path.StartsWith(folder + '/', StringComparison.Ordinal);
}

/// <summary>What one program is to see.</summary>
internal sealed record SandboxPlan
{
    /// <summary>The folder that becomes /opt/ml.</summary>
    public required string OptMl { get; init; }

    /// <summary>Files and folders that the command needs; those in hidden places are shown read-only at their own paths.</summary>
    public IReadOnlyList<string> Visible { get; init; } = [];

    public IReadOnlyList<(string Source, string Target)> ReadOnly { get; init; } = [];

    public IReadOnlyList<(string Source, string Target)> ReadWrite { get; init; } = [];

    public bool NoNetwork { get; init; }
}
