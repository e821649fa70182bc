using Docker.DotNet.Models;
using Rekindle.Server.Executors.Feeding;
using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.Executors.Docker;

/// <summary>
/// Carries one execution from the queue to its end: waits for a slot, makes and starts the container, writes its log, ends it when that was
/// asked, writes down how it ended, removes it. May be dropped at any point and taken up by another, also beside one that still lives:
/// what they write is the same.
/// </summary>
internal sealed partial class ContainerRun
{
    /// <summary>Of one that was ended before its program ran.</summary>
    public const int StoppedExitCode = 128 + Native.SigTerm;

    private const int MostErrors = 5;

    private static readonly TimeSpan ShortestBackoff = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestBackoff = TimeSpan.FromSeconds(5);

    private readonly ContainerSurroundings _around;
    private readonly ContainerRecord _record;
    private readonly SlotPool _slots;
    private readonly CancellationTokenSource _beforeClaim;
    private readonly TaskCompletionSource _settled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationToken _dropped;
    private volatile TaskCompletionSource _woken = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile string? _condition;
    private volatile bool _isRunning;
    private volatile bool _isDoomed;
    private volatile bool _holdsSlot;
    private bool _mayStart;
    private readonly int _wantedGpus;
    private IReadOnlyList<string> _gpus = [];

    private ContainerRun(ContainerSurroundings around, ContainerRecord record, SlotPool slots, int wantedGpus, CancellationToken dropped)
    {
        Pool = record.Files.ReadPool();
        Began = around.Time.GetTimestamp();
        _wantedGpus = wantedGpus;
        _around = around;
        _record = record;
        _slots = slots;
        _dropped = dropped;
        _beforeClaim = CancellationTokenSource.CreateLinkedTokenSource(dropped);
    }

    public string Name => _record.Files.Name;

    private string Container => ContainerPlan.NameOf(_around.Server, Name);

    /// <summary>Completes when there is something to say about it: it waits, it runs, or it has ended.</summary>
    public Task Settled => _settled.Task;

    /// <summary>Completes when nobody looks after it any more: as a rule because it has ended.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Whether its program was seen to run.</summary>
    public bool IsRunning => _isRunning;

    /// <summary>What it waits for or suffers from.</summary>
    public string? Condition => _condition;

    /// <summary>Whose slots it takes.</summary>
    public string Pool { get; }

    /// <summary>When it was queued here, as a time stamp.</summary>
    public long Began { get; }

    /// <summary>Whether it waits behind those that don't give way.</summary>
    public bool IsSpot { get; private init; }

    /// <summary>Queues a new execution, whose pool is written down.</summary>
    public static ContainerRun Begin(
        ContainerSurroundings around, ContainerRecord record, SlotPool slots, CreateContainerParameters plan, int gpus, bool isSpot, CancellationToken dropped)
    {
        var run = new ContainerRun(around, record, slots, gpus, dropped) { IsSpot = isSpot };
        var slot = slots.EnterAsync(run._beforeClaim.Token, isSpot);
        if (!slot.IsCompleted) run._settled.TrySetResult();
        _ = Task.Run(() => run.DriveAsync(slot, plan), CancellationToken.None);
        return run;
    }

    /// <summary>Takes up one that was claimed by an earlier server, or by another.</summary>
    public static ContainerRun Adopt(ContainerSurroundings around, ContainerRecord record, SlotPool slots, CancellationToken dropped)
    {
        slots.Occupy();
        around.Gpus.Occupy(record.Files.Name, record.Files.ReadGpus());
        var run = new ContainerRun(around, record, slots, wantedGpus: 0, dropped) { _isRunning = true };
        run._settled.TrySetResult();
        _ = Task.Run(() => run.DriveAsync(Task.CompletedTask, null), CancellationToken.None);
        return run;
    }

    /// <summary>What it has and waits for. One that is taken up has all it wants.</summary>
    public ExecutionLoad Load(string slot)
    {
        var gpus = _around.Gpus.CountOf(Name);
        return ExecutionLoad.Of(Name, slot, _holdsSlot || _isRunning, gpus, _isRunning ? gpus : _wantedGpus);
    }

