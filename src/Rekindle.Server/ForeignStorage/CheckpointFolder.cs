using System.Globalization;
using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.ForeignStorage;

/// <summary>
/// The checkpoints of one training job on this machine, which its program writes. The program may be hostile: no link is followed, and what is
/// opened is looked at once more.
/// </summary>
internal sealed class CheckpointFolder(string jobFolder) : IDisposable
{
    /// <summary>The program's folder, in that of its job.</summary>
    public const string Name = "checkpoints";

    private const int MostRefusals = 5;

    private readonly SemaphoreSlim _door = new(1);
    private Dictionary<string, FileFacts> _seen = [];

    /// <summary>Whether there are checkpoints that belong elsewhere.</summary>
    public bool IsThere => File.Exists(PlaceFile);

    public string Restoring => Path.Combine(jobFolder, "restoring");

    public string Restored => Path.Combine(jobFolder, "restored");

    private string Folder => Path.Combine(jobFolder, Name);

    // Says where they belong; there as soon as all that there was has been restored.
    private string PlaceFile => Path.Combine(jobFolder, "checkpoints-place");

    private string StoredFile => Path.Combine(jobFolder, "checkpoints-stored");

    /// <summary>Whether an earlier attempt of the same job left checkpoints that are stored nowhere else.</summary>
    public bool HasUnstoredFor(string bucket, string prefix) => ReadPlace() == (bucket, prefix) && HasUnstored();

    public bool HasUnstored()
    {
        if (!IsThere || !Directory.Exists(Folder)) return false;
        var stored = ReadStored();
        return Scan().Any(file => stored.GetValueOrDefault(file.Key) != file.Value);
    }

    /// <summary>Removes what another job of the same name left.</summary>
    public void Clear()
    {
        Directory.CreateDirectory(jobFolder);
        File.Delete(PlaceFile);
        File.Delete(StoredFile);
        foreach (var folder in (string[])[Folder, Restoring, Restored])
        {
            FolderRemoval.Remove(folder);
        }
    }

    /// <summary>Makes what was restored the program's folder; it is stored already.</summary>
    public void Begin(string bucket, string prefix)
    {
        var restored = Path.Combine([Restored, ContentDownload.ObjectsFolder, .. prefix.Split('/', StringSplitOptions.RemoveEmptyEntries)]);
        if (!StorageLocation.Contains(Path.GetFullPath(Restored), Path.GetFullPath(restored))) throw new InvalidOperationException($"The prefix {prefix} leads out of its folder.");
        if (Directory.Exists(restored))
        {
            Directory.Move(restored, Folder);
            Directory.Delete(Restored, recursive: true);
        }

        Directory.CreateDirectory(Folder);
        WriteStored(Scan());
        Write(PlaceFile, $"{bucket}\n{prefix}");
    }

    /// <summary>Uploads what is new or changed, the oldest first, so that what refers to others comes after them.</summary>
    /// <param name="endpointOf">Finds the endpoint of a bucket; null when the settings don't name it any more.</param>
    /// <param name="isLast">Whether nobody writes any more; else what was changed since the last look is left for the next.</param>
    /// <param name="cancellationToken">Ends it between two files, or within one.</param>
    public async Task StoreAsync(Func<string, ForeignEndpoint?> endpointOf, bool isLast, CancellationToken cancellationToken)
    {
        await _door.WaitAsync(cancellationToken);
        try
        {
            if (ReadPlace() is not var (bucket, prefix) || !Directory.Exists(Folder)) return;
            var endpoint = endpointOf(bucket) ?? throw new EndpointRefusedException("NoSuchBucket", $"the bucket \"{bucket}\" is not in the settings any more");
            var found = Scan();
            var stored = ReadStored();
            var isNews = false;
            var refusals = new List<EndpointRefusedException>();
            try
            {
                foreach (var (name, facts) in found.Where(file => stored.GetValueOrDefault(file.Key) != file.Value).OrderBy(file => file.Value.Changed))
                {
                    if (!isLast && _seen.GetValueOrDefault(name) != facts) continue;
                    // One file that nobody takes must not keep back the others; an endpoint that takes nothing is not asked for each.
                    if (refusals.Count >= MostRefusals) break;
                    try
                    {
                        await using var file = TryOpen(name) ?? throw new EndpointRefusedException("AccessDenied", $"the file \"{name}\" can't be read by the server");
                        await endpoint.UploadAsync(file, prefix + name, isAlone: false, cancellationToken);
                    }
                    catch (EndpointRefusedException refused)
                    {
                        refusals.Add(refused);
                        continue;
                    }

                    // What was written meanwhile is stored once more.
                    if (FactsOf(Path.Combine(Folder, name)) != facts) continue;
                    stored[name] = facts;
                    isNews = true;
                }
            }
            finally
            {
                _seen = found;
                if (isNews) WriteStored(stored);
            }

            if (refusals.Count > 0) throw refusals[0];
        }
        finally
        {
            _door.Release();
        }
    }

