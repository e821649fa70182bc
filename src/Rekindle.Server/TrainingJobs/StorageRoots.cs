
namespace Rekindle.Server.TrainingJobs;

/// <summary>
/// Where <c>s3://</c> and <c>file://</c> lead on this machine: buckets are folders, files are allowed below the listed roots only.
/// No key, and no symbolic link on the way, leads out of its root, and nothing but the buckets leads into the server's data folder:
/// a program that could write there could rewrite the database.
/// </summary>
internal sealed class StorageRoots
{
    private readonly string _dataFolder;
    private readonly string _bucketFolder;
    private readonly IReadOnlyDictionary<string, string> _buckets;
    private readonly IReadOnlyList<string> _fileRoots;
    private readonly BucketsElsewhere? _elsewhere;

    /// <param name="dataFolder">The server's own; its folder <c>s3</c> holds one folder a bucket, for those that <paramref name="buckets"/> doesn't list.</param>
    /// <param name="buckets">Folder by bucket.</param>
    /// <param name="fileRoots">What <c>file://</c> may reach into.</param>
    /// <param name="elsewhere">Buckets that are no folders; null when there are none.</param>
    public StorageRoots(
        string dataFolder, IReadOnlyDictionary<string, string> buckets, IReadOnlyList<string> fileRoots, BucketsElsewhere? elsewhere = null)
    {
        _dataFolder = Path.GetFullPath(dataFolder);
        _bucketFolder = Path.Combine(_dataFolder, "s3");
        _buckets = buckets;
        _elsewhere = elsewhere;
        _fileRoots = [.. fileRoots.Select(root => Path.GetFullPath(root))];
    }

    /// <summary>Whether an URI names something that is not on this machine.</summary>
    public bool LiesElsewhere(string uri) => _elsewhere?.Find(uri) is not null;

    /// <summary>Finds the place an URI names; it need not exist.</summary>
    /// <exception cref="ExecutionRefusedException">The URI is malformed, of another scheme, or leads out of what is allowed.</exception>
    public StorageLocation Resolve(string uri)
    {
        if (uri.Contains('\0', StringComparison.Ordinal)) throw Malformed(uri);
        if (uri.StartsWith("s3://", StringComparison.Ordinal)) return Checked(ResolveBucket(uri));
        if (uri.StartsWith("file://", StringComparison.Ordinal)) return Checked(ResolveFile(uri));
        throw new ExecutionRefusedException($"The URI \"{uri}\" is neither s3://BUCKET/KEY nor file:///PATH.");
    }

    /// <summary>The location once more: what it was resolved to may have been replaced by a link since.</summary>
    /// <exception cref="ExecutionRefusedException">It now leads out of what is allowed.</exception>
    public StorageLocation Checked(StorageLocation location)
    {
        Check(location, location.Path);
        return location;
    }

    /// <summary>Refuses a path found at a location when it leads out of the location's root or into the server's own files.</summary>
    /// <exception cref="ExecutionRefusedException">It does.</exception>
    public void Check(StorageLocation location, string path)
    {
        if (!StorageLocation.Contains(location.Root, path)) throw Leaves(location.Uri);
        if (StorageLocation.Contains(_bucketFolder, path)) return;
        // What was brought here from elsewhere lies in the data folder, under a name that no request knows.
        if (_elsewhere is not null && location.Bucket == _elsewhere.Alias && StorageLocation.Contains(_elsewhere.Folder, path)) return;
        if (StorageLocation.Contains(_dataFolder, path) || StorageLocation.Contains(path, _dataFolder))
        {
            throw new ExecutionRefusedException(
                $"The path of \"{location.Uri}\" holds the server's data folder or lies in it; of that folder only the buckets may be used.");
        }
    }

    private StorageLocation ResolveBucket(string uri)
    {
        var rest = uri["s3://".Length..];
        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        var bucket = slash < 0 ? rest : rest[..slash];
        var key = slash < 0 ? "" : rest[(slash + 1)..];
        if (bucket.Length == 0 || bucket is "." or "..") throw Malformed(uri);
        if (_elsewhere is not null && _elsewhere.Addresses.TryGetValue(bucket, out var address))
        {
            throw new ExecutionRefusedException(
                $"The bucket of \"{uri}\" lies at {address}; in such a bucket only channels (S3Prefix and ManifestFile), the output path, checkpoints and the code of script mode can be.");
        }

        var segments = key.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (segments.Any(segment => segment is "." or "..")) throw Leaves(uri);
        var root = bucket == _elsewhere?.Alias ? _elsewhere.Folder
            : _buckets.TryGetValue(bucket, out var folder) ? Path.GetFullPath(folder)
            : Path.Combine(_bucketFolder, bucket);
        return new StorageLocation(uri, root, Path.Combine([root, .. segments]), key.Length == 0 || key.EndsWith('/'), bucket);
    }

    private StorageLocation ResolveFile(string uri)
    {
        // The zero character may come encoded.
        if (!Uri.TryCreate(uri, UriKind.Absolute, out var parsed) || parsed.Host.Length > 0 || !parsed.LocalPath.StartsWith('/')
            || parsed.LocalPath.Contains('\0', StringComparison.Ordinal))
        {
            throw Malformed(uri);
        }

        var path = Path.GetFullPath(parsed.LocalPath);
        foreach (var root in _fileRoots)
        {
            var location = new StorageLocation(uri, root, path.Length > 1 ? path.TrimEnd('/') : path, parsed.LocalPath.EndsWith('/'), null);
            if (location.StaysInside) return location;
        }

        throw new ExecutionRefusedException(
            $"The path of \"{uri}\" is outside the folders that file:// may reach ({string.Join(", ", _fileRoots)}); the setting FileRoots lists them.");
    }

    private static ExecutionRefusedException Malformed(string uri) => new($"The URI \"{uri}\" is malformed.");

    public static ExecutionRefusedException Leaves(string uri) => new($"The path of \"{uri}\" leaves its bucket's folder.");
}

/// <param name="Uri">As given.</param>
/// <param name="Root">The folder that the location must not leave.</param>
/// <param name="Path">Absolute, without a slash at its end.</param>
/// <param name="IsFolder">Whether the URI ended with a slash: only what is below the path belongs to it.</param>
/// <param name="Bucket">Null for <c>file://</c>.</param>
internal sealed record StorageLocation(string Uri, string Root, string Path, bool IsFolder, string? Bucket)
{
    public bool StaysInside => Contains(Root, Path);

    /// <summary>Whether <paramref name="path"/>, links followed as far as it exists, is <paramref name="root"/> or below it.</summary>
    public static bool Contains(string root, string path)
    {
        var real = RealPathOf(root);
        var found = RealPathOf(path);
        return found == real || found.StartsWith(real.EndsWith('/') ? real : real + '/', StringComparison.Ordinal);
    }

    // The part that does not exist yet holds no links; it is appended to the real path of the part that does.
    private static string RealPathOf(string path)
    {
        var missing = new Stack<string>();
        var existing = path;
        while (FileSystem.KindOf(existing) == FileKind.None && System.IO.Path.GetDirectoryName(existing) is { } parent)
        {
            missing.Push(System.IO.Path.GetFileName(existing));
            existing = parent;
        }

        // A link whose target is missing has no real path: it counts as leading out of everything.
        var real = FileSystem.RealPath(existing);
        return real is null ? "\0" : System.IO.Path.Combine([real, .. missing]);
    }
}
