using System.Text;

namespace Rekindle.Server.TrainingJobs;

/// <summary>The lines of a file that somebody else made: one that never ends must not fill the memory.</summary>
internal static class BoundedLines
{
    private const int BufferSize = 16 << 10;

    /// <summary>Reads lines one by one; null stands for one that is longer than <paramref name="longest"/> characters, and is the last.</summary>
    public static IEnumerable<string?> Read(string path, int longest)
    {
        using var reader = new StreamReader(path);
        var buffer = new char[BufferSize];
        var line = new StringBuilder();
        var afterReturn = false;
        int read;
        while ((read = reader.Read(buffer, 0, buffer.Length)) > 0)
        {
            var at = 0;
            while (at < read)
            {
                var found = buffer.AsSpan(at, read - at).IndexOfAny('\n', '\r');
                var length = found < 0 ? read - at : found;
                if (line.Length + length > longest)
                {
                    yield return null;
                    yield break;
                }

                var isSecondHalf = afterReturn && line.Length + length == 0 && found == 0 && buffer[at] == '\n';
                line.Append(buffer, at, length);
                at += length;
                if (found < 0) break;
                afterReturn = buffer[at++] == '\r';
                if (isSecondHalf) continue;
                yield return line.ToString();
                line.Clear();
            }
        }

        if (line.Length > 0) yield return line.ToString();
    }
}