    public void Dispose() => _door.Dispose();

    private Dictionary<string, FileFacts> Scan()
    {
        var found = new Dictionary<string, FileFacts>(StringComparer.Ordinal);
        var folders = new Stack<string>([""]);
        while (folders.TryPop(out var folder))
        {
            foreach (var path in Directory.EnumerateFileSystemEntries(Path.Combine(Folder, folder), "*", new EnumerationOptions { AttributesToSkip = 0, IgnoreInaccessible = true }))
            {
                var name = folder.Length == 0 ? Path.GetFileName(path) : $"{folder}/{Path.GetFileName(path)}";
                switch (FileSystem.KindOf(path))
                {
                    case FileKind.Directory:
                        folders.Push(name);
                        break;
                    // A line end in a name would be two lines of our notes.
                    case FileKind.Regular when !name.Contains('\n', StringComparison.Ordinal) && FactsOf(path) is { } facts:
                        found[name] = facts;
                        break;
                }
            }
        }

        return found;
    }

    private static FileFacts? FactsOf(string path)
    {
        var file = new FileInfo(path);
        return file.Exists ? new FileFacts(file.Length, file.LastWriteTimeUtc.Ticks) : null;
    }

    // Between the look and the opening any part of the path may have become a link: what was opened says itself where it is.
    private FileStream? TryOpen(string name)
    {
        var path = Path.Combine(Folder, name);
        if (FileSystem.TryOpenFile(Path.GetDirectoryName(path)!, Path.GetFileName(path)) is not { } handle) return null;
        var file = new FileStream(handle, FileAccess.Read);
        if (StorageLocation.Contains(Folder, $"/proc/self/fd/{handle.DangerousGetHandle()}")) return file;
        file.Dispose();
        return null;
    }

    private (string Bucket, string Prefix)? ReadPlace() =>
        File.Exists(PlaceFile) && File.ReadAllText(PlaceFile).Split('\n') is [var bucket, var prefix] ? (bucket, prefix) : null;

    private Dictionary<string, FileFacts> ReadStored()
    {
        var stored = new Dictionary<string, FileFacts>(StringComparer.Ordinal);
        foreach (var line in File.Exists(StoredFile) ? File.ReadAllLines(StoredFile) : [])
        {
            if (line.Split(' ', 3) is [var size, var changed, var name])
            {
                stored[name] = new FileFacts(long.Parse(size, CultureInfo.InvariantCulture), long.Parse(changed, CultureInfo.InvariantCulture));
            }
        }

        return stored;
    }

    private void WriteStored(Dictionary<string, FileFacts> stored) => Write(
        StoredFile, string.Concat(stored.Select(file => string.Create(CultureInfo.InvariantCulture, $"{file.Value.Size} {file.Value.Changed} {file.Key}\n"))));

    private static void Write(string path, string text)
    {
        File.WriteAllText(path + ".partial", text);
        File.Move(path + ".partial", path, overwrite: true);
    }

    /// <param name="Size">In bytes.</param>
    /// <param name="Changed">When it was written last, in ticks.</param>
    private sealed record FileFacts(long Size, long Changed);
}
