using System.Text;

namespace Rekindle.Server.Executors.Local;

/// <summary>What the sandbox says when it can't be set up: then its program never ran, and the log holds that one line.</summary>
internal static class SandboxProblem
{
    private const int LongestLog = 4096;
    private const string Start = "bwrap: ";

    /// <param name="exitCode">1 when the sandbox gave up.</param>
    /// <param name="logPath">The log.</param>
    /// <param name="start">Where in it this execution's lines begin.</param>
    /// <returns>A sentence for the user; null when the program ran.</returns>
    public static string? Find(int? exitCode, string logPath, long start = 0)
    {
        if (exitCode != 1) return null;
        using var log = new FileStream(logPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        if (log.Length - start > LongestLog) return null;
        log.Seek(start, SeekOrigin.Begin);
        using var reader = new StreamReader(log, Encoding.UTF8);
        var text = reader.ReadToEnd().TrimEnd('\n');
        if (!text.StartsWith(Start, StringComparison.Ordinal) || text.Contains('\n', StringComparison.Ordinal)) return null;
        return $"The sandbox of the training program could not be set up: {text[Start.Length..].TrimEnd('.')}. "
            + "Input or code that was there when the training job was accepted may have been removed before it started.";
    }
}
