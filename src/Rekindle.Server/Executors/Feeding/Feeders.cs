using System.Collections.Concurrent;
using System.ComponentModel;
using Rekindle.Feeder;
using Rekindle.Server.Executors.Local;
using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.Executors.Feeding;

/// <summary>
/// Looks after the feeders of executions with channels in the input mode Pipe. A feeder outlives the server: to the program, the death of who
/// writes into its FIFO looks like the end of the data. What is known of a feeder stands in the execution's folder.
/// </summary>
internal sealed class Feeders(TimeProvider time) : IDisposable
{
    private static readonly TimeSpan ClaimTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan BetweenStarts = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan KillTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(10);

    private const int LongestErrors = 300;

    private readonly ShimProcess _processes = new();
    private readonly string _bootId = ProcessTable.BootId();
    private readonly ConcurrentDictionary<string, (long FirstSeen, long Started)> _unclaimed = new(StringComparer.Ordinal);

    /// <summary>Whether it has channels to be fed.</summary>
    public static bool IsFed(ExecutionRecord record) => Has(record, FeedFiles.Plan) || Has(record, FeedFiles.Claim);

    /// <summary>
    /// To be called again and again while the program runs. Starts its feeder, should that not have been done, and orders the program's end,
    /// once and without grace, when it is no longer fed: it waits for data that will never come, or takes what it got for all.
    /// </summary>
    /// <exception cref="IOException">The machine has no room for a process.</exception>
    public void Accompany(ExecutionRecord record)
    {
        if (!IsFed(record)) return;
        if (!Has(record, FeedFiles.Claim)) StartUnlessJustDone(record);
        if (FindFailure(record) is not null && record.ReadStop() is null) record.WriteStop(new StopOrder(time.GetUtcNow(), TimeSpan.Zero));
    }

    /// <summary>Why the program was not fed to its end; null when it was, or there was nothing to be fed.</summary>
    public FeedFailure? FindFailure(ExecutionRecord record)
    {
        if (!IsFed(record)) return null;
        if (ReadFailure(record) is { } noted) return noted;
        if (!Has(record, FeedFiles.Claim)) return null;
        if (ReadFeeder(record) is not { } feeder)
        {
            // Written at once; an unfinished claim is that of a feeder that was killed in between.
            var since = _unclaimed.GetOrAdd(record.Folder, _ => (time.GetTimestamp(), 0)).FirstSeen;
            return time.GetElapsedTime(since) < ClaimTimeout ? null : Gone(record);
        }

        _unclaimed.TryRemove(record.Folder, out _);
        // In this order: one that is gone has left its note before.
        if (IsAlive(feeder) || Has(record, FeedFiles.Done)) return null;
        return ReadFailure(record) ?? Gone(record);
    }

    /// <summary>What is to be reported of an execution whose program was not fed to its end.</summary>
    public ExecutionReport Judge(ExecutionRecord record, ExecutionReport report)
    {
        if (report.State is not (ExecutionState.Exited or ExecutionState.Lost) || FindFailure(record) is not { } failure) return report;
        if (failure.IsData) return report with { State = ExecutionState.Exited, Refusal = failure.Reason };
        return report.State == ExecutionState.Lost ? report : report with { State = ExecutionState.Lost, ExitCode = null, EndedAt = null, Reason = failure.Reason };
    }

    /// <summary>Ends the feeder, if there is one, and returns when it is gone.</summary>
    public async Task EndAsync(ExecutionRecord record, CancellationToken cancellationToken)
    {
        _unclaimed.TryRemove(record.Folder, out _);
        var since = time.GetTimestamp();
        while (Kill(record) && time.GetElapsedTime(since) < KillTimeout)
        {
            await Task.Delay(BetweenLooks, time, cancellationToken);
        }
    }

    /// <summary>Ends the feeder; false when there is none.</summary>
    public bool Kill(ExecutionRecord record) =>
        ReadFeeder(record) is { } feeder && IsAlive(feeder) && Native.Signal(feeder.Process.Pid, Native.SigKill);

    /// <summary>Stops looking after feeders; they themselves go on.</summary>
    public void Dispose() => _processes.Dispose();

    private void StartUnlessJustDone(ExecutionRecord record)
    {
        var now = time.GetTimestamp();
        var (firstSeen, started) = _unclaimed.GetOrAdd(record.Folder, _ => (now, 0));
        if (started != 0 && time.GetElapsedTime(started) < BetweenStarts) return;
        _unclaimed[record.Folder] = (firstSeen, now);
        try
        {
            _processes.Start(FeederProgram.Arguments(record.Folder), FeederProgram.Environment(), () => { });
        }
        catch (Win32Exception problem)
        {
            throw new IOException($"the feeder of {record.Name} can't be started: {problem.Message}", problem);
        }
    }

    private bool IsAlive((string Boot, ProcessIdentity Process) feeder) => feeder.Boot == _bootId && ProcessTable.IsAlive(feeder.Process);

    private static (string Boot, ProcessIdentity Process)? ReadFeeder(ExecutionRecord record) =>
        Read(record, FeedFiles.Claim) is { } text && text.EndsWith('\n') && text.IndexOf(' ', StringComparison.Ordinal) is > 0 and var space
            && ProcessTable.Parse(text[(space + 1)..]) is { } entry
            ? (text[..space], entry.Identity)
            : null;

    private static FeedFailure? ReadFailure(ExecutionRecord record) =>
        Read(record, FeedFiles.Failure)?.Split('\n', 2) is [var fault, var reason] ? new FeedFailure(fault == FeedFiles.DataAtFault, reason) : null;

    private static FeedFailure Gone(ExecutionRecord record)
    {
        var errors = (Read(record, FeedFiles.Errors) ?? "").Trim();
        if (errors.Length > LongestErrors) errors = errors[..LongestErrors];
        return new FeedFailure(
            IsData: false,
            "the process that feeds the channels of the input mode Pipe was ended while the training program ran"
            + (errors.Length > 0 ? $": {errors}" : "; it was ended from outside, or the machine was started anew."));
    }

    private static bool Has(ExecutionRecord record, string name) => File.Exists(Path.Combine(record.Folder, name));

    private static string? Read(ExecutionRecord record, string name)
    {
        if (!Has(record, name)) return null;
        try
        {
            return File.ReadAllText(Path.Combine(record.Folder, name));
        }
        catch (Exception none) when (none is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }
}

/// <param name="IsData">Whether the data is at fault, so that trying again would not help.</param>
/// <param name="Reason">A sentence for the user.</param>
internal sealed record FeedFailure(bool IsData, string Reason);
