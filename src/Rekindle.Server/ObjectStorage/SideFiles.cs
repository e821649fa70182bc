using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Rekindle.Server.ObjectStorage;

/// <summary>Small JSON files, each written at once and for good.</summary>
internal static class SideFiles
{
    public static void Write<T>(string path, T value, JsonTypeInfo<T> type)
    {
        var folder = Path.GetDirectoryName(path)!;
        Directory.CreateDirectory(folder);
        var temporary = Path.Combine(folder, $".{Guid.NewGuid():N}");
        try
        {
            using (var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write))
            {
                JsonSerializer.Serialize(file, value, type);
                file.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch (IOException problem) when (Errno.Understand(problem) is { } full)
        {
            File.Delete(temporary);
            throw full;
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }

        using var flushed = FolderHandle.TryOpen(folder);
        flushed?.Flush();
    }

    /// <summary>Null when there is no such file, or none that can be understood.</summary>
    public static T? Read<T>(string path, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), type);
        }
        catch (Exception problem) when (problem is FileNotFoundException or DirectoryNotFoundException or JsonException)
        {
            return null;
        }
    }
}
