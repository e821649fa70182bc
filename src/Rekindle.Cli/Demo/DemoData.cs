namespace Rekindle.Cli.Demo;

/// <summary>Finds the images of the demo.</summary>
internal static class DemoData
{
    private const string RepositoryMark = "Rekindle.slnx";

    private static readonly string Digits = Path.Combine("samples", "data", "digits");

    /// <summary>The folder with the digits: the repository's, or the copy beside the program.</summary>
    /// <exception cref="CommandException">There is neither.</exception>
    public static string Find(string programFolder)
    {
        for (var folder = new DirectoryInfo(programFolder); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, Digits);
            if (File.Exists(Path.Combine(folder.FullName, RepositoryMark)) && Directory.Exists(candidate))
            {
                return candidate;
            }
        }

        var copy = Path.Combine(programFolder, Digits);
        return Directory.Exists(copy)
            ? copy
            : throw new CommandException("DataMissing", $"The images of the demo are missing: there is no folder {copy}.");
    }
}
