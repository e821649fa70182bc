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

    /// <summary>Writes down that the feeder was there until the end.</summary>
    public static void Acknowledge(string folder)
    {
        try
        {
            File.WriteAllBytes(Path.Combine(folder, FeedFiles.Done), []);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            // With the folder went everybody who would want to know.
        }
    }
}
