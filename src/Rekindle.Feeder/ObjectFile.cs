using Microsoft.Win32.SafeHandles;

namespace Rekindle.Feeder;

/// <summary>Opens the files of objects. They were looked at when the execution began; since then somebody may have put links or FIFOs in their place.</summary>
internal static class ObjectFile
{
    private const int RegularType = 0x8000;
    private const string Deleted = " (deleted)";

    // An object may be replaced, by a rename, between opening it and looking what was opened.
    private const int MostAttempts = 5;

    /// <param name="path">A path without links.</param>
    /// <exception cref="FeedException">There is no such file, or something else.</exception>
    public static FileStream Open(string path)
    {
        for (var attempt = 1; ; attempt++)
        {
            var file = Libc.Open(path, Libc.ReadOnly | Libc.NonBlocking | Libc.NoFollow | Libc.CloseOnExec);
            if (file < 0)
            {
                if (Libc.LastError == Libc.Interrupted) continue;
                throw new FeedException(Libc.LastError is Libc.NoSuchFile ? "is not there any more." : $"can't be opened: {Libc.LastMessage}.");
            }

            var handle = new SafeFileHandle(file, ownsHandle: true);
            if (Libc.TypeOf(file) == RegularType)
            {
                var real = new FileInfo($"/proc/self/fd/{file}").LinkTarget;
                if (real == path) return new FileStream(handle, FileAccess.Read, bufferSize: 0);
                if (real == path + Deleted && attempt < MostAttempts)
                {
                    handle.Dispose();
                    continue;
                }
            }

            handle.Dispose();
            throw new FeedException("was replaced by something that is no file, or lies elsewhere.");
        }
    }
}