    /// <summary>Makes it look at the order to stop. One that has not been claimed yet never will be.</summary>
    public void Wake()
    {
        try
        {
            _beforeClaim.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // Nobody looks after it any more.
            return;
        }

        Interlocked.Exchange(ref _woken, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
    }

    /// <summary>Ends it without any grace.</summary>
    public void Kill()
    {
        _isDoomed = true;
        Wake();
    }

    private async Task DriveAsync(Task slot, CreateContainerParameters? plan)
    {
        try
        {
            await slot;
            _holdsSlot = true;
            if (plan is not null) await TakeGpusAsync(plan);
            _mayStart = true;
            if (plan is null || await StartAsync(plan)) await FollowAsync();
        }
        catch (OperationCanceledException) when (_dropped.IsCancellationRequested || !_mayStart)
        {
            // Dropped: another takes it up. Or stopped in the queue: whoever stopped it has written that down.
        }
        catch (Exception fault)
        {
            RunFailed(_around.Log, fault, Name);
        }
        finally
        {
            FreeSlot();
            FreeGpus();
            _output?.Dispose();
            _settled.TrySetResult();
            _around.Ended(this);
            _ended.TrySetResult();
            _beforeClaim.Dispose();
        }
    }

    private void FreeSlot()
    {
        if (!_holdsSlot) return;
        _holdsSlot = false;
        _slots.Leave();
    }

    private async Task TakeGpusAsync(CreateContainerParameters plan)
    {
        if (_wantedGpus > 0)
        {
            var claim = _around.Gpus.Ask(Name, _wantedGpus, _record.Files.ReadGpus(), IsSpot);
            if (claim.Devices is null) Tell(GpuClaim.Waiting);
            _gpus = await claim.Granted.WaitAsync(_beforeClaim.Token);
            _condition = null;
        }

        if (_around.Gpus.Count > 0) ContainerPlan.GiveGpus(plan, _gpus);
    }

    // Of one that was only dropped, the container still has them.
    private void FreeGpus()
    {
        if (!_dropped.IsCancellationRequested && (!_mayStart || !_record.Files.WasClaimed || _record.Files.WasCancelled || _record.HasEnded)) _around.Gpus.Leave(Name);
    }

    /// <summary>Whether the program was started, by this or by another, and is to be followed.</summary>
    private async Task<bool> StartAsync(CreateContainerParameters plan)
    {
        var backoff = ShortestBackoff;
        for (var errors = 0; ;)
        {
            try
            {
                return await TryStartAsync(plan);
            }
            catch (OperationCanceledException) when (!_dropped.IsCancellationRequested)
            {
                // Stopped before the claim. Should another have been first, there is something to follow.
                if (!_record.Files.TryCancel(StoppedExitCode) && !_record.Files.WasCancelled) return true;
                await RemoveContainerAsync();
                return false;
            }
            catch (EngineRefusalException refusal)
            {
                _record.Refuse(refusal.Message);
                await RemoveContainerAsync();
                return false;
            }
            catch (EngineErrorException error) when (++errors >= MostErrors)
            {
                _record.LoseUnstarted($"the container could not be started: {error.Message}");
                await RemoveContainerAsync();
                return false;
            }
            catch (Exception trouble) when (IsTrouble(trouble))
            {
                Suffer(trouble);
                backoff = await RestAsync(backoff);
            }
        }
    }

    private async Task<bool> TryStartAsync(CreateContainerParameters plan)
    {
        var before = _beforeClaim.Token;
        if (!_record.Files.WasClaimed)
        {
            var id = (await _around.Engine.FindAsync(plan.Name, before))?.Id;
            if (!_record.Files.ReadGpus().SequenceEqual(_gpus))
            {
                // One that an earlier server made and never started has the GPUs that it was given then.
                if (id is not null) await _around.Engine.RemoveAsync(id, before);
                id = null;
                _record.Files.WriteGpus(_gpus);
            }

            if (id is null)
            {
                await _around.Engine.EnsureImageAsync(plan.Image, () => Tell($"Downloading the training image {plan.Image}"), before);
                DemandSameMounts(plan);
                id = await _around.Engine.CreateAsync(plan, before);
            }

            before.ThrowIfCancellationRequested();
            if (!_record.TryClaim(id)) return await IsFollowableAsync();
        }
        else if (_record.ContainerId is null)
        {
            return await IsFollowableAsync();
        }

        // An engine starts one that has ended again without a word; only one that never ran is started.
        if (await _around.Engine.FindAsync(plan.Name, _dropped) is not { IsNew: true }) return true;
        DemandSameMounts(plan);
        try
        {
            await StartWithOutputAsync(plan.Name);
        }
        catch (EngineRefusalException refusal) when (_around.Engine.IsInitMissing(refusal.Message))
        {
            await _around.Engine.RemoveAsync(plan.Name, _dropped);
            await _around.Engine.CreateAsync(plan, _dropped);
            await StartWithOutputAsync(plan.Name);
        }

        return true;
    }

    private async Task StartWithOutputAsync(string container)
    {
        _output?.Dispose();
        _output = await _around.Engine.TryAttachAsync(container, _dropped);
        await _around.Engine.StartAsync(container, _dropped);
    }

    /// <summary>A program that runs meanwhile may have put a link where a folder was.</summary>
    private static void DemandSameMounts(CreateContainerParameters plan)
    {
        if (plan.HostConfig.Mounts.FirstOrDefault(mount => RealPath.Of(mount.Source) != mount.Source) is { } moved)
        {
            throw new EngineRefusalException($"{moved.Source}, which is to be {moved.Target}, was replaced by a link.");
        }
    }

    /// <summary>Of one that another claimed: a container, or a stop.</summary>
    private async Task<bool> IsFollowableAsync()
    {
        if (!_record.Files.WasCancelled) return true;
        await RemoveContainerAsync();
        return false;
    }

    private async Task RemoveContainerAsync()
    {
        try
        {
            await _around.Engine.RemoveAsync(Container, _dropped);
            _record.MarkRemoved();
        }
        catch (Exception trouble) when (IsTrouble(trouble) || trouble is EngineRefusalException)
        {
            // It has ended and harms nobody; the next server sweeps it away.
            LeftBehind(_around.Log, Name, trouble.Message);
        }
    }

    private static bool IsTrouble(Exception problem) =>
        problem is EngineUnreachableException or EngineErrorException or IOException or UnauthorizedAccessException;

    private void Suffer(Exception trouble)
    {
        if (trouble is EngineUnreachableException && _record.Files.WasClaimed) _record.MarkAway();
        var condition = trouble is EngineUnreachableException ? trouble.Message
            : trouble is EngineErrorException or EngineRefusalException ? $"the container engine fails: {trouble.Message}"
            : $"its files can't be written: {trouble.Message}";
        if (_condition != condition) Suffers(_around.Log, Name, condition);
        Tell(condition);
    }

    private void Tell(string condition)
    {
        _condition = condition;
        _settled.TrySetResult();
    }

    private async Task<TimeSpan> RestAsync(TimeSpan backoff)
    {
        // Before the claim a stop ends the rest.
        await Task.Delay(backoff, _around.Time, _record.Files.WasClaimed ? _dropped : _beforeClaim.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _dropped.ThrowIfCancellationRequested();
        return backoff * 2 < LongestBackoff ? backoff * 2 : LongestBackoff;
    }

    [LoggerMessage(LogLevel.Warning, "Training job {Name}: {Condition}")]
    private static partial void Suffers(ILogger logger, string name, string condition);

    [LoggerMessage(LogLevel.Warning, "Training job {Name}: its container could not be removed: {Problem}")]
    private static partial void LeftBehind(ILogger logger, string name, string problem);

    [LoggerMessage(LogLevel.Error, "Training job {Name}: its container is no longer looked after; it will be taken up again")]
    private static partial void RunFailed(ILogger logger, Exception fault, string name);
}

/// <summary>What all runs of an executor share.</summary>
/// <param name="Engine">Where containers are.</param>
/// <param name="Server">The server's own name.</param>
/// <param name="LogCapBytes">What a log may grow to.</param>
/// <param name="StartTimeout">How long another's claim is waited for.</param>
/// <param name="Ended">Called with a run when nobody looks after it any more.</param>
/// <param name="Feeders">Who looks after channels in the input mode Pipe.</param>
/// <param name="Gpus">The GPUs of the machine.</param>
/// <param name="Time">The clock.</param>
/// <param name="Log">Where trouble is told.</param>
internal sealed record ContainerSurroundings(
    ContainerEngine Engine, string Server, long LogCapBytes, TimeSpan StartTimeout, Action<ContainerRun> Ended, Feeders Feeders, GpuPool Gpus, TimeProvider Time, ILogger Log);
