using System.Collections.Concurrent;
using Rekindle.Server.Executors.Feeding;
using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.Executors.Docker;

/// <summary>
/// Runs training programs in containers of Docker or podman. Each execution is a folder that tells a later server everything; one container,
/// named after it and after the server, runs the program. Observing reads the folder alone, so an engine that is away fails nothing.
/// </summary>
internal sealed partial class DockerExecutor : IExecutor, IDisposable
{
    /// <summary>Its executions' folder in the data folder.</summary>
    public const string FolderName = "containers";

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(150);
    private static readonly TimeSpan RemovalTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan BetweenSweeps = TimeSpan.FromSeconds(10);

    private readonly DockerExecutorOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<DockerExecutor> _logger;
    private readonly ExecutionFolders _folders;
    private readonly JobInputs _inputs;
    private readonly Feeders _feeders;
    private readonly ModelArtifacts _artifacts;
    private readonly ContainerEngine _engine;
    private readonly ContainerSurroundings _around;
    private readonly CancellationTokenSource _dropped = new();
    private readonly ConcurrentDictionary<string, ContainerRun> _runs = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _unseenEnds = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, SlotPool> _pools = new(StringComparer.Ordinal);
    private readonly GpuPool _gpus;
    private readonly Lock _gate = new();

    /// <exception cref="FormatException">The endpoint is no address of an engine.</exception>
    public DockerExecutor(DockerExecutorOptions options, TimeProvider time, ILogger<DockerExecutor> logger, GpuPool? gpus = null)
    {
        var data = Path.GetFullPath(options.DataFolder);
        _options = options with { DataFolder = data };
        _time = time;
        _logger = logger;
        _engine = new ContainerEngine(options.Endpoint, time);
        _folders = new ExecutionFolders(Path.Combine(data, FolderName), time);
        var roots = new StorageRoots(
            data,
            options.Buckets,
            options.FileRoots.Count > 0 ? options.FileRoots : [Path.Combine(data, "s3"), Environment.CurrentDirectory],
            options.Elsewhere);
        _inputs = new JobInputs(roots);
        _feeders = new Feeders(time);
        _gpus = gpus ?? new GpuPool([]);
        _artifacts = new ModelArtifacts(roots);
        _around = new ContainerSurroundings(
            _engine, ServerName.Of(data), options.LogCapBytes, options.StartTimeout, Forget, _feeders, _gpus, time, logger);
        foreach (var record in _folders.All())
        {
            Adopt(new ContainerRecord(record));
        }

        _ = SweepAsync();
    }

    /// <summary>Whether it no longer looks after anything.</summary>
    public bool IsDisposed => _dropped.IsCancellationRequested;

    /// <summary>Whether anything of an execution of that name is here.</summary>
    public bool Holds(string name) => _folders.Holds(name);

    public string? Refuse(TrainingDefinition definition, IReadOnlyDictionary<string, string> hyperParameters, string region)
    {
        if (definition.InstanceCount != 1) return "The docker executor runs a training job on one instance only.";
        if (ImageReference.Refuse(definition.Image) is { } problem) return problem;
        if ((definition.Entrypoint ?? []).Concat(definition.Arguments ?? []).Any(part => part.Contains('\0', StringComparison.Ordinal)))
        {
            return "ContainerEntrypoint or ContainerArguments hold a zero character.";
        }

        if (_gpus.Refuse(InstanceProfile.Find(_options.Profiles, definition.InstanceType), definition.InstanceType) is { } tooMany) return tooMany;
        try
        {
            return _inputs.Refuse(definition, region);
        }
        catch (ExecutionRefusedException refused)
        {
            return refused.Message;
        }
    }

