using System.Runtime.InteropServices;

namespace Rekindle.Server.TrainingJobs;

/// <summary>What .NET can't tell of a file system whose contents others may have planted.</summary>
internal static partial class FileSystem
{
    private const int AtFdCwd = -100;
    private const int AtSymlinkNoFollow = 0x100;
    private const uint StatxType = 1;

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
        // struct statx has the same layout on every architecture; its mode stands at byte 28.
        var buffer = stackalloc byte[256];
        if (Statx(AtFdCwd, path, AtSymlinkNoFollow, StatxType, buffer) != 0) return FileKind.None;
        return (*(ushort*)(buffer + 28) & 0xF000) switch
        {
            0x8000 => FileKind.Regular,
            0x4000 => FileKind.Directory,
            0xA000 => FileKind.Link,
            _ => FileKind.Other,
        };
    }

    [LibraryImport("libc", EntryPoint = "realpath", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static unsafe partial nint RealPathOf(string path, byte* resolved);

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static unsafe partial int Statx(int folder, string path, int flags, uint mask, byte* buffer);
}

internal enum FileKind { None, Regular, Directory, Link, Other }
