namespace Rekindle.Server;

/// <summary>
/// The folder a server keeps everything in. It is held by one server at a time, by a lock the operating system drops with the process,
/// so that whoever holds it knows that every earlier server of this folder is dead.
/// </summary>
internal sealed class DataFolder : IDisposable
{
    /// <summary>What a lock that another process holds is refused with: EWOULDBLOCK of Linux, and of macOS.</summary>
    private static readonly int WouldBlock = OperatingSystem.IsMacOS() ? 35 : 11;

    private readonly FileStream _lock;

    private DataFolder(string path, FileStream held)
    {
        Path = path;
        _lock = held;
    }

    public string Path { get; }

    public string DatabasePath => System.IO.Path.Combine(Path, "rekindle.db");

    /// <exception cref="DataFolderException">The folder can't be made or another server holds it.</exception>
    public static DataFolder Open(string path)
    {
        var full = System.IO.Path.GetFullPath(path);
        try
        {
            // Training data and scripts of one user are no business of the others.
            Directory.CreateDirectory(full, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            return new DataFolder(
                full, new FileStream(System.IO.Path.Combine(full, "server.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            var guess = problem.HResult == WouldBlock ? "Is another server running with it? " : "";
            throw new DataFolderException($"The data folder {full} can't be used: {problem.Message} {guess}Choose another folder with --data.", problem);
        }
    }

    public void Dispose() => _lock.Dispose();
}

/// <summary>The data folder can't be used; the message says why and what to do.</summary>
public sealed class DataFolderException(string message, Exception inner) : Exception(message, inner);
