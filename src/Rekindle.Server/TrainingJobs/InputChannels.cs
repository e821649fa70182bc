using System.Text.Json;

namespace Rekindle.Server.TrainingJobs;

/// <summary>Finds the files of input channels: objects of a bucket are files of its folder.</summary>
internal sealed class InputChannels(StorageRoots roots)
{
    // Folders without any file, one after the other: more than this is no input.
    private const int MaxEntriesLookedAt = 100_000;

    /// <summary>Why the channel can't be given to a program, in a sentence for the user; null when it can.</summary>
    public string? FindProblem(Channel channel, string inputMode, string region, string? roleArn)
    {
        try
        {
            Resolve(channel, inputMode, region, roleArn, CancellationToken.None);
            return null;
        }
        catch (ExecutionRefusedException refused)
        {
            return refused.Message;
        }
    }

    /// <summary>The files and folders that the channel consists of.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="inputMode">The definition's input mode, for a channel that names none.</param>
    /// <param name="region">Named in AWS's sentence.</param>
    /// <param name="roleArn">Named in AWS's sentence; may be unknown.</param>
    /// <param name="cancellationToken">Ends the looking through folders.</param>
    /// <exception cref="ExecutionRefusedException">There is nothing, it lies outside its root, or the mode isn't offered.</exception>
    public ChannelView Resolve(Channel channel, string inputMode, string region, string? roleArn, CancellationToken cancellationToken)
    {
        if (ChannelModes.Refuse(channel, inputMode) is { } problem) throw new ExecutionRefusedException(problem);
        var entries = channel.S3DataType == "ManifestFile"
            ? FromManifest(channel, region, roleArn, cancellationToken)
            : FromPrefix(channel, region, roleArn, cancellationToken);
        return new ChannelView(channel.Name, entries);
    }

    private List<ChannelEntry> FromPrefix(Channel channel, string region, string? roleArn, CancellationToken cancellationToken)
    {
        var location = roots.Resolve(channel.S3Uri);
        var entries = location.IsFolder ? WholeFolder(location.Path, cancellationToken) : Matching(location, cancellationToken);
        if (entries.Count == 0) throw NothingFound(channel, location, region, roleArn);
        foreach (var entry in entries)
        {
            roots.Check(location, entry.Source);
        }

        return entries;
    }

    private static List<ChannelEntry> WholeFolder(string path, CancellationToken cancellationToken) =>
        Directory.Exists(path) && HoldsFiles(path, cancellationToken) ? [new ChannelEntry("", path)] : [];

    // A prefix is a prefix of keys, not a folder: "train" finds train/…, train.csv and train-2/… alike. What is in the folder of
    // exactly that name becomes the channel's root, as with SageMaker; the rest keeps its names.
    private static List<ChannelEntry> Matching(StorageLocation location, CancellationToken cancellationToken)
    {
        if (location.Bucket is null || location.Path == location.Root)
        {
            return File.Exists(location.Path)
                ? [new ChannelEntry(Path.GetFileName(location.Path), location.Path)]
                : WholeFolder(location.Path, cancellationToken);
        }

        var parent = Path.GetDirectoryName(location.Path)!;
        if (!Directory.Exists(parent)) return [];
        var leaf = Path.GetFileName(location.Path);
        List<string> siblings = [.. Directory.EnumerateFileSystemEntries(parent)
            .Where(path => Path.GetFileName(path.AsSpan()).StartsWith(leaf, StringComparison.Ordinal))
            .Where(path => path != location.Path && (File.Exists(path) || HoldsFiles(path, cancellationToken)))
            .Order(StringComparer.Ordinal)];
        var own = WholeFolder(location.Path, cancellationToken);
        if (siblings.Count == 0 && own.Count > 0) return own;

        var entries = new List<ChannelEntry>();
        if (own.Count > 0)
        {
            entries.AddRange(Directory.EnumerateFileSystemEntries(location.Path)
                .Order(StringComparer.Ordinal)
                .Select(path => new ChannelEntry(Path.GetFileName(path), path)));
        }
        else if (File.Exists(location.Path))
        {
            entries.Add(new ChannelEntry(leaf, location.Path));
        }

        var taken = entries.Select(entry => entry.Target).ToHashSet(StringComparer.Ordinal);
        entries.AddRange(siblings.Select(path => new ChannelEntry(Path.GetFileName(path), path)).Where(entry => taken.Add(entry.Target)));
        return entries;
    }

