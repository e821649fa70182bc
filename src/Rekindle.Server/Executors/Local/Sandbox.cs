using System.Diagnostics;
using System.Text;
using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.Executors.Local;

/// <summary>
/// What bubblewrap is asked for: the machine's files read-only, private /tmp and /run, the real path /opt/ml, the server's data, its keys
/// and the secrets of its home hidden, and a process namespace that dies as a whole with the program. The network is the machine's own
/// unless the training job is isolated: a program can call what listens on loopback, this server included.
/// </summary>
internal sealed class Sandbox
{
    public const string Program = "bwrap";

    /// <summary>Arguments that name the open file with all others.</summary>
    public static readonly IReadOnlyList<string> FromFile = ["--args", "9"];

    // What a container engine leaves to root by default; everything else, mounting above all, is dropped. An ordinary user has none to begin with.
    private static readonly string[] RootCapabilities =
    [
        "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER", "CAP_FSETID", "CAP_KILL", "CAP_SETGID", "CAP_SETUID", "CAP_SETPCAP",
        "CAP_NET_BIND_SERVICE", "CAP_SYS_CHROOT", "CAP_MKNOD", "CAP_AUDIT_WRITE", "CAP_SETFCAP",
    ];

    private readonly string _data;
    private readonly string? _home;
    private readonly IReadOnlyList<string> _secrets;

    /// <summary>Hidden behind an empty folder, their own or that of a folder above; what a command needs from there is shown again.</summary>
    private readonly List<string> _masked;

    public Sandbox(LocalExecutorOptions options)
    {
        _data = FileSystem.RealPath(options.DataFolder) ?? options.DataFolder;
        _secrets = options.Secrets;
        _masked = ["/tmp", "/run", _data];
        if (options.HomeFolder is not { } given || FileSystem.RealPath(given) is not { Length: > 1 } home) return;
        // A home in a place that is hidden anyway is not shown for being a home, but a program in it must not bring the whole of it along.
        if (!_masked.Any(mask => IsBelow(mask, home))) _home = home;
        _masked.Add(home);
    }

    /// <summary>Whether a folder is one that programs find empty.</summary>
    public bool IsHidden(string folder) => _masked.Contains(folder);

    /// <summary>Whether a path lies among the server's own data or in its home.</summary>
    public bool IsPrivate(string path) => FileSystem.RealPath(path) is { } real && (IsBelow(_data, real) || (_home is not null && IsBelow(_home, real)));

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
        foreach (var layer in Layers(plan.Visible))
        {
            arguments.AddRange(layer);
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
            if (argument.Contains('\0', StringComparison.Ordinal)) throw new ExecutionRefusedException("A path or an argument of the program holds a zero character.");
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

    // Data and home are hidden, and what a command needs from a hidden folder is shown; a shorter path comes first, so that the more
    // particular one of two that contain each other wins.
    private IEnumerable<string[]> Layers(IEnumerable<string> visible)
    {
        List<string> hidden = [_data, .. _home is null ? [] : (string[])[_home]];
        var shown = new List<string>();
        foreach (var path in visible.Concat(_home is null ? [] : HomeView.Visible(_home)).OrderBy(path => path.Length))
        {
            if (!_masked.Any(mask => IsBelow(mask, path)) || _masked.Contains(path)) continue;
            // What lies in a folder that is shown is there already, unless a hidden one comes between; a link could not be made twice.
            if (!shown.Any(folder => IsBelow(folder, path) && !_masked.Any(mask => IsBelow(folder, mask) && IsBelow(mask, path)))) shown.Add(path);
        }

        return hidden.Select(path => (Path: path, Arguments: (string[])["--tmpfs", path]))
            .Concat(shown.Select(path => (Path: path, Arguments: Shown(path))))
            .OrderBy(layer => layer.Path.Length)
            .Select(layer => layer.Arguments)
            .Concat(_secrets.Select(FileSystem.RealPath).OfType<string>().Select(path => (string[])["--ro-bind", "/dev/null", path]));
    }

    private static string[] Shown(string path) => FileSystem.KindOf(path) == FileKind.Link
        ? ["--symlink", new FileInfo(path).LinkTarget!, path]
        : ["--ro-bind", path, path];

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
