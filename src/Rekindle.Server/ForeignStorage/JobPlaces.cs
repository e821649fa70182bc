namespace Rekindle.Server.ForeignStorage;

/// <summary>What is kept of a training job that has to do with buckets elsewhere: a folder a job, which tells a later server everything.</summary>
internal sealed class JobPlaces(string cacheFolder)
{
    /// <summary>In the cache's folder; no content has such a name.</summary>
    public const string FolderName = ".jobs";

    private readonly string _folder = Path.Combine(cacheFolder, FolderName);

    public string FolderOf(string job) => Path.Combine(_folder, job);

    /// <summary>Where its artifacts lie packed until they are uploaded.</summary>
    public string OutgoingOf(string job) => Path.Combine(FolderOf(job), "outgoing");

    /// <summary>Says what was packed; there as soon as all of it is.</summary>
    public string PackedOf(string job) => Path.Combine(FolderOf(job), "packed");

    /// <summary>The path of a place in the folder, below the alias that stands for the cache.</summary>
    public static string KeyOf(string job, string name) => $"{FolderName}/{job}/{name}";

    public IReadOnlyList<string> All() => Directory.Exists(_folder) ? [.. Directory.EnumerateDirectories(_folder).Select(path => Path.GetFileName(path)).Where(name => !name.StartsWith('.'))] : [];

    /// <summary>The contents that a job was given.</summary>
    public IReadOnlyList<string> UsesOf(string job) => File.Exists(UsesFile(job)) ? File.ReadAllLines(UsesFile(job)) : [];

    /// <summary>Known before the content is used, so that nobody removes it in between.</summary>
    public void AddUse(string job, string hash)
    {
        Directory.CreateDirectory(FolderOf(job));
        File.AppendAllText(UsesFile(job), hash + "\n");
    }

    public void ForgetUses(string job)
    {
        if (Directory.Exists(FolderOf(job))) File.Delete(UsesFile(job));
    }

    /// <summary>What an earlier execution of the same name left to upload is not this one's.</summary>
    public void ForgetOutgoing(string job)
    {
        if (!Directory.Exists(FolderOf(job))) return;
        File.Delete(PackedOf(job));
        FolderRemoval.Remove(OutgoingOf(job));
    }

    public void Remove(string job)
    {
        FolderRemoval.Remove(FolderOf(job));
        FolderRemoval.Sweep(_folder);
    }

    private string UsesFile(string job) => Path.Combine(FolderOf(job), "uses");
}
