using System.Globalization;
using System.Security.Cryptography;
using Rekindle.Server.ObjectStorage.Checksums;

namespace Rekindle.Server.ObjectStorage;

/// <summary>An upload in parts that has begun.</summary>
internal sealed record UploadFacts(
    string Id, string Bucket, string Key, ObjectHeaders Headers, ChecksumAlgorithm? Checksum, bool FullObject, DateTimeOffset Initiated);

/// <summary>A part that has come: its place from 1, the name of the file with its bytes, and what is known of them.</summary>
internal sealed record PartFacts(int Number, string File, long Size, string ETag, string? Checksum, DateTimeOffset Modified);

/// <summary>A part as whoever completes an upload names it.</summary>
internal sealed record NamedPart(int Number, string ETag, string? Checksum);

/// <summary>
/// Uploads in parts. Each has a folder with a file for every part and one that says what is known of the part; the latter is replaced at
/// once when a part comes again. Completing copies the parts behind one another into a file that becomes the object.
/// </summary>
internal sealed class MultipartUploads(ObjectStore store, MetadataFolder metadata, TimeProvider time) : IDisposable
{
    public const int MostParts = 10_000;

    /// <summary>An upload that had no part for so long is taken for abandoned when a server starts.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromDays(7);

    private const long LeastPartBytes = 5 << 20;
    private const string UploadFile = "upload.json";

    private readonly StripedLocks _locks = new();

    public UploadFacts Create(string bucket, ObjectKey key, ObjectHeaders headers, ChecksumAlgorithm? checksum, bool fullObject)
    {
        _ = store.Buckets.Find(bucket);
        key.DemandFile();
        var upload = new UploadFacts(Guid.NewGuid().ToString("N"), bucket, key.Text, headers, checksum, fullObject, time.GetUtcNow());
        SideFiles.Write(Path.Combine(FolderOf(upload.Id), UploadFile), upload, ObjectStorageJson.Default.UploadFacts);
        return upload;
    }

    /// <exception cref="StorageRefusedException">There is no such upload.</exception>
    public UploadFacts Find(string bucket, ObjectKey key, string id)
    {
        _ = store.Buckets.Find(bucket);
        return TryRead(id) is { } upload && upload.Bucket == bucket && upload.Key == key.Text ? upload : throw NoSuchUpload();
    }

    public async Task<PartFacts> PutPartAsync(UploadFacts upload, int number, NewObject about, Stream bytes, CancellationToken cancellationToken)
    {
        if (number is < 1 or > MostParts)
        {
            throw new StorageRefusedException(StorageProblem.InvalidArgument, "Part number must be an integer between 1 and 10000, inclusive");
        }

        using var staged = await Staging.WriteAsync(
            metadata.Uploads, bytes, about.Checksum ?? upload.Checksum, md5: true, Staging.MostBytes, cancellationToken);
        about.Verify?.Invoke(staged.Content);
        using var held = await _locks.HoldAsync(upload.Id, cancellationToken);
        if (TryRead(upload.Id) is null) throw NoSuchUpload();
        var previous = ReadPart(upload.Id, number);
        var part = new PartFacts(
            number,
            Path.GetFileName(staged.Path),
            staged.Content.Size,
            Convert.ToHexStringLower(staged.Content.Md5),
            staged.Content.Checksum is { } checksum ? Convert.ToBase64String(checksum) : null,
            time.GetUtcNow());
        File.Move(staged.Path, Path.Combine(FolderOf(upload.Id), part.File));
        SideFiles.Write(PartFile(upload.Id, number), part, ObjectStorageJson.Default.PartFacts);
        if (previous is not null) File.Delete(Path.Combine(FolderOf(upload.Id), previous.File));
        return part;
    }

    /// <summary>The parts that have come, in order.</summary>
    public IReadOnlyList<PartFacts> Parts(UploadFacts upload) =>
    [
        .. Directory.EnumerateFiles(FolderOf(upload.Id), "part-*.json")
            .Order(StringComparer.Ordinal)
            .Select(file => SideFiles.Read(file, ObjectStorageJson.Default.PartFacts))
            .OfType<PartFacts>(),
    ];

    /// <summary>The uploads of a bucket that have begun and not ended, in the order of their keys.</summary>
    public IReadOnlyList<UploadFacts> List(string bucket)
    {
        _ = store.Buckets.Find(bucket);
        return
        [
            .. All()
                .Where(upload => upload.Bucket == bucket)
                .OrderBy(upload => upload.Key, Utf8Order.Instance)
                .ThenBy(upload => upload.Id, StringComparer.Ordinal),
        ];
    }

