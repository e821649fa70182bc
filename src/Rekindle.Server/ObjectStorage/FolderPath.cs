namespace Rekindle.Server.ObjectStorage;

/// <summary>The open folders from a bucket's to the one that holds an object.</summary>
internal sealed class FolderPath : IDisposable
{
    private readonly List<FolderHandle> _folders;

    private FolderPath(List<FolderHandle> folders) => _folders = folders;

    public FolderHandle Root => _folders[0];

    /// <summary>The one that holds the object.</summary>
    public FolderHandle Last => _folders[^1];

    /// <summary>Opens the folders that <paramref name="names"/> lead through; null when one is missing.</summary>
    public static FolderPath? TryOpen(string root, IEnumerable<string> names) => Open(root, names, (folder, name) => folder.TryOpenFolder(name));

    /// <summary>Opens the folders and makes those that are missing.</summary>
    public static FolderPath? OpenOrMake(string root, IEnumerable<string> names) => Open(root, names, (folder, name) => folder.OpenOrMakeFolder(name));

    /// <summary>Removes the folders that hold nothing any more, from the last on, up to one that is to stay.</summary>
    /// <param name="names">What <see cref="TryOpen"/> was given.</param>
    /// <param name="stays">Whether a folder stays, by its key with the slash at its end.</param>
    public void Prune(IReadOnlyList<string> names, Func<string, bool> stays)
    {
        for (var depth = _folders.Count - 1; depth > 0; depth--)
        {
            if (stays(string.Join('/', names.Take(depth)) + "/") || !_folders[depth - 1].RemoveFolder(names[depth - 1])) return;
        }
    }

    public void Dispose()
    {
        foreach (var folder in _folders)
        {
            folder.Dispose();
        }
    }

    private static FolderPath? Open(string root, IEnumerable<string> names, Func<FolderHandle, string, FolderHandle?> open)
    {
        if (FolderHandle.TryOpen(root) is not { } first) return null;
        var path = new FolderPath([first]);
        try
        {
            foreach (var name in names)
            {
                if (open(path.Last, name) is not { } next)
                {
                    path.Dispose();
                    return null;
                }

                path._folders.Add(next);
            }

            return path;
        }
        catch
        {
            path.Dispose();
            throw;
        }
    }
}
