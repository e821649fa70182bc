using System.ComponentModel;
using System.IO.Enumeration;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.ObjectStorage;

/// <summary>
/// An open folder. What is in it is reached by name from the handle and no symbolic link is followed, so that nobody who changes the
/// tree meanwhile, such as a training program, can lead an operation out of it.
/// </summary>
internal sealed partial class FolderHandle : IDisposable
{
    private const int CurrentFolder = -100;
    private const int ReadOnly = 0;
    private const int NonBlocking = 0x800;
    private const int CloseOnExec = 0x80000;
    private const int RemoveFolderFlag = 0x200;
    private const int AtEmptyPath = 0x1000;
    private const int AtSymlinkNoFollow = 0x100;
    private const uint StatxBasics = 0x7ff;
    private const uint FolderMode = 0b111_101_101;

    // The two flags changed places on ARM.
    private static readonly bool IsArm = RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm;
    private static readonly int Folder = IsArm ? 0x4000 : 0x10000;
    private static readonly int NoFollow = IsArm ? 0x8000 : 0x20000;

    private readonly SafeFileHandle _handle;

    private FolderHandle(SafeFileHandle handle) => _handle = handle;

    /// <summary>Opens a folder by its path, links followed; null when there is none.</summary>
    public static FolderHandle? TryOpen(string path)
    {
        var descriptor = OpenAt(CurrentFolder, path, ReadOnly | Folder | CloseOnExec, 0);
        return descriptor >= 0 ? Own(descriptor) : Missing(path);
    }

    /// <summary>Opens a folder in this one; null when there is none of that name, or a file or link has it.</summary>
    public FolderHandle? TryOpenFolder(string name)
    {
        var descriptor = OpenAt(_handle, name, ReadOnly | Folder | NoFollow | CloseOnExec, 0);
        return descriptor >= 0 ? Own(descriptor) : Missing(name);
    }

    /// <summary>Opens a folder in this one, and makes it first if need be.</summary>
    /// <exception cref="StorageRefusedException">A file or a link has its name, or it can't be made.</exception>
    public FolderHandle OpenOrMakeFolder(string name)
    {
        if (TryOpenFolder(name) is { } there) return there;
        if (MakeAt(_handle, name, FolderMode) == 0)
        {
            Flush();
        }
        else if (Marshal.GetLastPInvokeError() is not Errno.Exists and var error)
        {
            throw Errno.Refused(error, name);
        }

        return TryOpenFolder(name) ?? throw InTheWay(name);
    }

    /// <summary>Opens a regular file in this folder; null when there is none of that name.</summary>
    public SafeFileHandle? TryOpenFile(string name, out FileFacts facts)
    {
        // A pipe would block whoever opens it.
        var descriptor = OpenAt(_handle, name, ReadOnly | NoFollow | NonBlocking | CloseOnExec, 0);
        if (descriptor < 0)
        {
            facts = default;
            Missing(name);
            return null;
        }

        var file = new SafeFileHandle(descriptor, ownsHandle: true);
        facts = FactsOf(file) ?? default;
        if (facts.Kind == FileKind.Regular) return file;
        file.Dispose();
        return null;
    }

    /// <summary>What has this name, links not followed; null when nothing has.</summary>
    public unsafe FileFacts? Look(string name)
    {
        var buffer = stackalloc byte[256];
        return Statx(_handle, name, AtSymlinkNoFollow, StatxBasics, buffer) == 0 ? FileFacts.Read(buffer) : null;
    }

    public static unsafe FileFacts? FactsOf(SafeFileHandle file)
    {
        var buffer = stackalloc byte[256];
        return Statx(file, "", AtEmptyPath, StatxBasics, buffer) == 0 ? FileFacts.Read(buffer) : null;
    }

