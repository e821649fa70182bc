namespace Rekindle.Server.Executors.Docker;

/// <summary>
/// Where a path leads. An engine follows links when it mounts, long after the path was checked, and programs write into folders that others
/// are given: what is mounted must be what was looked at.
/// </summary>
internal static class RealPath
{
    private const int MostLinks = 40;

    /// <summary>The path without links; itself where there is nothing.</summary>
    public static string Of(string path) => Of(Path.GetFullPath(path), MostLinks);

    private static string Of(string path, int left)
    {
        var real = "/";
        foreach (var name in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            real = Path.Combine(real, name);
            if (new FileInfo(real).LinkTarget is not { } target) continue;
            if (left == 0) throw new IOException($"{path} has too many links.");
            real = Of(Path.GetFullPath(target, Path.GetDirectoryName(real)!), left - 1);
        }

        return real;
    }
}
