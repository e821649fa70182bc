using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.ObjectStorage;

/// <param name="Key">The object's key.</param>
/// <param name="Facts">Its file; null for a folder that was uploaded as an object.</param>
internal readonly record struct WalkedObject(string Key, FileFacts? Facts);

/// <summary>
/// The objects of a bucket in the order of their keys, read as they are asked for: folders in which no key can be wanted are not opened.
/// </summary>
/// <param name="metadata">Knows which folders are objects.</param>
/// <param name="bucket">The bucket's name.</param>
/// <param name="prefix">Only keys that begin so.</param>
/// <param name="after">Only keys behind this one.</param>
internal sealed class KeyWalk(MetadataFolder metadata, string bucket, string prefix, string after)
{
    /// <summary>Keys that begin so are left out, from the next one on; empty leaves out none.</summary>
    public string Skipped { get; set; } = "";

    public IEnumerable<WalkedObject> Read(FolderHandle root) => Read(root, "");

    private IEnumerable<WalkedObject> Read(FolderHandle folder, string path)
    {
        foreach (var (name, isFolder) in Sorted(folder, path))
        {
            var key = path + name;
            if (isFolder)
            {
                if (!MayHold(key)) continue;
                using var inner = folder.TryOpenFolder(name[..^1]);
                if (inner is null) continue;
                if (Wants(key) && metadata.Has(bucket, key)) yield return new WalkedObject(key, null);
                foreach (var found in Read(inner, key))
                {
                    yield return found;
                }
            }
            else if (Wants(key) && folder.Look(name) is { Kind: FileKind.Regular } facts)
            {
                yield return new WalkedObject(key, facts);
            }
        }
    }

    // A folder's name is compared with its slash, as its keys have it: "a-b" comes before "a/x", "a0" after.
    private List<(string Name, bool IsFolder)> Sorted(FolderHandle folder, string path)
    {
        List<(string Name, bool IsFolder)> entries = [];
        foreach (var (name, isFolder) in folder.Entries())
        {
            if (path.Length == 0 && name == ObjectKey.HiddenFolder) continue;
            var shown = isFolder ? name + "/" : name;
            if (isFolder ? MayHold(path + shown) : Wants(path + shown)) entries.Add((shown, isFolder));
        }

        entries.Sort((a, b) => Utf8Order.Compare(a.Name, b.Name));
        return entries;
    }

    private bool Wants(string key) =>
        key.StartsWith(prefix, StringComparison.Ordinal) && Utf8Order.Compare(key, after) > 0 && !IsSkipped(key);

    private bool MayHold(string folder) =>
        (folder.StartsWith(prefix, StringComparison.Ordinal) || prefix.StartsWith(folder, StringComparison.Ordinal))
        && (Utf8Order.Compare(folder, after) > 0 || after.StartsWith(folder, StringComparison.Ordinal))
        && !IsSkipped(folder);

    private bool IsSkipped(string key) => Skipped.Length > 0 && key.StartsWith(Skipped, StringComparison.Ordinal);
}
