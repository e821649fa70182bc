using System.Formats.Tar;
using System.IO.Compression;
using System.Text;

namespace Rekindle.Server.TrainingJobs;

/// <summary>
/// Carries what a program left behind into its output path. The program may have been hostile: nothing outside its folders is read,
/// links are stored as links and never followed, and devices, pipes and sockets are left out.
/// </summary>
internal sealed class ModelArtifacts(StorageRoots roots)
{
    /// <summary>Characters of the failure file that become the failure reason.</summary>
    public const int MaxFailureLength = 1024;

    /// <summary>Packs model and output. Repeating it gives the same files.</summary>
    /// <exception cref="ExecutionRefusedException">The output path is not allowed.</exception>
    public async Task<CollectedArtifacts> CollectAsync(ExecutionSpec spec, JobFolder job, CancellationToken cancellationToken)
    {
        var uri = $"{Folder(spec.Definition.OutputPath)}/{spec.Name}/output";
        var target = roots.Resolve(uri).Path;
        var name = spec.Definition.CompressArtifacts ? ".tar.gz" : "/";
        var model = await StoreAsync(spec, job.Root, ["model"], Path.Combine(target, "model"), cancellationToken);
        var output = await StoreAsync(spec, job.Root, ["output", "data"], Path.Combine(target, "output"), cancellationToken);
        return new CollectedArtifacts(model ? $"{uri}/model{name}" : null, output ? $"{uri}/output{name}" : null);
    }

    /// <summary>Removes the model that <see cref="CollectAsync"/> stored, and nothing that it would not have stored.</summary>
    /// <param name="outputPath">The output path of the training job.</param>
    /// <param name="name">Its name.</param>
    /// <param name="model">What the collecting gave for the model.</param>
    /// <returns>Whether there was something to remove.</returns>
    /// <exception cref="ExecutionRefusedException">The path is not allowed any more.</exception>
    public bool Remove(string outputPath, string name, string model)
    {
        var uri = $"{Folder(outputPath)}/{name}/output/model";
        if (model != uri + ".tar.gz" && model != uri + "/") return false;
        var target = roots.Resolve(model).Path;
        switch (FileSystem.KindOf(target))
        {
            case FileKind.Regular when !model.EndsWith('/'):
                File.Delete(target);
                return true;
            case FileKind.Directory when model.EndsWith('/'):
                Directory.Delete(target, recursive: true);
                return true;
            default:
                return false;
        }
    }

    // Two slashes in a row are one for a folder; what Describe tells must be where the files are.
    private static string Folder(string outputPath)
    {
        var start = outputPath.IndexOf("://", StringComparison.Ordinal) is >= 0 and var scheme ? scheme + "://".Length : 0;
        var parts = outputPath[start..].Split('/', StringSplitOptions.RemoveEmptyEntries);
        return outputPath[..start] + (outputPath.StartsWith("file:///", StringComparison.Ordinal) ? "/" : "") + string.Join('/', parts);
    }

