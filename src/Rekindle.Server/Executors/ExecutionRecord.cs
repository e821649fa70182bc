using System.Globalization;
using Rekindle.Feeder;

namespace Rekindle.Server.Executors;

/// <summary>
/// What the files in an execution's folder say about it; they are all that a later server knows.
/// <c>started</c>: the claim, made once, with the identity of who runs the program. <c>exit.N</c>: the program ended with N.
/// <c>pool</c>: whose slots it takes. <c>gpus</c>: the GPUs it has.
/// <c>begin</c>: where its log begins behind that of an earlier one. <c>drained</c>: the log is complete. <c>capped</c>: the log lost its end. <c>stop</c>: when stopping was first asked, and the grace.
/// <c>terminated</c>: SIGTERM was sent. <c>reason</c>: what ended it, where the exit code does not say. <c>refused</c>: why it never ran.
/// <c>lost</c>: why nobody knows how it ended. <c>unstarted</c>: it was lost before its program ran. <c>away</c>: its container engine could not be reached for a time. <c>removed</c>: so was its container.
/// </summary>
internal sealed class ExecutionRecord(string folder)
{
    private const string CancelledMode = "cancelled";

    public string Folder { get; } = folder;

    public string Name => Path.GetFileName(Folder);

    public string LogPath => Path.Combine(Folder, "log");

    public bool WasClaimed => File.Exists(StartedPath);

    public bool IsDrained => File.Exists(Path.Combine(Folder, "drained"));

    public bool IsLogCapped => File.Exists(Path.Combine(Folder, "capped"));

    public bool WasTerminated => File.Exists(TerminatedPath);

    public DateTimeOffset? StartedAt => TimeOf(StartedPath);

    private string StartedPath => Path.Combine(Folder, "started");

    private string StopPath => Path.Combine(Folder, "stop");

    private string GpusPath => Path.Combine(Folder, "gpus");

    private string PoolPath => Path.Combine(Folder, "pool");

    private string LogStartPath => Path.Combine(Folder, "begin");

    private string TerminatedPath => Path.Combine(Folder, "terminated");

    /// <summary>The exit code, null as long as none was written.</summary>
    public int? ExitCode => ExitFile() is { } path ? CodeOf(path) : null;

    public DateTimeOffset? EndedAt => ExitFile() is { } path ? TimeOf(path) : null;

