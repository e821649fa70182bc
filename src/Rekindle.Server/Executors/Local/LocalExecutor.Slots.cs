using System.ComponentModel;
using Rekindle.Server.Executors.Feeding;
using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.Executors.Local;

/// <summary>Who runs, who waits, and how an end is noticed: by the exit of a shim started here, by looking again for all others.</summary>
internal sealed partial class LocalExecutor
{
    private static readonly TimeSpan TickInterval = TimeSpan.FromMilliseconds(50);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Running> _running = new(StringComparer.Ordinal);
    private readonly LinkedList<Waiting> _waiting = new();
    private readonly HashSet<string> _unseenEnds = new(StringComparer.Ordinal);
    private readonly ITimer _timer;
    private bool _ticking;
    private volatile bool _isDisposed;

    public async Task WaitForChangeAsync(string name, CancellationToken cancellationToken)
    {
        Task? ended = null;
        lock (_gate)
        {
            // Told once: an end that the caller hasn't observed yet wakes it at once, a second call waits.
            if (_unseenEnds.Remove(name)) return;
            if (_running.TryGetValue(name, out var running)) ended = running.Ended.Task;
        }

        using var cancelled = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var delay = Task.Delay(PollInterval, _time, cancelled.Token);
        await (ended is null ? delay : await Task.WhenAny(ended, delay));
        await cancelled.CancelAsync();
    }

    private Running? Find(string name)
    {
        lock (_gate) return _running.GetValueOrDefault(name);
    }

    private bool IsKnown(string name)
    {
        lock (_gate) return _running.ContainsKey(name) || _waiting.Any(waiting => waiting.Name == name);
    }

    private bool IsQueued(string name)
    {
        lock (_gate) return _waiting.Any(waiting => waiting.Name == name);
    }

    private void Settle(string name)
    {
        lock (_gate) _unseenEnds.Remove(name);
    }

    /// <summary>Takes a slot and its GPUs and starts, or joins the queue.</summary>
    private void Enter(Waiting comer)
    {
        Running running;
        if (comer.Gpus > 0) comer.Before = _folders.RecordOf(comer.Name).ReadGpus();
        lock (_gate)
        {
            if (IsKnown(comer.Name)) return;
            var place = _waiting.AddBefore(comer, other => other.IsSpot && !comer.IsSpot);
            if (!IsStartable(comer)) return;
            _waiting.Remove(place);
            running = Occupy(comer.Name, comer.Pool, isOwn: true);
        }

        try
        {
            Start(running, comer);
        }
        catch (Exception failure) when (IsNoRoom(failure))
        {
            _gpus.Leave(comer.Name);
            throw;
        }
    }

    // A pool whose profile is no longer configured has the slots of all others.
    private bool HasRoom(string pool, int besides = 0) =>
        _running.Values.Count(running => running.Pool == pool) + besides < SlotsOf(pool);

    private int SlotsOf(string pool) => _options.Profiles.FirstOrDefault(profile => profile.Pattern == pool)?.Slots ?? _options.Slots;

    private LinkedListNode<Waiting>? FindStartable()
    {
        for (var next = _waiting.First; next is not null; next = next.Next)
        {
            if (IsStartable(next.Value)) return next;
        }

        return null;
    }

    /// <summary>
    /// Whether it has a slot and its GPUs. It stands in line for those only where a slot is left for it, else it would keep them from others;
    /// for the same reason it gives back what it was given when the slot is taken by then. The next slot is then kept for it.
    /// </summary>
    private bool IsStartable(Waiting waiting)
    {
        if (!HasRoom(waiting.Pool))
        {
            if (waiting.Claim is { Devices: not null }) GiveBack(waiting);
            return false;
        }

        List<Waiting> passed = [.. _waiting.TakeWhile(other => other.Name != waiting.Name).Where(other => other.Pool == waiting.Pool && other.GaveBack)];
        if (waiting.Gpus == 0) return HasRoom(waiting.Pool, passed.Count);
        var inLine = _waiting.Count(other => other.Pool == waiting.Pool && other.Claim is not null && (waiting.IsSpot || !other.IsSpot));
        if (waiting.Claim is null && HasRoom(waiting.Pool, inLine + passed.Count(other => other.Claim is null)))
        {
            waiting.Claim = _gpus.Ask(waiting.Name, waiting.Gpus, waiting.Before, waiting.IsSpot);
            if (waiting.Claim.Devices is null) _ = StartWhenGrantedAsync(waiting.Claim);
        }

        return waiting.Claim is { Devices: not null };
    }