    /// <summary>The beginning of the failure file; null when there is none that can be read safely.</summary>
    public static async Task<string?> ReadFailureAsync(JobFolder job, CancellationToken cancellationToken)
    {
        if (!IsOwnFolder(job.Root, ["output"]) || FileSystem.KindOf(job.Failure) != FileKind.Regular) return null;
        try
        {
            await using var file = File.OpenRead(job.Failure);
            // A character takes four bytes at most.
            var buffer = new byte[MaxFailureLength * 4];
            var read = await file.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
            var text = Encoding.UTF8.GetString(buffer, 0, read);
            if (text.Length > MaxFailureLength)
            {
                text = text[..(char.IsHighSurrogate(text[MaxFailureLength - 1]) ? MaxFailureLength - 1 : MaxFailureLength)];
            }

            return text.TrimEnd('\n', '\r');
        }
        catch (UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static async Task<bool> StoreAsync(
        ExecutionSpec spec, string root, string[] segments, string target, CancellationToken cancellationToken)
    {
        if (!IsOwnFolder(root, segments)) return false;
        List<Found> found = [.. Walk(Path.Combine([root, .. segments]), "")];
        if (found.Count == 0) return false;
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        // Always the same name, so that what a killed server left half packed is replaced by the next try and does not stay among the objects.
        var temporary = Path.Combine(Path.GetDirectoryName(target)!, $".{Path.GetFileName(target)}.partial");
        RemovePartial(temporary);
        try
        {
            if (spec.Definition.CompressArtifacts)
            {
                await PackAsync(found, temporary, cancellationToken);
                File.Move(temporary, target + ".tar.gz", overwrite: true);
            }
            else
            {
                await CopyAsync(found, temporary, cancellationToken);
                if (Directory.Exists(target)) Directory.Delete(target, recursive: true);
                Directory.Move(temporary, target);
            }
        }
        finally
        {
            RemovePartial(temporary);
        }

        return true;
    }

    private static void RemovePartial(string path)
    {
        switch (FileSystem.KindOf(path))
        {
            case FileKind.None:
                break;
            case FileKind.Directory:
                Directory.Delete(path, recursive: true);
                break;
            default:
                // A link is removed, not followed.
                File.Delete(path);
                break;
        }
    }

    private static async Task PackAsync(List<Found> found, string path, CancellationToken cancellationToken)
    {
        await using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write);
        await using var packed = new GZipStream(file, CompressionLevel.Fastest);
        await using var tar = new TarWriter(packed, TarEntryFormat.Pax);
        foreach (var item in found)
        {
            var type = item.Kind switch
            {
                FileKind.Directory => TarEntryType.Directory,
                FileKind.Link => TarEntryType.SymbolicLink,
                _ => TarEntryType.RegularFile,
            };
            var entry = new PaxTarEntry(type, item.Kind == FileKind.Directory ? item.Name + '/' : item.Name)
            {
                ModificationTime = new DateTimeOffset(File.GetLastWriteTimeUtc(item.Path), TimeSpan.Zero),
            };
            if (item.Kind == FileKind.Link)
            {
                entry.LinkName = new FileInfo(item.Path).LinkTarget!;
                await tar.WriteEntryAsync(entry, cancellationToken);
                continue;
            }

            entry.Mode = File.GetUnixFileMode(item.Path);
            await using var content = item.Kind == FileKind.Regular ? File.OpenRead(item.Path) : null;
            if (content is not null) entry.DataStream = content;
            await tar.WriteEntryAsync(entry, cancellationToken);
        }
    }

    // Plain files stand for objects of a bucket: a link would be no object, and its target may be anything, so links are left out.
    private static async Task CopyAsync(List<Found> found, string folder, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        foreach (var item in found)
        {
            var target = Path.Combine(folder, item.Name);
            if (item.Kind == FileKind.Directory)
            {
                Directory.CreateDirectory(target);
            }
            else if (item.Kind == FileKind.Regular)
            {
                await using var source = File.OpenRead(item.Path);
                await using var copy = new FileStream(target, FileMode.CreateNew, FileAccess.Write);
                await source.CopyToAsync(copy, cancellationToken);
            }
        }
    }

    private static IEnumerable<Found> Walk(string folder, string prefix)
    {
        foreach (var path in Directory.EnumerateFileSystemEntries(folder).Order(StringComparer.Ordinal))
        {
            var name = prefix + Path.GetFileName(path);
            var kind = FileSystem.KindOf(path);
            if (kind is FileKind.Directory or FileKind.Link or FileKind.Regular) yield return new Found(name, path, kind);
            if (kind != FileKind.Directory) continue;
            foreach (var inner in Walk(path, name + '/'))
            {
                yield return inner;
            }
        }
    }

    // A program may have put links in the place of the folders it was given.
    private static bool IsOwnFolder(string root, string[] segments)
    {
        var path = root;
        foreach (var segment in segments)
        {
            path = Path.Combine(path, segment);
            if (FileSystem.KindOf(path) != FileKind.Directory) return false;
        }

        return true;
    }

    private sealed record Found(string Name, string Path, FileKind Kind);
}