    /// <summary>Moves a file from elsewhere in this file system to a name in this folder, in place of a file that has it.</summary>
    /// <exception cref="StorageRefusedException">A folder has the name, or the file system can't hold it.</exception>
    public void MoveHere(string path, string name)
    {
        if (Rename(CurrentFolder, path, _handle, name) == 0) return;
        var error = Marshal.GetLastPInvokeError();
        if (error is Errno.IsFolder or Errno.Exists or Errno.NotEmpty)
        {
            // One that holds nothing is no object and must not be in the way of one.
            if (RemoveFolder(name) && Rename(CurrentFolder, path, _handle, name) == 0) return;
            throw InTheWay(name);
        }

        throw Errno.Refused(error, name);
    }

    /// <summary>False when there is no file of that name.</summary>
    public bool RemoveFile(string name)
    {
        if (Unlink(_handle, name, 0) == 0) return true;
        var error = Marshal.GetLastPInvokeError();
        return error is Errno.Missing or Errno.IsFolder or Errno.NoFolder ? false : throw Errno.Refused(error, name);
    }

    /// <summary>Removes an empty folder; false when it isn't empty, or isn't there.</summary>
    public bool RemoveFolder(string name) => Unlink(_handle, name, RemoveFolderFlag) == 0;

    /// <summary>What names the folder holds survives a power failure from now on.</summary>
    public void Flush()
    {
        if (Sync(_handle) != 0) throw new IOException("A folder could not be flushed.", new Win32Exception(Marshal.GetLastPInvokeError()));
    }

    /// <summary>What is in the folder, in no order.</summary>
    public IEnumerable<(string Name, bool IsFolder)> Entries() => new FileSystemEnumerable<(string, bool)>(
        $"/proc/self/fd/{_handle.DangerousGetHandle()}",
        static (ref FileSystemEntry entry) => (entry.FileName.ToString(), entry.IsDirectory),
        new EnumerationOptions { AttributesToSkip = 0, IgnoreInaccessible = true });

    public void Dispose() => _handle.Dispose();

    private static FolderHandle Own(int descriptor) => new(new SafeFileHandle(descriptor, ownsHandle: true));

    private static FolderHandle? Missing(string name)
    {
        var error = Marshal.GetLastPInvokeError();
        return error is Errno.Missing or Errno.NoFolder or Errno.Loop or Errno.NameTooLong or Errno.NoDevice
            ? null
            : throw Errno.Refused(error, name);
    }

    private static StorageRefusedException InTheWay(string name) => new(
        StorageProblem.InvalidArgument,
        $"Objects are files here, and '{name}' is a file or a link already where the key needs a folder, or a folder that holds objects where it needs a file.");

    [LibraryImport("libc", EntryPoint = "openat", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int OpenAt(int folder, string name, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "openat", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int OpenAt(SafeFileHandle folder, string name, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "mkdirat", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int MakeAt(SafeFileHandle folder, string name, uint mode);

    [LibraryImport("libc", EntryPoint = "renameat", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Rename(int from, string path, SafeFileHandle folder, string name);

    [LibraryImport("libc", EntryPoint = "unlinkat", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Unlink(SafeFileHandle folder, string name, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Sync(SafeFileHandle folder);

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static unsafe partial int Statx(SafeFileHandle folder, string name, int flags, uint mask, byte* buffer);
}

/// <summary>What the file system says of a file.</summary>
/// <param name="Kind">Regular, folder, link or other.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Modified">When it was last written, in nanoseconds since 1970.</param>
/// <param name="Number">Its number in the file system.</param>
internal readonly record struct FileFacts(FileKind Kind, long Size, long Modified, ulong Number)
{
    public DateTimeOffset ModifiedTime => DateTimeOffset.UnixEpoch.AddTicks(Modified / 100);

    // struct statx has the same layout on every architecture.
    public static unsafe FileFacts Read(byte* statx) => new(
        (*(ushort*)(statx + 28) & 0xF000) switch
        {
            0x8000 => FileKind.Regular,
            0x4000 => FileKind.Directory,
            0xA000 => FileKind.Link,
            _ => FileKind.Other,
        },
        *(long*)(statx + 40),
        unchecked((*(long*)(statx + 112) * 1_000_000_000) + *(uint*)(statx + 120)),
        *(ulong*)(statx + 32));
}
