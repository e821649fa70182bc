using System.ComponentModel;

namespace Rekindle.Feeder;

/// <summary>
/// The folder in which a program finds its FIFOs. The program may write there, and put links in the place of what it was given, so everything
/// is named relative to the opened folder, which was reached without a link, and no link is followed in it.
/// </summary>
internal sealed class FifoFolder : IDisposable
{
    private const int FifoType = 0x1000;
    private const uint ForAll = 0b110_110_110;

    private readonly int _folder;

    private FifoFolder(int folder) => _folder = folder;

    /// <summary>Opens the folder of the channels.</summary>
    /// <param name="execution">The execution's folder, which its program can't change.</param>
    /// <exception cref="IOException">There is none.</exception>
    public static FifoFolder Open(string execution)
    {
        var folder = Descend(Libc.Open(execution, Libc.ReadOnly | Libc.DirectoryOnly | Libc.CloseOnExec), execution);
        foreach (var name in (string[])[FeedFiles.Tree, "input", "data"])
        {
            var inner = Libc.OpenAt(folder, name, Libc.ReadOnly | Libc.DirectoryOnly | Libc.NoFollow | Libc.CloseOnExec);
            var (error, message) = (Libc.LastError, Libc.LastMessage);
            _ = Libc.Close(folder);
            if (inner < 0) throw new IOException($"the folder {name} of the training program can't be opened: {message}", new Win32Exception(error));
            folder = inner;
        }

        return new FifoFolder(folder);
    }

    /// <summary>Makes a FIFO; one that is there stays. The umask decides who may read it.</summary>
    public void Make(string name)
    {
        if (Libc.MakeFifoAt(_folder, name, ForAll) == 0 || Libc.LastError == Libc.Exists) return;
        throw Failed(name, "be made");
    }

    /// <summary>Waits for a reader, whoever it is.</summary>
    /// <exception cref="FeedException">There is something else of that name.</exception>
    public FifoEnd OpenForWriting(string name)
    {
        while (true)
        {
            var end = Libc.OpenAt(_folder, name, Libc.WriteOnly | Libc.NoFollow | Libc.CloseOnExec);
            if (end >= 0)
            {
                if (Libc.TypeOf(end) == FifoType) return new FifoEnd(end);
                _ = Libc.Close(end);
                throw Replaced(name);
            }

            switch (Libc.LastError)
            {
                case Libc.Interrupted:
                    break;
                case Libc.NoSuchFile:
                    Make(name);
                    break;
                case Libc.TooManyLinks:
                    throw Replaced(name);
                default:
                    throw Failed(name, "be opened");
            }
        }
    }

    /// <summary>Removes a FIFO's name; who has it open goes on. Does nothing when there is none.</summary>
    public void Remove(string name) => _ = Libc.UnlinkAt(_folder, name, 0);

    public void Dispose() => _ = Libc.Close(_folder);

    private static int Descend(int folder, string name) =>
        folder >= 0 ? folder : throw new IOException($"{name} can't be opened: {Libc.LastMessage}", new Win32Exception(Libc.LastError));

    private static IOException Failed(string name, string what) =>
        new($"the FIFO {name} can't {what}: {Libc.LastMessage}", new Win32Exception(Libc.LastError));

    private static FeedException Replaced(string name) => new($"/opt/ml/input/data/{name} is no FIFO any more; the program has put something else in its place.");
}
