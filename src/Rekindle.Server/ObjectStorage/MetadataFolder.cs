using System.Security.Cryptography;
using System.Text;

namespace Rekindle.Server.ObjectStorage;

/// <summary>
/// What is known of objects beside their files: a JSON file each, in a folder of its own so that the bucket's folder holds what was
/// uploaded and nothing else. An object without one is a file put there by hand or by a training job.
/// </summary>
internal sealed class MetadataFolder(string root)
{
    public string Uploads { get; } = Path.Combine(root, "uploads");

    public string Multipart { get; } = Path.Combine(root, "multipart");

    public string BucketFile(string bucket) => Path.Combine(root, "buckets", bucket + ".json");

    /// <summary>The object that a file is.</summary>
    public StoredObject Describe(string bucket, string key, FileFacts facts)
    {
        var about = Read(bucket, key)?.Generations.Where(generation => generation.IsAbout(facts)).ToList() ?? [];
        // Two contents of the same size within a tick of the clock are told apart by the file's number, which a copied folder has not kept.
        var one = about.Find(generation => generation.Number == facts.Number) ?? about.FirstOrDefault();
        return one?.ToObject(key, facts) ?? StoredObject.OfFile(key, facts);
    }

    /// <summary>The object that an empty folder is, if it was uploaded as one; else null.</summary>
    public StoredObject? DescribeFolder(string bucket, string key) =>
        Read(bucket, key) is { Generations: [var generation, ..] }
            ? generation.ToObject(key, new FileFacts(TrainingJobs.FileKind.Directory, 0, generation.Modified, 0))
            : null;

    public bool Has(string bucket, string key) => File.Exists(FileOf(bucket, key));

    /// <summary>Keeps what is about a new content that is not yet in its place, along with what is about the one it replaces.</summary>
    public void Announce(string bucket, string key, Generation next, FileFacts? current)
    {
        var previous = current is { } facts ? Read(bucket, key)?.Generations.FirstOrDefault(generation => generation.IsAbout(facts)) : null;
        SideFiles.Write(
            FileOf(bucket, key), new Metadata(key, previous is null ? [next] : [next, previous]), ObjectStorageJson.Default.Metadata);
    }

    public void Forget(string bucket, string key)
    {
        try
        {
            File.Delete(FileOf(bucket, key));
        }
        catch (DirectoryNotFoundException)
        {
            // Nothing of this bucket was ever uploaded.
        }
    }

    public void ForgetBucket(string bucket)
    {
        if (Directory.Exists(FolderOf(bucket))) Directory.Delete(FolderOf(bucket), recursive: true);
        if (File.Exists(BucketFile(bucket))) File.Delete(BucketFile(bucket));
    }

    private Metadata? Read(string bucket, string key) => SideFiles.Read(FileOf(bucket, key), ObjectStorageJson.Default.Metadata);

    private string FolderOf(string bucket) => Path.Combine(root, "objects", bucket);

    // By the key's hash: any key is then a file's name, and none has too many neighbours.
    private string FileOf(string bucket, string key)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
        return Path.Combine(FolderOf(bucket), hash[..2], hash + ".json");
    }
}