    /// <summary>The text of the claim, which no other execution has; null when there is none.</summary>
    public string? ReadClaim()
    {
        try
        {
            return File.ReadAllText(StartedPath);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Whatever is neither the log nor one of the files that say how it went.</summary>
    public IReadOnlyList<string> FindWork() => Directory.Exists(Folder)
        ? [.. Directory.EnumerateFileSystemEntries(Folder).Where(path => !IsKept(Path.GetFileName(path)))]
        : [];

    /// <summary>All but the log and where it goes on; the claim last.</summary>
    public IReadOnlyList<string> FindAllButLog() =>
    [
        .. Directory.EnumerateFileSystemEntries(Folder)
            .Where(path => path != LogPath && path != LogStartPath)
            .OrderBy(path => path == StartedPath),
    ];

    /// <summary>Where in the log this execution's lines begin: behind those of an earlier one.</summary>
    public long LogStart => File.Exists(LogStartPath) ? long.Parse(File.ReadAllText(LogStartPath), CultureInfo.InvariantCulture) : 0;

    /// <summary>Lets the next execution's log begin behind this one's, on a line of its own. Repeating it changes nothing.</summary>
    public void MarkLogStart()
    {
        long length = 0;
        if (File.Exists(LogPath))
        {
            using var log = new FileStream(LogPath, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
            if (log.Length > 0)
            {
                log.Seek(-1, SeekOrigin.End);
                if (log.ReadByte() != '\n') log.WriteByte((byte)'\n');
            }

            length = log.Length;
        }

        var draft = $"{LogStartPath}.{Guid.NewGuid():N}";
        File.WriteAllText(draft, length.ToString(CultureInfo.InvariantCulture));
        File.Move(draft, LogStartPath, overwrite: true);
    }

    /// <summary>Whose slots it takes, for a later server; written before the claim.</summary>
    public async Task WritePoolAsync(string pool, CancellationToken cancellationToken)
    {
        var draft = $"{PoolPath}.{Guid.NewGuid():N}";
        await File.WriteAllTextAsync(draft, pool, cancellationToken);
        File.Move(draft, PoolPath, overwrite: true);
    }

    /// <summary>The GPUs it has, for a later server; written before its program starts.</summary>
    public void WriteGpus(IReadOnlyList<string> devices)
    {
        if (ReadGpus().SequenceEqual(devices)) return;
        var draft = $"{GpusPath}.{Guid.NewGuid():N}";
        File.WriteAllLines(draft, devices);
        File.Move(draft, GpusPath, overwrite: true);
    }

    public IReadOnlyList<string> ReadGpus()
    {
        try
        {
            return File.ReadAllLines(GpusPath);
        }
        catch (Exception none) when (none is FileNotFoundException or DirectoryNotFoundException)
        {
            return [];
        }
    }

    public string ReadPool()
    {
        try
        {
            return File.ReadAllText(PoolPath);
        }
        catch (Exception none) when (none is FileNotFoundException or DirectoryNotFoundException)
        {
            return "";
        }
    }

    /// <summary>Ends an execution before it ran: takes the claim, so that no shim ever can. False when a shim was first.</summary>
    public bool TryCancel(int exitCode)
    {
        try
        {
            using var claim = new FileStream(StartedPath, FileMode.CreateNew, FileAccess.Write);
            claim.Write("cancelled\n"u8);
        }
        catch (IOException) when (WasClaimed)
        {
            return false;
        }

        CompleteCancel(exitCode);
        return true;
    }

    /// <summary>Whether it was ended before it ran; a killed server may have left that half done.</summary>
    public bool WasCancelled => ReadClaim()?.StartsWith(CancelledMode, StringComparison.Ordinal) == true;

    public void CompleteCancel(int exitCode)
    {
        Touch(Path.Combine(Folder, "exit." + exitCode.ToString(CultureInfo.InvariantCulture)));
        Touch(Path.Combine(Folder, "drained"));
    }

    /// <summary>When stopping was first asked and how long the program may take; null when nobody asked.</summary>
    public StopOrder? ReadStop()
    {
        try
        {
            var parts = File.ReadAllText(StopPath).Split(' ');
            return parts.Length == 2
                && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var at)
                && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var grace)
                ? new StopOrder(DateTimeOffset.FromUnixTimeMilliseconds(at), TimeSpan.FromMilliseconds(grace))
                : null;
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Keeps the first order; later ones change nothing.</summary>
    public void WriteStop(StopOrder order)
    {
        if (ReadStop() is not null) return;
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"{order.At.ToUnixTimeMilliseconds()} {(long)order.Grace.TotalMilliseconds}");
        var temporary = Path.Combine(Folder, $"stop.{Guid.NewGuid():N}");
        File.WriteAllText(temporary, text);
        File.Move(temporary, StopPath, overwrite: true);
    }

    public void MarkTerminated() => Touch(TerminatedPath);

    // The tail is a part of the log on its way there; a shim may still be about it.
    private static bool IsKept(string name) =>
        name is "log" or "begin" or "tail" or "started" or "drained" or "capped" or "stop" or "terminated" or "reason" or "refused" or "lost" or "unstarted" or "away" or "removed" or "gap"
            or FeedFiles.Claim or FeedFiles.Failure or FeedFiles.Done
        || name.StartsWith("exit.", StringComparison.Ordinal);

    private string? ExitFile()
    {
        try
        {
            return Directory.EnumerateFiles(Folder, "exit.*").FirstOrDefault(path => CodeOf(path) is not null);
        }
        catch (DirectoryNotFoundException)
        {
            return null;
        }
    }

    private static int? CodeOf(string path) =>
        int.TryParse(Path.GetExtension(path.AsSpan())[1..], NumberStyles.None, CultureInfo.InvariantCulture, out var code) ? code : null;

    private static DateTimeOffset? TimeOf(string path) =>
        File.Exists(path) ? new DateTimeOffset(File.GetLastWriteTimeUtc(path), TimeSpan.Zero) : null;

    private static void Touch(string path)
    {
        using var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write);
    }
}

internal sealed record StopOrder(DateTimeOffset At, TimeSpan Grace);
