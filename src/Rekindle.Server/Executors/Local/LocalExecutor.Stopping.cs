using System.Collections.Concurrent;
using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.Executors.Local;

/// <summary>Stopping and removing. The order to stop is a file, so that another server carries it on.</summary>
internal sealed partial class LocalExecutor
{
    private static readonly TimeSpan RemovalTimeout = TimeSpan.FromSeconds(10);

    private const string RemovedPrefix = ".removed-";

    private readonly Lock _signalGate = new();
    private readonly Lock _removalGate = new();
    private readonly ConcurrentDictionary<string, bool> _cleared = new(StringComparer.Ordinal);

    public Task StopAsync(string name, TimeSpan grace, CancellationToken cancellationToken)
    {
        var record = RecordOf(name);
        lock (_gate)
        {
            if (_waiting.FirstOrDefault(waiting => waiting.Name == name) is { } waiting)
            {
                _waiting.Remove(waiting);
                // When another server's shim was first, there is no longer anything to start here, but something to stop.
                if (record.TryCancel(StoppedExitCode)) return Task.CompletedTask;
            }
        }

        var running = Find(name);
        if (running is null && Inspect(name, record) is var state and not ExecutionState.Running)
        {
            // A shim that an earlier server started may be about to claim it: then there is something to stop after all.
            if (state != ExecutionState.Absent || !Directory.Exists(record.Folder) || record.TryCancel(StoppedExitCode)) return Task.CompletedTask;
        }

        if (running is null)
        {
            lock (_gate)
            {
                if (!_running.TryGetValue(name, out running)) running = Occupy(name, isOwn: false);
            }
        }

        record.WriteStop(new StopOrder(_time.GetUtcNow(), grace));
        running.IsStopping = true;
        Enforce(record, record.ReadStop()!);
        Watch();
        return Task.CompletedTask;
    }

    public async Task RemoveAsync(string name, CancellationToken cancellationToken)
    {
        var record = RecordOf(name);
        lock (_gate)
        {
            if (_waiting.FirstOrDefault(waiting => waiting.Name == name) is { } waiting) _waiting.Remove(waiting);
        }

        if (!Directory.Exists(record.Folder)) return;
        await StopAsync(name, TimeSpan.Zero, cancellationToken);
        var since = _time.GetTimestamp();
        while (IsKnown(name) || Inspect(name, record) == ExecutionState.Running)
        {
            // The folder holds the claim: without it the same name could run a second time beside the first.
            if (_time.GetElapsedTime(since) > RemovalTimeout) throw new IOException($"The execution {name} still runs and can't be removed.");
            if (record.ReadOwner() is { } owner) new TrainingProcess(record.Folder, owner, _bootId).Kill();
            await Task.Delay(TickInterval / 5, _time, cancellationToken);
            if (Find(name) is { } running) Examine(running);
        }

        // Renamed first: a folder that is half deleted must not look like an execution.
        var doomed = DoomedFolder();
        lock (_removalGate)
        {
            Directory.Move(record.Folder, doomed);
            _cleared.TryRemove(name, out _);
        }

        Settle(name);
        await DiscardAsync(doomed, cancellationToken);
    }

    public IReadOnlyList<EndedExecution> FindLeftWork()
    {
        var found = new List<EndedExecution>();
        foreach (var folder in Directory.EnumerateDirectories(_folder))
        {
            var name = Path.GetFileName(folder);
            if (_cleared.ContainsKey(name) || !FileSafeName().IsMatch(name)) continue;
            var record = RecordOf(name);
            if (record.ReadClaim() is not { } claim || IsKnown(name) || Inspect(name, record) is not (ExecutionState.Exited or ExecutionState.Lost)) continue;
            if (record.FindWork().Count > 0) found.Add(new EndedExecution(name, claim));
            else _cleared[name] = true;
        }

        return found;
    }

    public async Task DiscardWorkAsync(EndedExecution execution, CancellationToken cancellationToken)
    {
        var record = RecordOf(execution.Name);
        var doomed = DoomedFolder();
        lock (_removalGate)
        {
            if (record.ReadClaim() != execution.Claim) return;
            Directory.CreateDirectory(doomed, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            foreach (var path in record.FindWork())
            {
                // Moved at once, removed at leisure: what takes long must not hold up the removal of others.
                Directory.Move(path, Path.Combine(doomed, Path.GetFileName(path)));
            }
        }

        await DiscardAsync(doomed, cancellationToken);
    }

    private string DoomedFolder() => Path.Combine(_folder, $"{RemovedPrefix}{Guid.NewGuid():N}");

    /// <summary>SIGTERM once, SIGKILL from the end of the grace on until it has ended.</summary>
    private void Enforce(ExecutionRecord record, StopOrder order)
    {
        if (record.ReadOwner() is not { } owner || record.ExitCode is not null) return;
        var process = new TrainingProcess(record.Folder, owner, _bootId);
        // The timer and the caller of Stop may both be here: without the gate each would send the signal.
        lock (_signalGate)
        {
            if (_time.GetUtcNow() - order.At >= order.Grace)
            {
                process.Kill();
            }
            else if (!record.WasTerminated && process.Terminate())
            {
                record.MarkTerminated();
            }
        }
    }

    private async Task DiscardAsync(string folder, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                Directory.Delete(folder, recursive: true);
                return;
            }
            catch (UnauthorizedAccessException) when (attempt < 10)
            {
                // A program may have taken the rights from folders of its own.
                Unlock(folder);
            }
            catch (IOException) when (attempt < 10)
            {
                // What is left of a killed shim may just be writing its last file.
                await Task.Delay(TickInterval, _time, cancellationToken);
            }
        }
    }

    private static void Unlock(string folder)
    {
        File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        foreach (var path in Directory.EnumerateDirectories(folder))
        {
            if (FileSystem.KindOf(path) == FileKind.Directory) Unlock(path);
        }
    }
}
