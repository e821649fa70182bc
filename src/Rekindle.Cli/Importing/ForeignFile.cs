using System.IO.Compression;
using System.Text;
using System.Text.Json;

namespace Rekindle.Cli.Importing;

internal enum ForeignFormat { SageMaker, Csv, OptunaSqlite, OptunaJournal }

/// <summary>The bytes of a file to import, unpacked when they are gzip, and what they look like.</summary>
/// <param name="Name">For messages.</param>
/// <param name="Path">Where a file holds these bytes; null for standard input and for what was unpacked.</param>
/// <param name="Bytes">Its content.</param>
/// <param name="Format">What it looks like.</param>
internal sealed record ForeignFile(string Name, string? Path, byte[] Bytes, ForeignFormat Format)
{
    private const string StandardInput = "-";

    /// <summary>Far beyond what a server takes; a file that unpacks to more is no tuning job.</summary>
    private const int MostBytes = 256 * 1024 * 1024;

    public string Text => Encoding.UTF8.GetString(Bytes.AsSpan(Bytes.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? Encoding.UTF8.Preamble.Length : 0));

    /// <summary>The name without folder and endings, for a tuning job without another one.</summary>
    public string Stem { get; private init; } = "imported";

    /// <exception cref="CommandException">It can't be read.</exception>
    public static async Task<ForeignFile> ReadAsync(Shell shell, string file, CancellationToken cancellationToken)
    {
        var name = file == StandardInput ? "standard input" : file;
        try
        {
            var bytes = file == StandardInput
                // A terminal's reader can't be cancelled; it is left behind.
                ? await Task.Run(() => ReadToEndAsync(shell.OpenIn(), "It is larger than any tuning job.", cancellationToken), CancellationToken.None)
                    .WaitAsync(cancellationToken)
                : await ReadBytesAsync(file, cancellationToken);
            var packed = bytes.AsSpan().StartsWith((ReadOnlySpan<byte>)[0x1f, 0x8b]);
            if (packed)
            {
                bytes = await UnpackAsync(bytes, cancellationToken);
            }

            return file == StandardInput
                ? new ForeignFile(name, null, bytes, FormatOf(bytes))
                : new ForeignFile(name, packed ? null : file, bytes, FormatOf(bytes)) { Stem = StemOf(file) };
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw Unreadable(name, problem.Message, problem);
        }
    }

    public static CommandException Unreadable(string name, string problem, Exception? inner = null) =>
        new("FileUnreadable", $"{name} can't be read: {problem}", inner: inner);

    private static string StemOf(string file) => System.IO.Path.GetFileNameWithoutExtension(
        file.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? file[..^".gz".Length] : file);

    private static async Task<byte[]> ReadBytesAsync(string file, CancellationToken cancellationToken) =>
        new FileInfo(file).Length > MostBytes
            ? throw new InvalidDataException("It is larger than any tuning job.")
            : await File.ReadAllBytesAsync(file, cancellationToken);

    private static async Task<byte[]> UnpackAsync(byte[] packed, CancellationToken cancellationToken)
    {
        var unpacked = await ReadToEndAsync(
            new GZipStream(new MemoryStream(packed), CompressionMode.Decompress), "It unpacks to more than any tuning job.", cancellationToken);
        // A stream that was cut off ends quietly; the last four bytes say how long it should have been.
        return packed.Length >= 18 && BitConverter.ToUInt32(packed.AsSpan(packed.Length - 4)) == (uint)unpacked.Length
            ? unpacked
            : throw new InvalidDataException("The gzip file is cut off.");
    }

    private static async Task<byte[]> ReadToEndAsync(Stream stream, string tooLarge, CancellationToken cancellationToken)
    {
        await using var owned = stream;
        using var all = new MemoryStream();
        var buffer = new byte[81_920];
        while (await stream.ReadAsync(buffer, cancellationToken) is > 0 and var count)
        {
            if (all.Length + count > MostBytes)
            {
                throw new InvalidDataException(tooLarge);
            }

            all.Write(buffer, 0, count);
        }

        return all.ToArray();
    }

    private static ForeignFormat FormatOf(ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith("SQLite format 3\0"u8))
        {
            return ForeignFormat.OptunaSqlite;
        }

        var start = bytes.TrimStart(" \t\r\n\uFEFF"u8);
        if (start.IsEmpty || start[0] != (byte)'{')
        {
            return ForeignFormat.Csv;
        }

        return FirstMember(start) == "op_code" ? ForeignFormat.OptunaJournal : ForeignFormat.SageMaker;
    }

    private static string? FirstMember(ReadOnlySpan<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json, isFinalBlock: false, default);
            return reader.Read() && reader.Read() && reader.TokenType == JsonTokenType.PropertyName ? reader.GetString() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