    /// <summary>Makes the parts named into the object.</summary>
    /// <exception cref="StorageRefusedException">A part is missing, out of order or too small, or the condition isn't met.</exception>
    public async Task<StoredObject> CompleteAsync(
        UploadFacts upload, IReadOnlyList<NamedPart> named, WriteCondition condition, Action<StagedContent>? verify, CancellationToken cancellationToken)
    {
        using var held = await _locks.HoldAsync(upload.Id, cancellationToken);
        if (TryRead(upload.Id) is null) throw NoSuchUpload();
        var parts = Choose(upload, named);
        var bucket = store.Buckets.Find(upload.Bucket);
        var fullObject = upload.FullObject ? upload.Checksum : null;
        await using var bytes = new JoinedFiles([.. parts.Select(part => Path.Combine(FolderOf(upload.Id), part.File))]);
        using var staged = await Staging.WriteAsync(bucket.Staging, bytes, fullObject, md5: false, long.MaxValue, cancellationToken);
        verify?.Invoke(staged.Content);
        var checksum = upload.Checksum is not { } algorithm ? null
            : fullObject is not null ? new ObjectChecksum(algorithm, Convert.ToBase64String(staged.Content.Checksum!), FullObject: true)
            : new ObjectChecksum(algorithm, OverParts(algorithm, parts), FullObject: false);
        var next = ObjectStore.Generation(
            staged, new NewObject { Headers = upload.Headers }, TagOver(parts), checksum, [.. parts.Select(part => part.Size)]);
        var done = await store.CommitAsync(bucket, ObjectKey.Parse(upload.Key), staged, next, condition, cancellationToken);
        Remove(upload.Id);
        return done;
    }

    public async Task AbortAsync(UploadFacts upload, CancellationToken cancellationToken)
    {
        using var held = await _locks.HoldAsync(upload.Id, cancellationToken);
        if (TryRead(upload.Id) is null) throw NoSuchUpload();
        Remove(upload.Id);
    }

    /// <summary>Removes the uploads of a bucket that is gone.</summary>
    public void Forget(string bucket)
    {
        foreach (var upload in All().Where(upload => upload.Bucket == bucket).ToList())
        {
            Remove(upload.Id);
        }
    }

    /// <summary>
    /// Removes the uploads that nobody has completed or aborted in all this time, and what was left of such as were being removed. For the
    /// start of a server, when nobody begins one.
    /// </summary>
    public void ClearAbandoned()
    {
        foreach (var folder in Folders().Where(folder => !File.Exists(Path.Combine(folder, UploadFile))).ToList())
        {
            Directory.Delete(folder, recursive: true);
        }

        var latest = time.GetUtcNow() - LongestWait;
        foreach (var upload in All().Where(upload => upload.Initiated < latest && Parts(upload).All(part => part.Modified < latest)).ToList())
        {
            Remove(upload.Id);
        }
    }

    public void Dispose() => _locks.Dispose();

    private IEnumerable<UploadFacts> All() => Folders().Select(folder => TryRead(Path.GetFileName(folder))).OfType<UploadFacts>();

    private IEnumerable<string> Folders() => Directory.Exists(metadata.Multipart) ? Directory.EnumerateDirectories(metadata.Multipart) : [];

    private List<PartFacts> Choose(UploadFacts upload, IReadOnlyList<NamedPart> named)
    {
        var chosen = new List<PartFacts>();
        foreach (var name in named)
        {
            if (chosen.Count > 0 && name.Number <= chosen[^1].Number)
            {
                throw new StorageRefusedException(
                    StorageProblem.InvalidPartOrder, "The list of parts was not in ascending order. Parts must be ordered by part number.");
            }

            if (ReadPart(upload.Id, name.Number) is not { } part || part.ETag != name.ETag || (name.Checksum is { } sum && sum != part.Checksum))
            {
                throw new StorageRefusedException(
                    StorageProblem.InvalidPart,
                    "One or more of the specified parts could not be found. The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.");
            }

            chosen.Add(part);
        }

        if (chosen.SkipLast(1).Any(part => part.Size < LeastPartBytes))
        {
            throw new StorageRefusedException(
                StorageProblem.EntityTooSmall, "Your proposed upload is smaller than the minimum allowed object size: all parts but the last have at least 5 MiB.");
        }

        return chosen;
    }

#pragma warning disable CA5351 // What S3's entity tags are.
    private static string TagOver(List<PartFacts> parts)
    {
        var all = parts.SelectMany(part => Convert.FromHexString(part.ETag)).ToArray();
        return string.Create(CultureInfo.InvariantCulture, $"{Convert.ToHexStringLower(MD5.HashData(all))}-{parts.Count}");
    }
#pragma warning restore CA5351

    private static string OverParts(ChecksumAlgorithm algorithm, List<PartFacts> parts)
    {
        var all = parts.SelectMany(part => Convert.FromBase64String(part.Checksum ?? "")).ToArray();
        return string.Create(CultureInfo.InvariantCulture, $"{Convert.ToBase64String(RunningChecksum.Of(algorithm, all))}-{parts.Count}");
    }

    private UploadFacts? TryRead(string id) => id.Length == 32 && id.All(char.IsAsciiHexDigitLower)
        ? SideFiles.Read(Path.Combine(FolderOf(id), UploadFile), ObjectStorageJson.Default.UploadFacts)
        : null;

    private PartFacts? ReadPart(string id, int number) => SideFiles.Read(PartFile(id, number), ObjectStorageJson.Default.PartFacts);

    // What says that there is an upload goes first: a server killed half-way leaves none with missing parts.
    private void Remove(string id)
    {
        File.Delete(Path.Combine(FolderOf(id), UploadFile));
        Directory.Delete(FolderOf(id), recursive: true);
    }

    private string FolderOf(string id) => Path.Combine(metadata.Multipart, id);

    private string PartFile(string id, int number) => Path.Combine(FolderOf(id), string.Create(CultureInfo.InvariantCulture, $"part-{number:00000}.json"));

    private static StorageRefusedException NoSuchUpload() => new(
        StorageProblem.NoSuchUpload,
        "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.");
}
