using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Rekindle.Server.TrainingJobs;

/// <summary>What .NET can't tell of a file system whose contents others may have planted.</summary>
internal static partial class FileSystem
{
    private const int AtFdCwd = -100;
    private const int AtSymlinkNoFollow = 0x100;
    private const int AtEmptyPath = 0x1000;
    private const uint StatxType = 1;
    private const int NonBlocking = 0x800;
    private const int CloseOnExec = 0x80000;

    // The two flags changed places on ARM.
    private static readonly bool IsArm = RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm;
    private static readonly int Folder = IsArm ? 0x4000 : 0x10000;
    private static readonly int NoFollow = IsArm ? 0x8000 : 0x20000;

    /// <summary>The path without symbolic links, null when something on the way does not exist.</summary>
    public static unsafe string? RealPath(string path)
    {
        // PATH_MAX, which realpath demands of its buffer.
        var buffer = stackalloc byte[4096];
        return RealPathOf(path, buffer) == 0 ? null : Marshal.PtrToStringUTF8((nint)buffer);
    }

    /// <summary>What a path is, links not followed. Other is a device, a socket or a pipe: opening one may block.</summary>
    public static unsafe FileKind KindOf(string path)
    {
        var buffer = stackalloc byte[256];
        return Statx(AtFdCwd, path, AtSymlinkNoFollow, StatxType, buffer) == 0 ? Kind(buffer) : FileKind.None;
    }

    /// <summary>Opens a regular file of a folder; null when there is none that can be read, or when folder or file is a link.</summary>
    public static unsafe SafeFileHandle? TryOpenFile(string folder, string name)
    {
        using var parent = Own(OpenAt(AtFdCwd, folder, Folder | NoFollow | CloseOnExec));
        if (parent is null) return null;
        // A pipe would block whoever opens it.
        var file = Own(OpenAt((int)parent.DangerousGetHandle(), name, NoFollow | NonBlocking | CloseOnExec));
        var buffer = stackalloc byte[256];
        if (file is null || (Statx((int)file.DangerousGetHandle(), "", AtEmptyPath, StatxType, buffer) == 0 && Kind(buffer) == FileKind.Regular)) return file;
        file.Dispose();
        return null;
    }

    private static SafeFileHandle? Own(int descriptor) => descriptor < 0 ? null : new SafeFileHandle(descriptor, ownsHandle: true);

    // struct statx has the same layout on every architecture; its mode stands at byte 28.
    private static unsafe FileKind Kind(byte* statx) => (*(ushort*)(statx + 28) & 0xF000) switch
    {
        0x8000 => FileKind.Regular,
        0x4000 => FileKind.Directory,
        0xA000 => FileKind.Link,
        _ => FileKind.Other,
    };

    [LibraryImport("libc", EntryPoint = "openat", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int OpenAt(int folder, string name, int flags);

    [LibraryImport("libc", EntryPoint = "realpath", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static unsafe partial nint RealPathOf(string path, byte* resolved);

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static unsafe partial int Statx(int folder, string path, int flags, uint mask, byte* buffer);
}

internal enum FileKind { None, Regular, Directory, Link, Other }
