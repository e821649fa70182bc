using System.Formats.Tar;
using System.IO.Compression;
using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.Executors.Local;

/// <summary>Unpacks a user's code. Nothing in an archive is written, linked or read outside the folder it is unpacked into.</summary>
internal static class CodeArchive
{
    /// <summary>What an archive may grow to; source code is far smaller, a decompression bomb far larger.</summary>
    public const long MaxBytes = 1L << 30;

    public const int MaxEntries = 100_000;

    /// <summary>Unpacks a tar.gz; repeating it writes the same files again.</summary>
    /// <exception cref="ExecutionRefusedException">The archive is broken, too large, or reaches out of its folder.</exception>
    public static async Task UnpackAsync(string archive, string folder, CancellationToken cancellationToken)
    {
        try
        {
            await using var file = File.OpenRead(archive);
            await using var plain = new GZipStream(file, CompressionMode.Decompress);
            await using var reader = new TarReader(plain);
            long bytes = 0;
            var entries = 0;
            while (await reader.GetNextEntryAsync(copyData: false, cancellationToken) is { } entry)
            {
                bytes += entry.Length;
                if (++entries > MaxEntries || bytes > MaxBytes) throw new ExecutionRefusedException("The source archive is too large.");
                await UnpackAsync(entry, folder, cancellationToken);
            }
        }
        catch (Exception error) when (error is InvalidDataException or EndOfStreamException or FormatException)
        {
            throw new ExecutionRefusedException($"The source archive \"{Path.GetFileName(archive)}\" is no valid tar.gz: {error.Message}");
        }
    }

    /// <summary>Copies a folder of code; links that lead out of it are left out.</summary>
    public static void Copy(string source, string folder, CancellationToken cancellationToken) => Copy(source, source, folder, cancellationToken);

    private static void Copy(string root, string source, string folder, CancellationToken cancellationToken)
    {
        foreach (var path in Directory.EnumerateFileSystemEntries(source))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var target = Path.Combine(folder, Path.GetFileName(path));
            var kind = FileSystem.KindOf(path);
            if (kind == FileKind.Link)
            {
                if (File.Exists(path) && StorageLocation.Contains(root, path)) File.Copy(path, target, overwrite: true);
            }
            else if (kind == FileKind.Directory)
            {
                Directory.CreateDirectory(target);
                Copy(root, path, target, cancellationToken);
            }
            else if (kind == FileKind.Regular)
            {
                File.Copy(path, target, overwrite: true);
            }
        }
    }

    private static async Task UnpackAsync(TarEntry entry, string folder, CancellationToken cancellationToken)
    {
        switch (entry.EntryType)
        {
            case TarEntryType.Directory:
                Place(folder, entry.Name, isFolder: true);
                break;
            case TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile:
                await entry.ExtractToFileAsync(Cleared(Place(folder, entry.Name)), overwrite: true, cancellationToken);
                break;
            case TarEntryType.SymbolicLink:
                var link = Place(folder, entry.Name);
                CheckLink(folder, link, entry);
                File.CreateSymbolicLink(Cleared(link), entry.LinkName);
                break;
            case TarEntryType.HardLink:
                var original = Place(folder, entry.LinkName);
                if (FileSystem.KindOf(original) != FileKind.Regular) throw Escapes(entry.Name);
                var copy = Place(folder, entry.Name);
                if (copy != original) File.Copy(original, Cleared(copy), overwrite: true);
                break;
            default:
                // Devices, pipes and the archive's own attributes are no code.
                break;
        }
    }

    // The path of an entry, with real folders on the way: a link on the way could lead anywhere.
    private static string Place(string folder, string name, bool isFolder = false)
    {
        if (name.StartsWith('/') || name.Contains('\0', StringComparison.Ordinal)) throw Escapes(name);
        List<string> segments = [.. name.Split('/').Where(segment => segment is not ("" or "."))];
        if (segments.Contains("..") || (segments.Count == 0 && !isFolder)) throw Escapes(name);
        var path = folder;
        for (var i = 0; i < segments.Count; i++)
        {
            path = Path.Combine(path, segments[i]);
            if (i == segments.Count - 1 && !isFolder) break;
            var kind = FileSystem.KindOf(path);
            if (kind == FileKind.None) Directory.CreateDirectory(path);
            else if (kind != FileKind.Directory) throw Escapes(name);
        }

        return path;
    }

    // A link's target may climb only at its beginning, where the folders are real ones, and no higher than the root. What it then descends
    // through is inside, or another link that was checked the same way.
    private static void CheckLink(string folder, string link, TarEntry entry)
    {
        var depth = Path.GetRelativePath(folder, link).Split('/').Length - 1;
        var segments = entry.LinkName.Split('/').Where(segment => segment is not ("" or ".")).ToList();
        var climbs = segments.TakeWhile(segment => segment == "..").Count();
        if (entry.LinkName.StartsWith('/') || entry.LinkName.Length == 0 || climbs > depth || segments.Skip(climbs).Contains(".."))
        {
            throw Escapes(entry.Name);
        }
    }

    // An earlier entry of the same name, a link above all, must not be written through.
    private static string Cleared(string path)
    {
        var kind = FileSystem.KindOf(path);
        if (kind == FileKind.Directory) throw new ExecutionRefusedException($"The source archive names \"{Path.GetFileName(path)}\" both as a folder and as a file.");
        if (kind != FileKind.None) File.Delete(path);
        return path;
    }

    private static ExecutionRefusedException Escapes(string name) => new($"The source archive's entry \"{name}\" leads out of its folder.");
}
