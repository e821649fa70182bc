using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.ForeignStorage;

/// <summary>Removes folders that programs have written into, and whose rights they may have changed.</summary>
internal static class FolderRemoval
{
    /// <summary>What begins like this is of no use to anybody any more.</summary>
    public const string Prefix = ".removed-";

    /// <summary>Takes the folder out of the way at once, and as much of it from the disk as this server may; the rest is tried again by <see cref="Sweep"/>.</summary>
    public static void Remove(string folder)
    {
        if (!Directory.Exists(folder)) return;
        var doomed = Path.Combine(Path.GetDirectoryName(folder)!, $"{Prefix}{Guid.NewGuid():N}");
        Directory.Move(folder, doomed);
        Delete(doomed);
    }

    public static void Sweep(string parent)
    {
        if (!Directory.Exists(parent)) return;
        foreach (var left in Directory.EnumerateDirectories(parent, Prefix + "*"))
        {
            Delete(left);
        }
    }

    private static void Delete(string folder)
    {
        try
        {
            try
            {
                Directory.Delete(folder, recursive: true);
            }
            catch (UnauthorizedAccessException)
            {
                Unlock(folder);
                Directory.Delete(folder, recursive: true);
            }
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            // Another user's, as of a container that ran as root. It is in nobody's way.
        }
    }

    private static void Unlock(string folder)
    {
        File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        foreach (var path in Directory.EnumerateDirectories(folder))
        {
            if (FileSystem.KindOf(path) == FileKind.Directory) Unlock(path);
        }
    }
}
