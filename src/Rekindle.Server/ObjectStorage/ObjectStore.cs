using Microsoft.Win32.SafeHandles;
using Rekindle.Server.ObjectStorage.Checksums;
using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.ObjectStorage;

/// <summary>What an upload is to become.</summary>
internal sealed record NewObject
{
    public ObjectHeaders Headers { get; init; } = new();

    public WriteCondition Condition { get; init; } = WriteCondition.None;

    /// <summary>The checksum to make and keep.</summary>
    public ChecksumAlgorithm? Checksum { get; init; }

    /// <summary>Looks at what came before it becomes an object; throws when it is not what was announced.</summary>
    public Action<StagedContent>? Verify { get; init; }
}

/// <summary>An object that is open for reading; what replaces it meanwhile does not change it.</summary>
internal sealed record OpenObject(StoredObject About, SafeFileHandle? File) : IDisposable
{
    public void Dispose() => File?.Dispose();
}

/// <summary>
/// The objects of buckets: files. A key is looked up from the bucket's open folder on, name by name, no link followed. An upload becomes
/// an object by one rename, after its bytes and what is known of them are on disk.
/// </summary>
internal sealed class ObjectStore(Buckets buckets, MetadataFolder metadata) : IDisposable
{
    private readonly StripedLocks _locks = new();

    public Buckets Buckets { get; } = buckets;

    /// <exception cref="StorageRefusedException">There is no such bucket or object.</exception>
    public OpenObject Open(string bucketName, ObjectKey key)
    {
        var bucket = Buckets.Find(bucketName);
        if (key.Obstacle is null)
        {
            using var path = FolderPath.TryOpen(bucket.Root, key.Names.SkipLast(1));
            if (path is not null && key.IsFolder)
            {
                using var folder = path.Last.TryOpenFolder(key.Names[^1]);
                if (folder is not null && metadata.DescribeFolder(bucketName, key.Text) is { } about) return new OpenObject(about, null);
            }
            else if (path?.Last.TryOpenFile(key.Names[^1], out var facts) is { } file)
            {
                return new OpenObject(metadata.Describe(bucketName, key.Text, facts), file);
            }
        }

        throw StorageRefusedException.NoSuchKey();
    }

    /// <summary>Keeps the bytes as an object.</summary>
    /// <exception cref="StorageRefusedException">The key can't be kept, the condition isn't met, or there is no space.</exception>
    public async Task<StoredObject> PutAsync(string bucketName, ObjectKey key, NewObject about, Stream bytes, CancellationToken cancellationToken)
    {
        var bucket = Buckets.Find(bucketName);
        key.DemandFile();
        if (about.Condition != WriteCondition.None) about.Condition.Check(Find(bucketName, key));
        using var staged = await Staging.WriteAsync(bucket.Staging, bytes, about.Checksum, md5: true, Staging.MostBytes, cancellationToken);
        about.Verify?.Invoke(staged.Content);
        var checksum = about.Checksum is { } algorithm
            ? new ObjectChecksum(algorithm, Convert.ToBase64String(staged.Content.Checksum!), FullObject: true)
            : null;
        var next = Generation(staged, about, Convert.ToHexStringLower(staged.Content.Md5), checksum, null);
        return await CommitAsync(bucket, key, staged, next, about.Condition, cancellationToken);
    }

    public static Generation Generation(StagedFile staged, NewObject about, string tag, ObjectChecksum? checksum, IReadOnlyList<long>? parts) => new()
    {
        Size = staged.Facts.Size,
        Modified = staged.Facts.Modified,
        Number = staged.Facts.Number,
        ETag = tag,
        Headers = about.Headers,
        Checksum = checksum,
        PartSizes = parts,
    };

    /// <summary>Puts a staged file into its place.</summary>
    public async Task<StoredObject> CommitAsync(
        Bucket bucket, ObjectKey key, StagedFile staged, Generation next, WriteCondition condition, CancellationToken cancellationToken)
    {
        using var held = await _locks.HoldAsync(bucket.Name, cancellationToken);
        condition.Check(condition == WriteCondition.None ? null : Find(bucket.Name, key));
        if (key.IsFolder)
        {
            if (next.Size > 0)
            {
                throw new StorageRefusedException(
                    StorageProblem.InvalidArgument, "Objects are files here, and a key with a slash at its end is a folder: it can't have content.");
            }

            using var made = FolderPath.OpenOrMake(bucket.Root, key.Names) ?? throw Gone();
            metadata.Announce(bucket.Name, key.Text, next, null);
            return metadata.DescribeFolder(bucket.Name, key.Text)!;
        }

        using var path = FolderPath.OpenOrMake(bucket.Root, key.Names.SkipLast(1)) ?? throw Gone();
        var name = key.Names[^1];
        var current = path.Last.Look(name);
        if (current is { Kind: FileKind.Directory } && metadata.Has(bucket.Name, key.Text + "/"))
        {
            throw new StorageRefusedException(
                StorageProblem.InvalidArgument, $"Objects are files here, and '{name}/' is an object already: a folder, where the key needs a file.");
        }

        metadata.Announce(bucket.Name, key.Text, next, current);
        try
        {
            path.Last.MoveHere(staged.Path, name);
        }
        catch when (current is not { Kind: FileKind.Regular })
        {
            metadata.Forget(bucket.Name, key.Text);
            throw;
        }

        path.Last.Flush();
        return next.ToObject(key.Text, staged.Facts);
    }

    /// <summary>Deletes an object; one that isn't there is no fault.</summary>
    public async Task DeleteAsync(string bucketName, ObjectKey key, WriteCondition condition, CancellationToken cancellationToken)
    {
        var bucket = Buckets.Find(bucketName);
        if (key.Obstacle is not null) return;
        using var held = await _locks.HoldAsync(bucketName, cancellationToken);
        if (condition != WriteCondition.None) condition.Check(Find(bucketName, key));
        List<string> folders = [.. key.IsFolder ? key.Names : key.Names.SkipLast(1)];
        using var path = FolderPath.TryOpen(bucket.Root, folders);
        var isThere = path is not null && !key.IsFolder && path.Last.Look(key.Names[^1]) is { Kind: FileKind.Regular };
        if (isThere) path!.Last.RemoveFile(key.Names[^1]);
        metadata.Forget(bucketName, key.Text);
        // An empty folder may be one that a program is to write into: it goes only with what was in it.
        if (isThere || key.IsFolder) path?.Prune(folders, folder => metadata.Has(bucketName, folder));
    }

    /// <summary>Deletes a bucket without objects; uploads in parts that have not ended go with it.</summary>
    public async Task DeleteBucketAsync(string bucketName, CancellationToken cancellationToken)
    {
        using var held = await _locks.HoldAsync(bucketName, cancellationToken);
        Buckets.Delete(bucketName);
    }

    /// <exception cref="StorageRefusedException">There is no such bucket.</exception>
    public ListingPage List(string bucketName, ListingRequest request, CancellationToken cancellationToken)
    {
        var bucket = Buckets.Find(bucketName);
        using var root = FolderHandle.TryOpen(bucket.Root) ?? throw Gone();
        return Listing.Read(metadata, bucketName, root, request, cancellationToken);
    }

    public void Dispose() => _locks.Dispose();

    private StoredObject? Find(string bucket, ObjectKey key)
    {
        try
        {
            using var open = Open(bucket, key);
            return open.About;
        }
        catch (StorageRefusedException refused) when (refused.Problem == StorageProblem.NoSuchKey)
        {
            return null;
        }
    }

    private static StorageRefusedException Gone() => new(StorageProblem.NoSuchBucket, "The specified bucket does not exist");
}
