using Rekindle.Server.TrainingJobs;
namespace Rekindle.Server.Executors.Local;

/// <summary>Finds programs of this machine.</summary>
internal static class Executables
{
    /// <summary>The absolute path of a command: itself when it is a path, else searched in PATH. Null when there is no such program.</summary>
    public static string? Find(string command)
    {
        if (command.Contains('/', StringComparison.Ordinal)) return Path.IsPathRooted(command) && IsExecutable(command) ? command : null;
        foreach (var folder in (Environment.GetEnvironmentVariable("PATH") ?? "/usr/bin:/bin").Split(':', StringSplitOptions.RemoveEmptyEntries))
        {
            var path = Path.Combine(folder, command);
            if (Path.IsPathRooted(path) && IsExecutable(path)) return path;
        }

        return null;
    }

    /// <summary>The interpreter that a script names in its first line by an absolute path; null for other files.</summary>
    public static string? InterpreterOf(string path)
    {
        const int MaxFirstLine = 256;
        try
        {
            if (FileSystem.RealPath(path) is not { } real || FileSystem.KindOf(real) != FileKind.Regular) return null;
            Span<byte> buffer = stackalloc byte[MaxFirstLine];
            using var file = new FileStream(real, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            var read = buffer[..file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false)];
            if (!read.StartsWith("#!"u8)) return null;
            var words = System.Text.Encoding.UTF8.GetString(read).Split('\n')[0][2..].Split((char[])[' ', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries);
            return words is [var program, ..] && program.StartsWith('/') && !program.Contains('\0', StringComparison.Ordinal) && File.Exists(program) ? program : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    public static bool IsExecutable(string path)
    {
        const UnixFileMode Execute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        try
        {
            // The mode is that of a link's target.
            var target = FileSystem.RealPath(path);
            return target is not null && FileSystem.KindOf(target) == FileKind.Regular && (File.GetUnixFileMode(target) & Execute) != 0;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
