using Rekindle.Server.Executors.Feeding;
using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.Executors.Local;

/// <summary>Makes an execution's folder ready and the process to start from it. Repeating it writes the same again.</summary>
internal sealed class Launch(LocalExecutorOptions options, StorageRoots roots, Sandbox? sandbox)
{
    private readonly JobInputs _inputs = new(roots);
    private readonly Interpreters _interpreters = new();

    public bool IsSandboxed => sandbox is not null;

    /// <summary>Names the environment entry by which a program's processes are found where no sandbox holds them together.</summary>
    public static string MarkerOf(string folder) => "REKINDLE_EXECUTION=" + folder;

    /// <exception cref="ExecutionRefusedException">The program, its code or its input is not to be had.</exception>
    public async Task<ShimStart> PrepareAsync(ExecutionSpec spec, string folder, CancellationToken cancellationToken)
    {
        var image = LocalImage.Resolve(options, spec.Definition, spec.HyperParameters);
        var views = _inputs.Resolve(spec, cancellationToken);
        var pipes = _inputs.ResolvePipes(spec, cancellationToken);
        if (RefuseWithout(sandbox is not null, spec.Definition) is { } problem) throw new ExecutionRefusedException(problem);
        var job = new JobFolder(Path.Combine(folder, "opt-ml"));
        Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await job.PrepareAsync(spec, cancellationToken);
        FeedSetup.Write(folder, job, pipes, cancellationToken);
        if (image.Script is { } script) await UnpackAsync(script, spec.CodeUri, job.Code, cancellationToken);

        var optMl = sandbox is null ? job.Root : "/opt/ml";
        var command = image.Script is { } mode
            ? mode.Command($"{optMl}/code", await _interpreters.FindAsync(spec.Definition.Image, cancellationToken), File.Exists(Path.Combine(job.Code, ScriptMode.Requirements)))
            : image.Command;
        var machine = TrainingEnvironment.OfMachine();
        machine["TMPDIR"] = "/tmp";
        var environment = TrainingEnvironment.Of(spec, optMl, machine, image.Script, Environment.ProcessorCount);
        if (sandbox is null)
        {
            foreach (var view in views)
            {
                Link(view, Path.Combine(job.InputData, view.Name));
            }

            if (_inputs.MakeCheckpoints(spec.Definition) is { } kept) LinkCheckpoints(kept.Source, kept.Target, job.Root);
            var marker = MarkerOf(folder).Split('=', 2);
            environment[marker[0]] = marker[1];
            // A session of its own makes the program's processes one group to signal, apart from the shim's.
            List<string> inSession = ["setsid", .. InFolder(job.Code, [.. Unspeakable(environment), .. command])];
            return new ShimStart(Shim.Arguments(folder, options.LogCapBytes, sandboxed: false, inSession), environment, Sandboxed: false);
        }

        var plan = Plan(spec.Definition, job, command, views, cancellationToken);
        await WritePrivateAsync(Path.Combine(folder, "args"), Sandbox.Encode(sandbox.Arguments(plan, environment)), cancellationToken);
        List<string> inSandbox = [Sandbox.Program, .. Sandbox.FromFile, "--", .. command];
        return new ShimStart(
            Shim.Arguments(folder, options.LogCapBytes, sandboxed: true, inSandbox), TrainingEnvironment.OfMachine(), Sandboxed: true);
    }

    private SandboxPlan Plan(
        TrainingDefinition definition, JobFolder job, IReadOnlyList<string> command, IReadOnlyList<ChannelView> views, CancellationToken cancellationToken)
    {
        // An argument that the client chose opens nothing of the server's: naming a file must not be enough to read it.
        List<string> asked = [.. (definition.Entrypoint ?? []).Skip(1), .. definition.Arguments ?? []];
        return new SandboxPlan
        {
            OptMl = job.Root,
            Visible = [.. command.Where(Path.IsPathRooted).Where(Path.Exists).Where(word => !asked.Contains(word) || !sandbox!.IsPrivate(word)).SelectMany(Needed)],
            ReadOnly = JobInputs.Show(views, job, cancellationToken),
            ReadWrite = _inputs.MakeCheckpoints(definition) is { } checkpoints ? [checkpoints] : [],
            NoNetwork = definition.NetworkIsolation,
        };
    }

    // The command's programs and folders, and for a script that names its interpreter that as well.
    private IEnumerable<string> Needed(string path)
    {
        yield return NeededBy(path);
        if (Executables.InterpreterOf(path) is not { } interpreter) yield break;
        yield return NeededBy(interpreter);
        var real = FileSystem.RealPath(interpreter) ?? interpreter;
        foreach (var part in HomeView.PartsOf(Path.GetDirectoryName(interpreter)!).Concat(HomeView.PartsOf(Path.GetDirectoryName(real)!)))
        {
            yield return part;
        }
    }

