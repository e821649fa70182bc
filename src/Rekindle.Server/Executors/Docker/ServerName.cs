using System.Security.Cryptography;

namespace Rekindle.Server.Executors.Docker;

/// <summary>
/// What a data folder's server is called among the containers of an engine: drawn once and kept in the folder, so that it stays the same
/// when the folder is moved and no other server has it.
/// </summary>
internal static class ServerName
{
    public static string Of(string dataFolder)
    {
        Directory.CreateDirectory(dataFolder);
        var path = Path.Combine(dataFolder, "server-name");
        var home = Path.GetFullPath(dataFolder);
        if (Read(path) is { } known)
        {
            if (known.Home == home) return known.Name;
            // The folder was moved, and keeps its name; or it is a copy of one that is still there, and its containers are not ours.
            var isCopy = known.Home is not null && Read(Path.Combine(known.Home, "server-name"))?.Name == known.Name;
            return Write(path, isCopy ? Draw() : known.Name, home, overwrite: true);
        }

        return Write(path, Draw(), home, overwrite: false);
    }

    private static string Draw() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4));

    private static (string Name, string? Home)? Read(string path)
    {
        if (!File.Exists(path)) return null;
        var lines = File.ReadAllLines(path);
        return (lines[0].Trim(), lines.Length > 1 ? lines[1] : null);
    }

    private static string Write(string path, string name, string home, bool overwrite)
    {
        var draft = $"{path}.{Guid.NewGuid():N}";
        File.WriteAllText(draft, $"{name}\n{home}\n");
        try
        {
            File.Move(draft, path, overwrite);
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(draft);
        }

        return Read(path)!.Value.Name;
    }
}
