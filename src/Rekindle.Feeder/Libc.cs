using System.Runtime.InteropServices;

namespace Rekindle.Feeder;

/// <summary>Calls of the C library that .NET has no methods for. Descriptors are plain numbers: none is closed by a finalizer.</summary>
internal static unsafe partial class Libc
{
    public const int ReadOnly = 0;
    public const int WriteOnly = 1;
    public const int NonBlocking = 0x800;
    public const int CloseOnExec = 0x80000;

    public const int NoSuchFile = 2;
    public const int Interrupted = 4;
    public const int Exists = 17;
    public const int TooManyLinks = 40;
    public const int BrokenPipe = 32;

    private const int SetPipeSize = 1031;
    private const int EmptyPath = 0x1000;
    private const uint StatxType = 1;

    // These two differ between processors.
    private static readonly bool IsArm = RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm;

    public static int DirectoryOnly => IsArm ? 0x4000 : 0x10000;

    public static int NoFollow => IsArm ? 0x8000 : 0x20000;

    public static int LastError => Marshal.GetLastPInvokeError();

    public static string LastMessage => Marshal.GetLastPInvokeErrorMessage();

    /// <summary>The bits of the mode that say what a descriptor is open on; 0 when that can't be told.</summary>
    public static int TypeOf(int descriptor)
    {
        // struct statx has the same layout on every architecture; its mode stands at byte 28.
        var buffer = stackalloc byte[256];
        return Statx(descriptor, "", EmptyPath, StatxType, buffer) == 0 ? *(ushort*)(buffer + 28) & 0xF000 : 0;
    }

    /// <summary>Asks for more room in a pipe; less will do.</summary>
    public static void Enlarge(int descriptor, int bytes) => _ = Control(descriptor, SetPipeSize, bytes);

    [LibraryImport("libc", EntryPoint = "openat", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    public static partial int OpenAt(int folder, string path, int flags);

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    public static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "mkfifoat", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    public static partial int MakeFifoAt(int folder, string path, uint mode);

    [LibraryImport("libc", EntryPoint = "unlinkat", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    public static partial int UnlinkAt(int folder, string path, int flags);

    [LibraryImport("libc", EntryPoint = "umask")]
    public static partial uint SetUmask(uint mask);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(int descriptor, byte* bytes, nint count);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Control(int descriptor, int command, int value);

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Statx(int folder, string path, int flags, uint mask, byte* buffer);
}
