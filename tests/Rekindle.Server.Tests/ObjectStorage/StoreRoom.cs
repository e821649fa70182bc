using System.Text;
using Microsoft.Extensions.Time.Testing;
using Rekindle.Server.ObjectStorage;
using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.Tests.ObjectStorage;

/// <summary>A store of objects in a folder of its own.</summary>
internal sealed class StoreRoom : IDisposable
{
    public StoreRoom()
    {
        Mapped = Path.Combine(Folder, "elsewhere");
        Reopen();
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("rekindle-objects-").FullName;

    /// <summary>Where the bucket <c>mapped</c> lies.</summary>
    public string Mapped { get; }

    public ObjectStore Store { get; private set; } = null!;

    public FakeTimeProvider Clock { get; } = new();

    public MultipartUploads Uploads { get; private set; } = null!;

    public MetadataFolder Metadata { get; private set; } = null!;

    public Buckets Buckets => Store.Buckets;

    public string Bucket(string name) => Path.Combine(Folder, "data", "s3", name);

    /// <summary>What the next server on the folder has.</summary>
    public void Reopen()
    {
        var data = Path.Combine(Folder, "data");
        var mapped = new Dictionary<string, string> { ["mapped"] = Mapped };
        Metadata = new MetadataFolder(Path.Combine(data, "s3-metadata"));
        Store = new ObjectStore(
            new Buckets(Path.Combine(data, "s3"), mapped, new StorageRoots(data, mapped, []), Metadata, TimeProvider.System), Metadata);
        Uploads = new MultipartUploads(Store, Metadata, Clock);
        Buckets.ClearStaging();
    }

    public Task<StoredObject> PutAsync(string bucket, string key, string content, NewObject? about = null) =>
        Store.PutAsync(bucket, ObjectKey.Parse(key), about ?? new NewObject(), new MemoryStream(Encoding.UTF8.GetBytes(content)), CancellationToken.None);

    public async Task<string> ReadAsync(string bucket, string key)
    {
        using var open = Store.Open(bucket, ObjectKey.Parse(key));
        await using var bytes = new ObjectBytes(open, 0, open.About.Size);
        using var all = new MemoryStream();
        await bytes.CopyToAsync(all, CancellationToken.None);
        return Encoding.UTF8.GetString(all.ToArray());
    }

    public StoredObject Look(string bucket, string key)
    {
        using var open = Store.Open(bucket, ObjectKey.Parse(key));
        return open.About;
    }

    public Task DeleteAsync(string bucket, string key) => Store.DeleteAsync(bucket, ObjectKey.Parse(key), WriteCondition.None, CancellationToken.None);

    public IReadOnlyList<string> Keys(string bucket, string prefix = "") =>
        [.. Store.List(bucket, new ListingRequest(prefix, "", "", int.MaxValue), CancellationToken.None).Objects.Select(one => one.Key)];

    /// <summary>Everything that is neither a bucket's nor known of an object: unfinished uploads.</summary>
    public IEnumerable<string> Leftovers() =>
        new[] { Metadata.Uploads, Metadata.Multipart, Path.Combine(Mapped, ObjectKey.HiddenFolder) }
            .Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateFileSystemEntries(folder, "*", SearchOption.AllDirectories));

    public static StorageProblem Problem(Action act) => Assert.Throws<StorageRefusedException>(act).Problem;

    public static async Task<StorageProblem> ProblemAsync(Func<Task> act) => (await Assert.ThrowsAsync<StorageRefusedException>(act)).Problem;

    public void Dispose()
    {
        Store.Dispose();
        Uploads.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}
