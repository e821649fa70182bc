using System.Buffers;
using System.Security.Cryptography;
using Rekindle.Server.ObjectStorage.Checksums;

namespace Rekindle.Server.ObjectStorage;

/// <summary>The bytes of an upload, complete and on disk, not yet in their place. Disposed before it is moved there, it leaves nothing.</summary>
internal sealed class StagedFile(string path, StagedContent content, FileFacts facts) : IDisposable
{
    public string Path { get; } = path;

    public StagedContent Content { get; } = content;

    public FileFacts Facts { get; } = facts;

    public void Dispose() => File.Delete(Path);
}

/// <summary>What came.</summary>
/// <param name="Size">Bytes.</param>
/// <param name="Md5">Of all of them; empty where nobody asked.</param>
/// <param name="Checksum">By the algorithm that was asked for; null where none was.</param>
internal sealed record StagedContent(long Size, byte[] Md5, byte[]? Checksum);

/// <summary>Writes uploads into files of their own, in pieces, reading their checksums on the way.</summary>
internal static class Staging
{
    /// <summary>The largest object that one request may bring, as with S3.</summary>
    public const long MostBytes = 5L << 30;

    private const int PieceBytes = 256 << 10;

    /// <param name="folder">In the file system of the place the bytes are for; made if need be.</param>
    /// <param name="bytes">Read to their end; if reading throws, nothing is left.</param>
    /// <param name="checksum">The checksum to make.</param>
    /// <param name="md5">Whether to make that too.</param>
    /// <param name="limit">Most bytes.</param>
    /// <param name="cancellationToken">Ends it; nothing is left.</param>
    /// <exception cref="StorageRefusedException">There are too many bytes, or no space for them.</exception>
    public static async Task<StagedFile> WriteAsync(
        string folder, Stream bytes, ChecksumAlgorithm? checksum, bool md5, long limit, CancellationToken cancellationToken)
    {
        // Programs write into buckets too: a link in its place would lead bytes elsewhere.
        if (new DirectoryInfo(folder).LinkTarget is not null) throw new StorageRefusedException(StorageProblem.AccessDenied, "The folder for uploads is a link.");
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, Guid.NewGuid().ToString("N"));
        try
        {
            await using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0);
            var content = await CopyAsync(bytes, file, checksum, md5, limit, cancellationToken);
            file.Flush(flushToDisk: true);
            return new StagedFile(path, content, FolderHandle.FactsOf(file.SafeFileHandle) ?? throw new IOException($"{path} is gone."));
        }
        catch (IOException problem) when (Errno.Understand(problem) is { } full)
        {
            File.Delete(path);
            throw full;
        }
        catch
        {
            File.Delete(path);
            throw;
        }
    }

    /// <summary>Removes what a server that was killed left behind.</summary>
    public static void Clear(string folder)
    {
        if (!Directory.Exists(folder)) return;
        foreach (var file in Directory.EnumerateFiles(folder))
        {
            File.Delete(file);
        }
    }

    // MD5 is what S3's entity tags are; nobody relies on it for safety.
#pragma warning disable CA5351
    private static async Task<StagedContent> CopyAsync(
        Stream bytes, FileStream file, ChecksumAlgorithm? algorithm, bool md5, long limit, CancellationToken cancellationToken)
    {
        using var tag = md5 ? IncrementalHash.CreateHash(HashAlgorithmName.MD5) : null;
        using var checksum = algorithm is { } one ? new RunningChecksum(one) : null;
        var piece = ArrayPool<byte>.Shared.Rent(PieceBytes);
        try
        {
            long size = 0;
            while (await bytes.ReadAtLeastAsync(piece, piece.Length, throwOnEndOfStream: false, cancellationToken) is > 0 and var read)
            {
                size += read;
                if (size > limit) throw TooLarge();
                tag?.AppendData(piece, 0, read);
                checksum?.Append(piece.AsSpan(0, read));
                await file.WriteAsync(piece.AsMemory(0, read), cancellationToken);
            }

            return new StagedContent(size, tag?.GetHashAndReset() ?? [], checksum?.Finish());
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece);
        }
    }
#pragma warning restore CA5351

    public static StorageRefusedException TooLarge() =>
        new(StorageProblem.EntityTooLarge, "Your proposed upload exceeds the maximum allowed object size.");
}