    // A training program may have made the folder, with links that turn it into a labyrinth: a link is looked into once and never walked.
    private static bool HoldsFiles(string folder, CancellationToken cancellationToken)
    {
        var entries = 0;
        var folders = new Stack<string>([folder]);
        while (folders.TryPop(out var next))
        {
            foreach (var entry in EntriesOf(next))
            {
                cancellationToken.ThrowIfCancellationRequested();
                if ((entry.Attributes & FileAttributes.Directory) == 0) return true;
                if (++entries > MaxEntriesLookedAt) return false;
                if (entry.LinkTarget is null) folders.Push(entry.FullName);
                else if (EntriesOf(entry.FullName).Any(inner => (inner.Attributes & FileAttributes.Directory) == 0)) return true;
            }
        }

        return false;
    }

    private static IEnumerable<FileSystemInfo> EntriesOf(string folder) => Directory.Exists(folder)
        ? new DirectoryInfo(folder).EnumerateFileSystemInfos("*", new EnumerationOptions { AttributesToSkip = 0, IgnoreInaccessible = true })
        : [];

    private List<ChannelEntry> FromManifest(Channel channel, string region, string? roleArn, CancellationToken cancellationToken)
    {
        var manifest = roots.Resolve(channel.S3Uri);
        if (!File.Exists(manifest.Path)) throw NothingFound(channel, manifest, region, roleArn);
        var (prefix, suffixes) = ReadManifest(channel, manifest.Path);
        var entries = new List<ChannelEntry>();
        foreach (var suffix in suffixes)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var target = string.Join('/', suffix.Split('/', StringSplitOptions.RemoveEmptyEntries));
            var location = roots.Resolve(prefix + suffix);
            if (target.Split('/').Any(segment => segment is "" or "." or "..")) throw StorageRoots.Leaves(prefix + suffix);
            if (!File.Exists(location.Path)) throw NothingFound(channel, location, region, roleArn);
            entries.Add(new ChannelEntry(target, location.Path));
        }

        return entries.Count > 0 ? entries : throw NothingFound(channel, manifest, region, roleArn);
    }

    /// <summary>What all keys of a manifest begin with, and their ends.</summary>
    /// <exception cref="ExecutionRefusedException">It is no manifest.</exception>
    public static (string Prefix, List<string> Suffixes) ReadManifest(Channel channel, string path)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            var elements = document.RootElement.EnumerateArray().ToList();
            return (TextOf(elements[0].GetProperty("prefix")), [.. elements.Skip(1).Select(TextOf)]);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or KeyNotFoundException or ArgumentOutOfRangeException)
        {
            throw new ExecutionRefusedException(
                $"Channel \"{channel.Name}\": the manifest \"{channel.S3Uri}\" is not a JSON array of {{\"prefix\": \"s3://…\"}} and keys below it.");
        }
    }

    // A null is no text, though JSON's reader takes it for one.
    private static string TextOf(JsonElement element) => element.GetString() ?? throw new InvalidOperationException("null is no key.");

    private static ExecutionRefusedException NothingFound(Channel channel, StorageLocation location, string region, string? roleArn)
    {
        if (location.Bucket is null)
        {
            return new ExecutionRefusedException($"Channel \"{channel.Name}\": no files found under \"{location.Uri}\".");
        }

        return NoObjects(location.Uri, location.Bucket, region, roleArn);
    }

    /// <summary>AWS's sentence for a place in a bucket where nothing is.</summary>
    public static ExecutionRefusedException NoObjects(string uri, string bucket, string region, string? roleArn)
    {
        var role = roleArn is null ? "the role" : $"the role \"{roleArn}\"";
        return new ExecutionRefusedException(
            $"No S3 objects found under S3 URL \"{uri}\" given in input data source. Please ensure that the bucket exists in the selected region ({region}), "
            + $"that objects exist under that S3 prefix, and that {role} has \"s3:ListBucket\" permissions on bucket \"{bucket}\".");
    }
}

/// <summary>What a channel consists of.</summary>
/// <param name="Name">The channel's name.</param>
/// <param name="Entries">A single entry without a target is the channel's whole folder.</param>
internal sealed record ChannelView(string Name, IReadOnlyList<ChannelEntry> Entries)
{
    public string? WholeFolder => Entries is [{ Target: "" } only] ? only.Source : null;
}

/// <param name="Target">Path below the channel's folder.</param>
/// <param name="Source">Absolute path of a file or folder of this machine.</param>
internal sealed record ChannelEntry(string Target, string Source);
