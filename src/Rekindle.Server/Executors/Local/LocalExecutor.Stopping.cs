using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.Executors.Local;

/// <summary>Stopping and removing. The order to stop is a file, so that another server carries it on.</summary>
internal sealed partial class LocalExecutor
{
    private static readonly TimeSpan RemovalTimeout = TimeSpan.FromSeconds(10);

    private readonly Lock _signalGate = new();

    public Task StopAsync(string name, TimeSpan grace, CancellationToken cancellationToken)
    {
        var record = _folders.RecordOf(name);
        lock (_gate)
        {
            // When another server's shim was first, there is no longer anything to start here, but something to stop.
            if (Withdraw(name) is not null && record.TryCancel(StoppedExitCode)) return Task.CompletedTask;
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
                if (!_running.TryGetValue(name, out running)) running = Occupy(name, record.ReadPool(), isOwn: false);
            }
        }

        record.WriteStop(new StopOrder(_time.GetUtcNow(), grace));
        running.IsStopping = true;
        Enforce(record, record.ReadStop()!);
        Watch();
        return Task.CompletedTask;
    }

    public Task RemoveAsync(string name, CancellationToken cancellationToken) => ClearAsync(name, _folders.RemoveAsync, cancellationToken);

    public Task ResetAsync(string name, CancellationToken cancellationToken) => ClearAsync(name, _folders.ResetAsync, cancellationToken);

    private async Task ClearAsync(string name, Func<ExecutionRecord, CancellationToken, Task> clear, CancellationToken cancellationToken)
    {
        var record = _folders.RecordOf(name);
        Withdraw(name);
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

        Settle(name);
        await _feeders.EndAsync(record, cancellationToken);
        await clear(record, cancellationToken);
    }

    public IReadOnlyList<EndedExecution> FindLeftWork() => _folders.FindLeftWork(
        record => !IsKnown(record.Name) && Inspect(record.Name, record) is ExecutionState.Exited or ExecutionState.Lost);

    public Task DiscardWorkAsync(EndedExecution execution, CancellationToken cancellationToken) => _folders.DiscardWorkAsync(execution, cancellationToken);

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
}
