using System.Buffers;
using System.Text;

namespace Rekindle.Server.TrainingJobs;

/// <summary>
/// Reads a log in pieces by byte position. A line ends with LF, CRLF or a lone CR (progress bars); one longer than 64 KiB is cut into
/// pieces, so that no log makes the reader hold much.
/// </summary>
internal static class LogReader
{
    public const int MaxLineBytes = 64 << 10;
    public const int MaxReportBytes = 1 << 20;

    /// <summary>Whole lines from <paramref name="position"/> on.</summary>
    /// <param name="path">The log; a missing one is empty.</param>
    /// <param name="position">Byte position, a line's start or the end of what was read before.</param>
    /// <param name="complete">Whether nothing more will be written: then a last line needs no end.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    public static async Task<LogLines> ReadLinesAsync(string path, long position, bool complete, CancellationToken cancellationToken)
    {
        await using var file = Open(path);
        return file is null ? new LogLines([], position, false) : await ReadLinesAsync(file, position, long.MaxValue, complete, cancellationToken);
    }

    /// <summary>Whole lines of an open file from <paramref name="position"/> on, as if the file ended at <paramref name="cap"/> at the latest.</summary>
    public static async Task<LogLines> ReadLinesAsync(FileStream file, long position, long cap, bool complete, CancellationToken cancellationToken)
    {
        var end = Math.Min(file.Length, cap);
        if (end <= position) return new LogLines([], position, false);
        // One byte beyond the report's size tells a CR at its end from a CRLF; the one before it, whether the first line is a whole one.
        var before = position > 0 ? 1 : 0;
        var length = (int)Math.Min(MaxReportBytes + 1, end - position) + before;
        var buffer = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            file.Position = position - before;
            var read = await file.ReadAtLeastAsync(buffer.AsMemory(0, length), length, throwOnEndOfStream: false, cancellationToken);
            // The file was cut meanwhile.
            if (read <= before) return new LogLines([], position, false);
            var more = Math.Min(file.Length, cap) > position - before + read;
            return Split(buffer.AsSpan(before, read - before), position, before == 0 || IsLineEnd(buffer[0]), last: complete && !more, more);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>The lines before <paramref name="end"/>, no more than fit into a report, in their order.</summary>
    /// <param name="path">The log; a missing one is empty.</param>
    /// <param name="end">Byte position, a line's start; beyond the log's end stands for its end.</param>
    /// <param name="complete">Whether nothing more will be written: then a last line needs no end.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <returns>The lines; where the one after them starts; whether there are earlier ones.</returns>
    public static async Task<LogLines> ReadLinesBeforeAsync(string path, long end, bool complete, CancellationToken cancellationToken)
    {
        await using var file = Open(path);
        if (file is null) return new LogLines([], 0, false);
        var length = file.Length;
        end = Math.Min(end, length);
        var start = Math.Max(0, end - MaxReportBytes);
        var buffer = new byte[(int)(end - start)];
        file.Position = start;
        var read = await file.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        // What begins somewhere in a line begins with the next one; a line as long as all that was read is given in pieces.
        var skipped = start == 0 ? 0 : buffer.AsSpan(0, read).IndexOf((byte)'\n') + 1;
        if (skipped == read) skipped = 0;
        return Split(buffer.AsSpan(skipped, read - skipped), start + skipped, start == 0 || skipped > 0, last: complete || end < length, more: true) with { More = start + skipped > 0 };
    }

    private static FileStream? Open(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0, useAsync: false);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private static bool IsLineEnd(byte value) => value is (byte)'\n' or (byte)'\r';

    private static LogLines Split(ReadOnlySpan<byte> bytes, long position, bool begins, bool last, bool more)
    {
        var lines = new List<LogLine>();
        var at = 0;
        while (at < bytes.Length)
        {
            var rest = bytes[at..];
            var text = rest[..Math.Min(rest.Length, MaxLineBytes)].IndexOfAny((byte)'\n', (byte)'\r');
            int used;
            var isCut = false;
            if (text >= 0)
            {
                if (rest[text] == '\r' && text + 1 == rest.Length && !last) break;
                used = text + (rest[text] == '\r' && text + 1 < rest.Length && rest[text + 1] == '\n' ? 2 : 1);
            }
            else if (rest.Length > MaxLineBytes)
            {
                used = text = Math.Max(1, WholeCharacters(rest[..MaxLineBytes]));
                isCut = !IsLineEnd(rest[used]);
            }
            else if (last)
            {
                used = text = rest.Length;
            }
            else
            {
                break;
            }

            lines.Add(new LogLine(position + at, Decode(rest[..text], first: position + at == 0)) { IsPiece = isCut || !begins });
            begins = !isCut;
            at += used;
        }

        return new LogLines(lines, position + at, more && at > 0);
    }

    private static string Decode(ReadOnlySpan<byte> bytes, bool first)
    {
        var text = Encoding.UTF8.GetString(bytes);
        return first && text.StartsWith('\uFEFF') ? text[1..] : text;
    }

    // Leaves out a character that is cut by the end: at most three bytes of a sequence whose rest is missing.
    private static int WholeCharacters(ReadOnlySpan<byte> bytes)
    {
        for (var back = 1; back <= Math.Min(3, bytes.Length); back++)
        {
            var lead = bytes[^back];
            if ((lead & 0xC0) == 0x80) continue;
            var needed = lead switch { >= 0xF0 => 4, >= 0xE0 => 3, >= 0xC0 => 2, _ => 1 };
            return needed > back ? bytes.Length - back : bytes.Length;
        }

        return bytes.Length;
    }
}

/// <param name="Lines">The lines found.</param>
/// <param name="NextPosition">Where the first line not given starts.</param>
/// <param name="More">Whether the log holds bytes beyond what was looked at.</param>
internal sealed record LogLines(IReadOnlyList<LogLine> Lines, long NextPosition, bool More);
