using Rekindle.Feeder;
using Rekindle.Server.Executors.Feeding;
using Rekindle.Server.Executors.Local;
using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.Executors;

/// <summary>What a training program reads and writes besides its own folder: its channels and its checkpoints, as places of this machine.</summary>
internal sealed class JobInputs(StorageRoots roots)
{
    // Beyond this many single files the program gets copies: each one shown is a mount.
    private const int MaxShownFiles = 64;

    private readonly InputChannels _channels = new(roots);
    private readonly PipeChannels _pipes = new(roots, new InputChannels(roots));

    /// <summary>Why a program can't be given what <paramref name="definition"/> names, in a sentence for the user; null when it can.</summary>
    /// <exception cref="ExecutionRefusedException">A place it names is not allowed.</exception>
    public string? Refuse(TrainingDefinition definition, string region)
    {
        FindCheckpoints(definition);
        if (!roots.LiesElsewhere(definition.OutputPath)) roots.Resolve(definition.OutputPath);
        if (ChannelModes.RefuseTogether(definition) is { } together) return together;
        foreach (var channel in definition.Channels)
        {
            if (ChannelModes.Refuse(channel, definition.InputMode) is { } problem) return problem;
            if (roots.LiesElsewhere(channel.S3Uri))
            {
                // It is looked for when it is to be used.
                if (ChannelModes.IsPipe(channel, definition) && FeederProgram.FindProblem() is { } noFeeder) return noFeeder;
                continue;
            }

            roots.Resolve(channel.S3Uri);
            var missing = ChannelModes.IsPipe(channel, definition)
                ? FeederProgram.FindProblem() ?? _pipes.FindProblem(channel, definition.InputMode, region, roleArn: null)
                : _channels.FindProblem(channel, definition.InputMode, region, roleArn: null);
            if (missing is not null) return missing;
        }

        return null;
    }

    /// <summary>What the channels consist of that a program finds as folders.</summary>
    /// <exception cref="ExecutionRefusedException">A channel's input is not to be had.</exception>
    public IReadOnlyList<ChannelView> Resolve(ExecutionSpec spec, CancellationToken cancellationToken) =>
    [
        .. spec.Definition.Channels.Where(channel => !ChannelModes.IsPipe(channel, spec.Definition))
            .Select(channel => _channels.Resolve(channel, spec.Definition.InputMode, spec.Region, roleArn: null, cancellationToken)),
    ];

    /// <summary>What the channels consist of that a program finds as FIFOs, for their feeder.</summary>
    /// <exception cref="ExecutionRefusedException">A channel's input is not to be had.</exception>
    public IReadOnlyList<(FedChannel Channel, IReadOnlyList<FedPiece> Pieces)> ResolvePipes(ExecutionSpec spec, CancellationToken cancellationToken) =>
    [
        .. spec.Definition.Channels.Where(channel => ChannelModes.IsPipe(channel, spec.Definition))
            .Select(channel => _pipes.Resolve(channel, spec.Definition.InputMode, spec.Region, roleArn: null, cancellationToken)),
    ];

    /// <summary>What is to be mounted so that a program that sees <paramref name="job"/> as /opt/ml finds its channels there; what is too much to mount is copied.</summary>
    public static IReadOnlyList<(string Source, string Target)> Show(IReadOnlyList<ChannelView> views, JobFolder job, CancellationToken cancellationToken)
    {
        var mounts = new List<(string Source, string Target)>();
        foreach (var view in views)
        {
            var folder = Path.Combine(job.InputData, view.Name);
            var target = $"/opt/ml/input/data/{view.Name}";
            Directory.CreateDirectory(folder);
            if (view.WholeFolder is { } whole)
            {
                mounts.Add((whole, target));
            }
            else if (view.Entries.Count <= MaxShownFiles)
            {
                mounts.AddRange(view.Entries.Select(entry => (entry.Source, $"{target}/{entry.Target}")));
            }
            else
            {
                Copy(view, folder, cancellationToken);
            }
        }

        return mounts;
    }

    /// <summary>Where checkpoints are kept, made if it wasn't there, and where the program sees them; null when it has none.</summary>
    /// <exception cref="ExecutionRefusedException">One of the two places is not allowed.</exception>
    public (string Source, string Target)? MakeCheckpoints(TrainingDefinition definition)
    {
        if (FindCheckpoints(definition) is not ({ } location, var target)) return null;
        Directory.CreateDirectory(location.Path);
        return (roots.Checked(location).Path, target);
    }

    // Without a source where they lie elsewhere.
    private (StorageLocation? Source, string Target)? FindCheckpoints(TrainingDefinition definition)
    {
        if (definition.CheckpointS3Uri is not { } uri) return null;
        var given = definition.CheckpointLocalPath ?? "/opt/ml/checkpoints";
        var target = given.StartsWith('/') && !given.Contains('\0', StringComparison.Ordinal) ? Path.TrimEndingDirectorySeparator(Path.GetFullPath(given)) : "";
        if (!target.StartsWith("/opt/ml/", StringComparison.Ordinal) && !target.StartsWith("/tmp/", StringComparison.Ordinal))
        {
            throw new ExecutionRefusedException($"CheckpointConfig.LocalPath \"{given}\" must lie below /opt/ml or /tmp.");
        }

        if ((target + '/').StartsWith("/opt/ml/input/", StringComparison.Ordinal))
        {
            throw new ExecutionRefusedException($"CheckpointConfig.LocalPath \"{given}\" must not lie in /opt/ml/input: the program's input and channels are there, which it can't write to.");
        }

        if (roots.LiesElsewhere(uri)) return (null, target);
        var source = roots.Resolve(uri);
        return IsFolderToBe(source.Path)
            ? (source, target)
            : throw new ExecutionRefusedException($"CheckpointConfig.S3Uri \"{uri}\" is an object or lies below one: checkpoints need a prefix, which is a folder here.");
    }

    /// <summary>Whether a path is a folder or can become one: the nearest thing there is on the way is no file.</summary>
    internal static bool IsFolderToBe(string path)
    {
        for (var next = path; next is not null; next = Path.GetDirectoryName(next))
        {
            if (FileSystem.KindOf(next) != FileKind.None) return Directory.Exists(next);
        }

        return true;
    }

    private static void Copy(ChannelView view, string folder, CancellationToken cancellationToken)
    {
        foreach (var (target, source) in view.Entries)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var path = Path.Combine(folder, target);
            Directory.CreateDirectory(Directory.Exists(source) ? path : Path.GetDirectoryName(path)!);
            try
            {
                if (Directory.Exists(source)) CodeArchive.Copy(source, path, cancellationToken);
                else File.Copy(source, path, overwrite: true);
            }
            catch (UnauthorizedAccessException)
            {
                throw new ExecutionRefusedException($"Channel \"{view.Name}\": \"{target}\" can't be read by the server.");
            }
        }
    }
}
