using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.Executors.Local;

/// <summary>
/// What a sandboxed program sees of the server's home folder. Names that begin with a dot are where keys, tokens and histories lie
/// (.ssh, .aws, .config, .netrc), so those are left out but for the places in which interpreters and libraries are installed.
/// </summary>
internal static class HomeView
{
    private static readonly string[] ToolFolders =
    [
        ".pyenv", ".dotnet", ".nuget/packages", ".local/bin", ".local/lib", ".local/share/pipx", ".local/share/uv", ".local/share/mise",
        ".local/share/virtualenvs", ".virtualenvs", ".venv", ".venvs", ".conda", ".asdf", ".nvm", ".rustup", ".cargo/bin", ".julia",
        ".cache/huggingface/hub", ".cache/torch",
    ];

    /// <summary>Variables that name an installation, whole.</summary>
    private static readonly string[] InstallationVariables = ["VIRTUAL_ENV", "CONDA_PREFIX", "PYENV_ROOT", "DOTNET_ROOT", "PYTHONPATH", "LD_LIBRARY_PATH"];

    /// <summary>Absolute paths below <paramref name="home"/>, a real path, that programs may see.</summary>
    public static IReadOnlyList<string> Visible(string home)
    {
        string[] entries;
        try
        {
            entries = Directory.GetFileSystemEntries(home);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [];
        }

        var plain = entries.Where(path => !Path.GetFileName(path.AsSpan()).StartsWith('.'));
        var tools = ToolFolders.Select(folder => Path.Combine(home, folder))
            .Concat(FoldersIn("PATH").SelectMany(PartsOf))
            .Concat(InstallationVariables.SelectMany(FoldersIn))
            .Where(path => path.StartsWith(home + "/.", StringComparison.Ordinal));
        return [.. plain.Concat(tools).Where(path => FileSystem.KindOf(path) is FileKind.Regular or FileKind.Directory or FileKind.Link).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>What belongs to the programs of a folder: the folder, the libraries beside it, or the whole of a Python environment.</summary>
    public static IEnumerable<string> PartsOf(string folder)
    {
        if (Path.GetDirectoryName(folder) is not { Length: > 1 } prefix) return [folder];
        if (File.Exists(Path.Combine(prefix, "pyvenv.cfg")) || Directory.Exists(Path.Combine(prefix, "conda-meta"))) return [prefix];
        return [folder, .. ((string[])["lib", "lib64"]).Select(name => Path.Combine(prefix, name)).Where(Directory.Exists)];
    }

    private static IEnumerable<string> FoldersIn(string variable) =>
        (Environment.GetEnvironmentVariable(variable) ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Where(Path.IsPathRooted)
            .Select(path => Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)));
}
