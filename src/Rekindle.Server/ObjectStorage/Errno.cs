using System.ComponentModel;

namespace Rekindle.Server.ObjectStorage;

/// <summary>The errors of Linux's file systems, and what they mean for an object.</summary>
internal static class Errno
{
    public const int Missing = 2;
    public const int NoDevice = 6;
    public const int Exists = 17;
    public const int NoFolder = 20;
    public const int IsFolder = 21;
    public const int NameTooLong = 36;
    public const int NotEmpty = 39;
    public const int Loop = 40;
    private const int NotPermitted = 1;
    private const int AccessDenied = 13;
    private const int Invalid = 22;
    private const int DiskFull = 28;
    private const int ReadOnly = 30;
    private const int BadCharacters = 84;
    private const int QuotaExceeded = 122;

    /// <summary>What the client hears; a fault of the machine's own is an <see cref="IOException"/>.</summary>
    public static Exception Refused(int error, string name) => error switch
    {
        NameTooLong or Invalid or BadCharacters => new StorageRefusedException(
            StorageProblem.InvalidArgument, $"Objects are files here, and the file system refuses the name '{name}'."),
        NoFolder or Loop or IsFolder => new StorageRefusedException(
            StorageProblem.InvalidArgument, $"Objects are files here, and a file or a link is in the way of '{name}'."),
        Missing => new StorageRefusedException(
            StorageProblem.OperationAborted, $"A folder on the way to '{name}' was removed meanwhile. Please try again."),
        AccessDenied or NotPermitted or ReadOnly => new StorageRefusedException(
            StorageProblem.AccessDenied, $"The server may not do this in the bucket's folder ('{name}')."),
        DiskFull or QuotaExceeded => Full(),
        _ => new IOException($"The file system failed at '{name}'.", new Win32Exception(error)),
    };

    /// <summary>What .NET throws when the disk is full; null for another fault.</summary>
    public static StorageRefusedException? Understand(IOException problem) => (problem.HResult & 0xffff) is DiskFull or QuotaExceeded ? Full() : null;

    private static StorageRefusedException Full() => new(StorageProblem.InsufficientStorage, "There is no space left for the object.");
}