    public async Task SubmitAsync(ExecutionSpec spec, CancellationToken cancellationToken)
    {
        var record = new ContainerRecord(_folders.RecordOf(spec.Name));
        if (_runs.ContainsKey(spec.Name) || record.Files.WasClaimed) return;
        if (ImageReference.Refuse(spec.Definition.Image) is { } problem) throw new ExecutionRefusedException(problem);
        var profile = InstanceProfile.Find(_options.Profiles, spec.Definition.InstanceType);
        if (_gpus.Refuse(profile, spec.Definition.InstanceType) is { } tooMany) throw new ExecutionRefusedException(tooMany);
        var views = _inputs.Resolve(spec, cancellationToken);
        var pipes = _inputs.ResolvePipes(spec, cancellationToken);
        var job = ExecutionFolders.JobOf(record.Files);
        Directory.CreateDirectory(record.Files.Folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await job.PrepareAsync(spec, cancellationToken);
        FeedSetup.Write(record.Files.Folder, job, pipes, cancellationToken);
        List<(string Source, string Target, bool Writable)> mounts =
            [(job.Root, "/opt/ml", true), .. JobInputs.Show(views, job, cancellationToken).Select(mount => (mount.Source, mount.Target, false))];
        if (_inputs.MakeCheckpoints(spec.Definition) is { } checkpoints) mounts.Add((checkpoints.Source, checkpoints.Target, true));
        var plan = ContainerPlan.Of(
            spec, _around.Server, profile, _options, mounts.ConvertAll(mount => (RealPath.Of(mount.Source), mount.Target, mount.Writable)));
        var pattern = profile?.Pattern ?? "";
        await record.Files.WritePoolAsync(pattern, cancellationToken);
        ContainerRun run;
        lock (_gate)
        {
            if (_runs.ContainsKey(spec.Name)) return;
            run = ContainerRun.Begin(_around, record, PoolOf(pattern), plan, profile?.Gpus ?? 0, spec.Definition.ManagedSpot, _dropped.Token);
            _runs[spec.Name] = run;
        }

        await run.Settled.WaitAsync(cancellationToken);
    }

    public string PlaceOf(string name, TrainingDefinition definition) => $"the container engine at {_engine.Endpoint}";

    public async Task<ExecutionReport> ObserveAsync(string name, long position, CancellationToken cancellationToken)
    {
        var record = new ContainerRecord(_folders.RecordOf(name));
        var run = _runs.GetValueOrDefault(name) ?? Adopt(record);
        var state = StateOf(record, run);
        if (state is ExecutionState.Absent or ExecutionState.Queued)
        {
            return new ExecutionReport { State = state, NextPosition = position, Condition = run?.Condition };
        }

        var ended = state != ExecutionState.Running;
        if (ended) _unseenEnds.TryRemove(name, out _);
        // The state was read first: when it says ended, the log that is read after it is complete.
        var lines = await LogReader.ReadLinesAsync(record.Files.LogPath, position, ended, cancellationToken);
        return _feeders.Judge(record.Files, new ExecutionReport
        {
            State = state,
            ExitCode = state == ExecutionState.Exited ? record.Files.ExitCode : null,
            StartedAt = ended && (record.Files.WasCancelled || record.Refusal is not null) ? null : record.Files.StartedAt,
            EndedAt = state == ExecutionState.Exited ? record.Files.EndedAt : null,
            WasSignalled = record.Files.WasTerminated,
            Failure = ended ? await ModelArtifacts.ReadFailureAsync(ExecutionFolders.JobOf(record.Files), cancellationToken) : null,
            Lines = lines.Lines,
            NextPosition = lines.NextPosition,
            MoreLines = lines.More,
            LogCapped = record.Files.IsLogCapped,
            Condition = run?.Condition,
            NeverStarted = record.NeverStarted,
            Refusal = record.Refusal,
            Reason = state == ExecutionState.Lost ? record.LostReason : record.Reason,
        });
    }

    public async Task StopAsync(string name, TimeSpan grace, CancellationToken cancellationToken)
    {
        var record = new ContainerRecord(_folders.RecordOf(name));
        if (!Directory.Exists(record.Files.Folder) || record.HasEnded || record.Files.WasCancelled) return;
        record.Files.WriteStop(new StopOrder(_time.GetUtcNow(), grace));
        var run = _runs.GetValueOrDefault(name) ?? Adopt(record);
        run?.Wake();
        if (!record.Files.WasClaimed) record.Files.TryCancel(ContainerRun.StoppedExitCode);
        if (run is not null && record.Files.WasCancelled) await run.Ended.WaitAsync(cancellationToken);
    }

    public Task<CollectedArtifacts> CollectAsync(ExecutionSpec spec, CancellationToken cancellationToken) =>
        _artifacts.CollectAsync(spec, ExecutionFolders.JobOf(_folders.RecordOf(spec.Name)), cancellationToken);

    public Task RemoveAsync(string name, CancellationToken cancellationToken) => ClearAsync(name, _folders.RemoveAsync, cancellationToken);

    public Task ResetAsync(string name, CancellationToken cancellationToken) => ClearAsync(name, _folders.ResetAsync, cancellationToken);

    public ExecutorLoad Load() => new(
        _pools.ToDictionary(pool => SlotName(pool.Key), pool => pool.Value.Slots).Append(new(ExecutorLoad.Gpus, _gpus.Count)).ToDictionary(StringComparer.Ordinal),
        [.. _runs.Values.OrderBy(run => run.IsSpot).ThenBy(run => run.Began).Select(run => run.Load(SlotName(run.Pool)))]);

    private static string SlotName(string pattern) => $"container slots {pattern}";

    private async Task ClearAsync(string name, Func<ExecutionRecord, CancellationToken, Task> clear, CancellationToken cancellationToken)
    {
        var record = new ContainerRecord(_folders.RecordOf(name));
        if (!Directory.Exists(record.Files.Folder)) return;
        await StopAsync(name, TimeSpan.Zero, cancellationToken);
        if (_runs.GetValueOrDefault(name) is { } run)
        {
            run.Kill();
            try
            {
                await run.Ended.WaitAsync(RemovalTimeout, _time, cancellationToken);
            }
            catch (TimeoutException)
            {
                // The folder holds the claim: without it the same name could run a second time beside the first.
                throw new IOException($"The execution {name} still runs and can't be removed{(run.Condition is { } why ? $": {why}" : "")}.");
            }
        }

        if (!record.IsRemoved) await _engine.RemoveAsync(ContainerPlan.NameOf(_around.Server, name), cancellationToken);
        await _feeders.EndAsync(record.Files, cancellationToken);
        await clear(record.Files, cancellationToken);
        _gpus.Leave(name);
        _unseenEnds.TryRemove(name, out _);
    }

    public async Task WaitForChangeAsync(string name, CancellationToken cancellationToken)
    {
        // Told once: an end that the caller hasn't observed yet wakes it at once, a second call waits.
        if (_unseenEnds.TryRemove(name, out _)) return;
        using var cancelled = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var delay = Task.Delay(PollInterval, _time, cancelled.Token);
        await (_runs.GetValueOrDefault(name) is { } run ? await Task.WhenAny(run.Ended, delay) : delay);
        await cancelled.CancelAsync();
    }

    public IReadOnlyList<EndedExecution> FindLeftWork() => _folders.FindLeftWork(
        record => StateOf(new ContainerRecord(record), null) is ExecutionState.Exited or ExecutionState.Lost);

    public Task DiscardWorkAsync(EndedExecution execution, CancellationToken cancellationToken) => _folders.DiscardWorkAsync(execution, cancellationToken);

    public async Task<LogLines> ReadLogAsync(string name, long position, bool backwards, CancellationToken cancellationToken)
    {
        var record = new ContainerRecord(_folders.RecordOf(name));
        return backwards
            ? await LogReader.ReadLinesBeforeAsync(record.Files.LogPath, position, record.HasEnded, cancellationToken)
            : await LogReader.ReadLinesAsync(record.Files.LogPath, position, record.HasEnded, cancellationToken);
    }

    public Task<LogLines> ReadMetricsAsync(string name, long position, bool complete, CancellationToken cancellationToken) =>
        MetricsFile.ReadAsync(ExecutionFolders.JobOf(_folders.RecordOf(name)), position, _options.LogCapBytes, complete, cancellationToken);

    /// <summary>Stops looking after the executions; they themselves go on.</summary>
    public void Dispose()
    {
        _dropped.Cancel();
        _feeders.Dispose();
        // Their last questions are still under way.
        _ = Task.WhenAll(_runs.Values.Select(run => run.Ended)).ContinueWith(
            _ => _engine.Dispose(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    private static ExecutionState StateOf(ContainerRecord record, ContainerRun? run)
    {
        if (record.LostReason is not null) return ExecutionState.Lost;
        if (record.HasEnded) return ExecutionState.Exited;
        if (record.Files.WasCancelled)
        {
            record.Files.CompleteCancel(ContainerRun.StoppedExitCode);
            return ExecutionState.Exited;
        }

        return record.Files.WasClaimed && run?.IsRunning is not false ? ExecutionState.Running
            : run is not null ? ExecutionState.Queued
            : ExecutionState.Absent;
    }

    /// <summary>Takes up what was claimed, has not ended, and is looked after by nobody here.</summary>
    private ContainerRun? Adopt(ContainerRecord record)
    {
        if (_dropped.IsCancellationRequested || record.ContainerId is null || record.HasEnded) return null;
        lock (_gate)
        {
            if (_runs.TryGetValue(record.Files.Name, out var there)) return there;
            var run = ContainerRun.Adopt(_around, record, PoolOf(record.Files.ReadPool()), _dropped.Token);
            _runs[record.Files.Name] = run;
            return run;
        }
    }

    private SlotPool PoolOf(string pattern) => _pools.GetOrAdd(
        pattern, _ => new SlotPool(_options.Profiles.FirstOrDefault(profile => profile.Pattern == pattern)?.Slots ?? _options.Slots));

    private void Forget(ContainerRun run)
    {
        lock (_gate)
        {
            _runs.TryRemove(run.Name, out _);
        }

        _unseenEnds[run.Name] = true;
    }

    /// <summary>Removes the containers of ended or removed executions that a killed server left; again until the engine answers.</summary>
    private async Task SweepAsync()
    {
        while (true)
        {
            try
            {
                foreach (var (id, name) in await _engine.ListAsync(ContainerPlan.ServerLabel, _around.Server, ContainerPlan.JobLabel, _dropped.Token))
                {
                    if (_runs.ContainsKey(name) || (_folders.Holds(name) && !new ContainerRecord(_folders.RecordOf(name)).HasEnded)) continue;
                    await _engine.RemoveAsync(id, _dropped.Token);
                }

                return;
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception trouble) when (trouble is EngineUnreachableException or EngineErrorException or EngineRefusalException)
            {
                LogEngineAway(trouble.Message);
            }

            await Task.Delay(BetweenSweeps, _time, _dropped.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    [LoggerMessage(LogLevel.Warning, "No container can be started: {Problem}")]
    private partial void LogEngineAway(string problem);
}