    private void GiveBack(Waiting waiting)
    {
        _gpus.Leave(waiting.Name);
        waiting.Claim = null;
        waiting.GaveBack = true;
    }

    private async Task StartWhenGrantedAsync(GpuClaim claim)
    {
        await ((Task)claim.Granted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!_isDisposed) Guarded(StartWaiting);
    }

    private string? ConditionOf(string name)
    {
        lock (_gate) return _waiting.Any(waiting => waiting.Name == name && waiting.Claim is { Devices: null }) ? GpuClaim.Waiting : null;
    }

    /// <summary>Takes it out of the queue; null when it is not there.</summary>
    private Waiting? Withdraw(string name)
    {
        lock (_gate)
        {
            if (_waiting.FirstOrDefault(waiting => waiting.Name == name) is not { } waiting) return null;
            _waiting.Remove(waiting);
            _gpus.Leave(name);
            return waiting;
        }
    }

    private static bool IsNoRoom(Exception failure) => failure is Win32Exception or IOException or UnauthorizedAccessException;

    private Running Occupy(string name, string pool, bool isOwn)
    {
        var running = new Running(name, pool, _folders.RecordOf(name)) { IsOwn = isOwn, IsFed = Feeders.IsFed(_folders.RecordOf(name)) };
        _running.Add(name, running);
        if (!isOwn) _gpus.Occupy(name, running.Record.ReadGpus());
        return running;
    }

    private void Start(Running running, Waiting waiting)
    {
        var start = waiting.Start;
        try
        {
            var gpus = waiting.Claim?.Devices ?? [];
            running.Record.WriteGpus(gpus);
            if (_gpus.Count > 0) start = start.With(TrainingEnvironment.OfGpus(gpus, inContainer: false), gpus.Count == 0 ? [] : GpuFiles());
            _shims.Start(start.Arguments, start.Environment, () => ShimEnded(running));
        }
        catch (Exception failure) when (IsNoRoom(failure))
        {
            lock (_gate) _running.Remove(running.Name);
            throw;
        }

        if (running.IsFed) Guarded(() => _feeders.Accompany(running.Record));
        if (!start.Sandboxed || running.IsFed) Watch();
    }

    // All of the driver's: a program that finds only some counts them anew, and its variables say how they are counted here.
    private static string[] GpuFiles() => Directory.GetFileSystemEntries("/dev", "nvidia*");

    // The shim's last process is gone. As a rule that is the end; if only a part of the shim was killed, looking again finds the end.
    private void ShimEnded(Running running)
    {
        running.IsOwn = false;
        Guarded(() => Examine(running));
        lock (_gate)
        {
            if (_running.ContainsKey(running.Name)) Watch();
        }
    }

    /// <summary>Looks at every execution that can't be left to its shim's exit, and carries on what was begun: stops, the queue.</summary>
    private void Tick()
    {
        List<Running> all;
        lock (_gate)
        {
            if (_ticking) return;
            _ticking = true;
            all = [.. _running.Values];
        }

        foreach (var running in all)
        {
            Guarded(() => Examine(running));
        }

        Guarded(StartWaiting);
        lock (_gate)
        {
            _ticking = false;
            // To ask for GPUs may fail, and is not needed to know that something was kept from its start.
            var canStart = _waiting.Any(waiting => HasRoom(waiting.Pool) && (waiting.Gpus == 0 || waiting.Claim is { Devices: not null }));
            if (canStart || _running.Values.Any(running => running.NeedsWatching)) Watch();
        }
    }

