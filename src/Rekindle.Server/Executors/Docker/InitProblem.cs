using System.Text;
using System.Text.RegularExpressions;

namespace Rekindle.Server.Executors.Docker;

/// <summary>
/// What the container's first process says when it finds no program to start. The engine knows nothing of it: for it, that process was the
/// program. Docker's is tini, podman's catatonit.
/// </summary>
internal static partial class InitProblem
{
    private const int LongestLine = 4096;

    /// <param name="exitCode">The container's: 127 where there is no such program, 126 where it is none.</param>
    /// <param name="logPath">The container's log.</param>
    /// <returns>Null when the program was started.</returns>
    public static string? Find(int exitCode, string logPath)
    {
        if (exitCode is not (126 or 127)) return null;
        using var log = new FileStream(logPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        log.Seek(-Math.Min(log.Length, LongestLine), SeekOrigin.End);
        using var reader = new StreamReader(log, Encoding.UTF8);
        return Line().Match(reader.ReadToEnd()) is { Success: true } match ? match.Groups[1].Value : null;
    }

    // Only as the last line: a program may print what it likes.
    [GeneratedRegex(@"^(?:\[FATAL tini \(\d+\)\] |ERROR \(catatonit:\d+\): )(.+?)\s*\z", RegexOptions.CultureInvariant | RegexOptions.Multiline)]
    private static partial Regex Line();
}
