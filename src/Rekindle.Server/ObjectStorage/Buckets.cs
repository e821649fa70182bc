using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.ObjectStorage;

/// <param name="Name">The bucket's name.</param>
/// <param name="Root">Its folder.</param>
/// <param name="Staging">Where its uploads lie until they are complete: in the same file system.</param>
internal sealed record Bucket(string Name, string Root, string Staging);

/// <summary>
/// The buckets there are: folders. Those that the setting <c>Buckets</c> names lie where it says, all others in the data folder, and a
/// folder that somebody else put there is a bucket as well.
/// </summary>
internal sealed class Buckets(string bucketFolder, IReadOnlyDictionary<string, string> mapped, StorageRoots roots, MetadataFolder metadata, TimeProvider time)
{
    private const string FirstRegion = "us-east-1";

    /// <summary>The buckets in the order of their names.</summary>
    public IReadOnlyList<(string Name, DateTimeOffset Created)> List()
    {
        var names = Directory.Exists(bucketFolder)
            ? new DirectoryInfo(bucketFolder).EnumerateDirectories().Select(folder => folder.Name).Where(name => !mapped.ContainsKey(name))
            : [];
        return
        [
            .. names.Concat(mapped.Keys)
                .Where(name => BucketName.IsName(name) && !roots.LiesElsewhere($"s3://{name}"))
                .Select(name => (Name: name, Bucket: TryFind(name)))
                .Where(found => found.Bucket is not null)
                .Select(found => (found.Name, Created(found.Bucket!)))
                .OrderBy(found => found.Name, Utf8Order.Instance),
        ];
    }

    /// <exception cref="StorageRefusedException">There is none of that name.</exception>
    public Bucket Find(string name) => TryFind(name) ?? throw NoSuchBucket();

    /// <summary>The region it was created in; null when nobody said one.</summary>
    public string? RegionOf(Bucket bucket) => Facts(bucket)?.Region;

    /// <exception cref="StorageRefusedException">The name is none that S3 allows, or is taken.</exception>
    public void Create(string name, string? region)
    {
        if (!BucketName.IsValid(name)) throw new StorageRefusedException(StorageProblem.InvalidBucketName, "The specified bucket is not valid.");
        var bucket = Locate(name);
        if (FileSystem.KindOf(bucket.Root) != FileKind.None)
        {
            // In this region alone S3 takes the second request for a bucket of one's own as done.
            if (FileSystem.KindOf(bucket.Root) == FileKind.Directory && (region ?? FirstRegion) == FirstRegion && (RegionOf(bucket) ?? FirstRegion) == FirstRegion) return;
            throw new StorageRefusedException(
                StorageProblem.BucketAlreadyOwnedByYou,
                "Your previous request to create the named bucket succeeded and you already own it.");
        }

        Directory.CreateDirectory(bucket.Root);
        SideFiles.Write(metadata.BucketFile(name), new BucketFacts(region, time.GetUtcNow()), ObjectStorageJson.Default.BucketFacts);
        using var around = FolderHandle.TryOpen(Path.GetDirectoryName(bucket.Root)!);
        around?.Flush();
    }

    /// <summary>Removes a bucket without objects, and the empty folders in it.</summary>
    /// <exception cref="StorageRefusedException">There is none, or it holds something.</exception>
    public void Delete(string name)
    {
        var bucket = Find(name);
        if (FileSystem.KindOf(bucket.Root) != FileKind.Directory)
        {
            throw new StorageRefusedException(StorageProblem.InvalidRequest, "The bucket's folder is a link, which this server does not remove.");
        }

        using (var root = FolderHandle.TryOpen(bucket.Root) ?? throw NoSuchBucket())
        {
            if (new KeyWalk(metadata, name, "", "").Read(root).Any()) throw NotEmpty();
            RemoveEmptyFolders(root);
            if (root.Entries().Any()) throw NotEmpty();
        }

        try
        {
            Directory.Delete(bucket.Root);
        }
        catch (IOException)
        {
            // Somebody put something there just now.
            throw NotEmpty();
        }

        metadata.ForgetBucket(name);
    }

    /// <summary>Removes what a server that was killed left of uploads.</summary>
    public void ClearStaging()
    {
        foreach (var folder in mapped.Keys.Where(BucketName.IsName).Select(TryFind).OfType<Bucket>().Select(bucket => bucket.Staging).Append(metadata.Uploads))
        {
            // One that was replaced by a link is not ours.
            if (FileSystem.KindOf(folder) == FileKind.Directory) Staging.Clear(folder);
        }
    }

    private static void RemoveEmptyFolders(FolderHandle folder)
    {
        foreach (var (name, _) in folder.Entries().Where(entry => entry.IsFolder).ToList())
        {
            using (var inner = folder.TryOpenFolder(name))
            {
                if (inner is not null) RemoveEmptyFolders(inner);
            }

            folder.RemoveFolder(name);
        }
    }

    private Bucket? TryFind(string name)
    {
        if (!BucketName.IsName(name)) return null;
        var bucket = Locate(name);
        return Directory.Exists(bucket.Root) ? bucket : null;
    }

    private Bucket Locate(string name)
    {
        if (!BucketName.IsName(name)) throw NoSuchBucket();
        try
        {
            var root = roots.Resolve($"s3://{name}").Root;
            return new Bucket(name, root, mapped.ContainsKey(name) ? Path.Combine(root, ObjectKey.HiddenFolder) : metadata.Uploads);
        }
        catch (ExecutionRefusedException refused)
        {
            // The setting leads it into the server's own files.
            throw new StorageRefusedException(StorageProblem.AccessDenied, refused.Message);
        }
    }

    private DateTimeOffset Created(Bucket bucket) =>
        Facts(bucket)?.Created ?? new DateTimeOffset(Directory.GetCreationTimeUtc(bucket.Root), TimeSpan.Zero);

    private BucketFacts? Facts(Bucket bucket) => SideFiles.Read(metadata.BucketFile(bucket.Name), ObjectStorageJson.Default.BucketFacts);

    private static StorageRefusedException NoSuchBucket() => new(StorageProblem.NoSuchBucket, "The specified bucket does not exist");

    private static StorageRefusedException NotEmpty() => new(StorageProblem.BucketNotEmpty, "The bucket you tried to delete is not empty");
}