    private void Examine(Running running)
    {
        var record = running.Record;
        var owner = record.ReadOwner();
        if (owner is { Sandboxed: false })
        {
            running.IsPlain = true;
            if (record.ExitCode is not null) new TrainingProcess(record.Folder, owner, _bootId).KillLeftovers();
        }

        if (Inspect(running.Name, record) is ExecutionState.Running || (running.IsOwn && !record.WasClaimed))
        {
            if (running.IsFed) _feeders.Accompany(record);
            if (record.ReadStop() is { } order)
            {
                running.IsStopping = true;
                Enforce(record, order);
            }

            return;
        }

        if (owner is not null) new TrainingProcess(record.Folder, owner, _bootId).KillLeftovers();
        // The feeder of a program that left no exit status sees no end.
        if (record.ExitCode is null) _feeders.Kill(record);
        End(running);
    }

    private void End(Running running)
    {
        lock (_gate)
        {
            if (!_running.Remove(running.Name)) return;
            _unseenEnds.Add(running.Name);
        }

        _firstSeen.TryRemove(running.Name + "/exit", out _);
        _firstSeen.TryRemove(running.Name + "/claim", out _);
        running.Ended.TrySetResult();
        _gpus.Leave(running.Name);
        Guarded(StartWaiting);
    }

    private void StartWaiting()
    {
        while (true)
        {
            Waiting next;
            Running running;
            lock (_gate)
            {
                if (FindStartable() is not { } first) return;
                next = first.Value;
                _waiting.Remove(first);
                running = Occupy(next.Name, next.Pool, isOwn: true);
            }

            try
            {
                Start(running, next);
            }
            catch (Exception failure) when (IsNoRoom(failure))
            {
                // The machine has no room for a process now: it stays first in the queue.
                lock (_gate) _waiting.AddFirst(next);
                Watch();
                throw;
            }
        }
    }

    /// <summary>Finds what an earlier server started and what still runs: it holds its slots.</summary>
    private void AdoptRunning()
    {
        Guarded(_folders.RemoveLeftovers);
        foreach (var record in _folders.All())
        {
            var name = record.Name;
            if (Inspect(name, record) != ExecutionState.Running) continue;
            lock (_gate) Occupy(name, record.ReadPool(), isOwn: false);
        }

        if (_running.Count > 0) Watch();
    }

    private void Watch() => _timer.Change(TickInterval, Timeout.InfiniteTimeSpan);

    // What fails for one execution (a full disk, a folder someone removed) must not end the looking after the others.
    private void Guarded(Action action)
    {
        try
        {
            action();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or Win32Exception or ObjectDisposedException)
        {
            LogTickFailed(error);
        }
    }

    [LoggerMessage(LogLevel.Warning, "An execution could not be looked after; it is tried again")]
    private partial void LogTickFailed(Exception error);

    private sealed record Waiting(string Name, string Pool, ShimStart Start, int Gpus, bool IsSpot)
    {
        /// <summary>Its place in the line for GPUs, once it has one.</summary>
        public GpuClaim? Claim { get; set; }

        /// <summary>Those it was given by an earlier server.</summary>
        public IReadOnlyList<string> Before { get; set; } = [];

        /// <summary>Whether it was given GPUs when no slot was left for it.</summary>
        public bool GaveBack { get; set; }
    }

    /// <summary>An execution that holds a slot.</summary>
    private sealed class Running(string name, string pool, ExecutionRecord record)
    {
        public string Name { get; } = name;

        /// <summary>Whose slot it holds.</summary>
        public string Pool { get; } = pool;

        public ExecutionRecord Record { get; } = record;

        public TaskCompletionSource Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Whether its shim is a child of this process, whose exit will be told.</summary>
        public volatile bool IsOwn;

        public volatile bool IsStopping;

        public volatile bool IsPlain;

        /// <summary>Whether channels are fed to it, which may fail.</summary>
        public bool IsFed { get; init; }

        public bool NeedsWatching => !IsOwn || IsStopping || IsPlain || IsFed;
    }
}