    // A program finds its parts beside itself, so its folder is shown; but not the whole of a hidden folder, such as /tmp, for one that lies there.
    private string NeededBy(string path)
    {
        var real = FileSystem.RealPath(path) ?? path;
        var folder = Directory.Exists(real) ? real : Path.GetDirectoryName(real)!;
        return folder == "/" || sandbox!.IsHidden(folder) ? real : folder;
    }

    /// <summary>The archive or folder of a script's code.</summary>
    /// <param name="script">Says where it is.</param>
    /// <param name="roots">Where that leads.</param>
    /// <param name="brought">Where it is instead; null when it is where the script says.</param>
    /// <exception cref="ExecutionRefusedException">It is not there, or not allowed.</exception>
    public static StorageLocation FindCode(ScriptMode script, StorageRoots roots, string? brought = null)
    {
        var uri = brought ?? (script.SubmitDirectory.StartsWith('/') ? new Uri(script.SubmitDirectory).AbsoluteUri : script.SubmitDirectory);
        var location = roots.Resolve(uri);
        return Path.Exists(location.Path)
            ? location
            : throw new ExecutionRefusedException($"The source code \"{script.SubmitDirectory}\" of sagemaker_submit_directory was not found.");
    }

    /// <summary>What a definition asks for and only a sandbox can give; null when it asks for nothing of the kind or there is one.</summary>
    public static string? RefuseWithout(bool sandboxed, TrainingDefinition definition)
    {
        if (sandboxed) return null;
        if (definition.NetworkIsolation) return "EnableNetworkIsolation needs the sandbox: install bubblewrap, and don't set Sandbox to false.";
        return definition is { CheckpointS3Uri: not null, CheckpointLocalPath: { } path } && path.StartsWith("/tmp/", StringComparison.Ordinal)
            ? $"CheckpointConfig.LocalPath \"{path}\" must lie below /opt/ml where there is no sandbox: install bubblewrap, and don't set Sandbox to false."
            : null;
    }

    private async Task UnpackAsync(ScriptMode script, string? uri, string code, CancellationToken cancellationToken)
    {
        var location = FindCode(script, roots, uri);
        if (File.Exists(location.Path)) await CodeArchive.UnpackAsync(location.Path, code, cancellationToken);
        else CodeArchive.Copy(location.Path, code, cancellationToken);

        var program = Path.GetFullPath(Path.Combine(code, script.Program));
        if (!StorageLocation.Contains(code, program) || !File.Exists(program))
        {
            throw new ExecutionRefusedException($"The program \"{script.Program}\" of sagemaker_program is not in the source code \"{script.SubmitDirectory}\".");
        }
    }

    private static void Link(ChannelView view, string folder)
    {
        if (view.WholeFolder is { } whole)
        {
            if (FileSystem.KindOf(folder) == FileKind.None) File.CreateSymbolicLink(folder, whole);
            return;
        }

        foreach (var (target, source) in view.Entries)
        {
            var path = Path.Combine(folder, target);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            if (FileSystem.KindOf(path) == FileKind.None) File.CreateSymbolicLink(path, source);
        }
    }

    private static IEnumerable<string> InFolder(string folder, IReadOnlyList<string> command) =>
        ["/bin/sh", "-c", "cd \"$1\" || exit; shift; exec \"$@\"", "rekindle-program", folder, .. command];

    // Shells drop variables whose names they can't say, such as SM_HP_BATCH-SIZE; env puts them back behind the last shell.
    private static IEnumerable<string> Unspeakable(IReadOnlyDictionary<string, string> environment)
    {
        List<string> assignments =
        [
            .. environment
                .Where(pair => !pair.Key.All(c => char.IsAsciiLetterOrDigit(c) || c == '_') || char.IsAsciiDigit(pair.Key[0]))
                .Select(pair => $"{pair.Key}={pair.Value}"),
        ];
        return assignments.Count == 0 ? [] : ["env", .. assignments];
    }

    private static void LinkCheckpoints(string source, string target, string optMl)
    {
        if (!target.StartsWith("/opt/ml/", StringComparison.Ordinal)) return;
        var link = Path.Combine(optMl, target["/opt/ml/".Length..]);
        if (FileSystem.KindOf(link) == FileKind.Link) return;
        if (!JobInputs.IsFolderToBe(link) || (Directory.Exists(link) && Directory.EnumerateFileSystemEntries(link).Any()))
        {
            throw new ExecutionRefusedException($"CheckpointConfig.LocalPath \"{target}\" is taken by the program's own files.");
        }

        if (Directory.Exists(link)) Directory.Delete(link);
        Directory.CreateDirectory(Path.GetDirectoryName(link)!);
        File.CreateSymbolicLink(link, source);
    }

    private static async Task WritePrivateAsync(string path, byte[] content, CancellationToken cancellationToken)
    {
        var temporary = $"{path}.{Guid.NewGuid():N}";
        await using (var file = new FileStream(temporary, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        }))
        {
            await file.WriteAsync(content, cancellationToken);
        }

        File.Move(temporary, path, overwrite: true);
    }
}
