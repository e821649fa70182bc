namespace Rekindle.Feeder;

/// <summary>Tells from an execution's files that it is over.</summary>
internal static class ExecutionEnd
{
    /// <summary>Whether the program has ended, whoever wrote that down, or what it worked on is gone.</summary>
    public static bool IsIn(string folder)
    {
        try
        {
            return !Directory.Exists(Path.Combine(folder, FeedFiles.Tree))
                || File.Exists(Path.Combine(folder, "lost"))
                || File.Exists(Path.Combine(folder, "refused"))
                || Directory.EnumerateFiles(folder, "exit.*").Any();
        }
        catch (IOException)
        {
            return !Directory.Exists(folder);
        }
    }

    /// <summary>Makes the file that will say the feeder was there until the end: by then the disk may be full.</summary>
    public static void Prepare(string folder)
    {
        try
        {
            File.WriteAllBytes(Draft(folder), []);
        }
        catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException)
        {
            // There may be room at the end.
        }
    }

    /// <summary>
    /// Writes down that the feeder was there until the end; true when that is done. A feeder that can't do it has to stay: what has ended
    /// without its word counts as lost. Nobody wants to know when the folder is gone.
    /// </summary>
    public static bool Acknowledge(string folder)
    {
        try
        {
            if (!File.Exists(Draft(folder))) File.WriteAllBytes(Draft(folder), []);
            File.Move(Draft(folder), Path.Combine(folder, FeedFiles.Done), overwrite: true);
            return true;
        }
        catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException)
        {
            return !Directory.Exists(folder);
        }
    }

    private static string Draft(string folder) => Path.Combine(folder, FeedFiles.Done + ".draft");
}
