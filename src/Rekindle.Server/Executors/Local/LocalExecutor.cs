using System.Collections.Concurrent;
using Rekindle.Server.Executors.Feeding;
using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.Executors.Local;

/// <summary>
/// Runs training programs as processes of this machine. Each execution is a folder; its files tell a later server everything, so nothing
/// of this object's memory is needed to observe, stop or collect what an earlier one started.
/// </summary>
internal sealed partial class LocalExecutor : IExecutor, IDisposable
{
    /// <summary>Its executions' folder in the data folder.</summary>
    public const string FolderName = "executions";

    private const int StoppedExitCode = 128 + Native.SigTerm;

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(150);
    private static readonly TimeSpan ClaimTimeout = TimeSpan.FromSeconds(5);

    private readonly LocalExecutorOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<LocalExecutor> _logger;
    private readonly ExecutionFolders _folders;
    private readonly string _bootId = ProcessTable.BootId();
    private readonly ShimProcess _shims = new();
    private readonly StorageRoots _roots;
    private readonly ModelArtifacts _artifacts;
    private readonly JobInputs _inputs;
    private readonly Feeders _feeders;
    private readonly Lazy<Task<Launch>> _launch;
    private readonly GpuPool _gpus;
    // Null until the machine was looked at.
    private volatile Launch? _found;

    private readonly ConcurrentDictionary<string, long> _firstSeen = new(StringComparer.Ordinal);

    /// <exception cref="InvalidOperationException">The sandbox is demanded, and bubblewrap is not installed.</exception>
    public LocalExecutor(LocalExecutorOptions options, TimeProvider time, ILogger<LocalExecutor> logger, GpuPool? gpus = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Slots, 1);
        if (options.Sandbox == true && Executables.Find(Sandbox.Program) is null)
        {
            throw new InvalidOperationException("The sandbox is required, but bwrap was not found: install bubblewrap.");
        }

        var data = Path.GetFullPath(options.DataFolder);
        _folders = new ExecutionFolders(Path.Combine(data, FolderName), time);
        _options = options;
        _time = time;
        _logger = logger;
        _roots = new StorageRoots(
            data,
            options.Buckets,
            options.FileRoots.Count > 0 ? options.FileRoots : [Path.Combine(data, "s3"), Environment.CurrentDirectory],
            options.Elsewhere);
        _artifacts = new ModelArtifacts(_roots);
        _inputs = new JobInputs(_roots);
        _feeders = new Feeders(time);
        _gpus = gpus ?? new GpuPool([]);
        _launch = new Lazy<Task<Launch>>(FindSandboxAsync);
        _timer = time.CreateTimer(_ => Tick(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        AdoptRunning();
        // Begun at once: what needs a sandbox can then be refused when it is asked for, not when it is to start.
        _ = _launch.Value;
    }

    public string? Refuse(TrainingDefinition definition, IReadOnlyDictionary<string, string> hyperParameters, string region)
    {
        if (definition.InstanceCount != 1) return "The local executor runs a training job on one instance only.";
        if (RefuseGpus(definition) is { } tooMany) return tooMany;
        try
        {
            var image = LocalImage.Resolve(_options, definition, hyperParameters);
            if (image.Script is { } script && !_roots.LiesElsewhere(script.SubmitDirectory)) Launch.FindCode(script, _roots);
            if (image.IsBuiltIn && definition.Channels.FirstOrDefault(channel => ChannelModes.IsPipe(channel, definition)) is { } pipe)
            {
                return $"Channel \"{pipe.Name}\": the built-in algorithm of the training image \"{definition.Image}\" reads the input modes File and FastFile, not Pipe.";
            }

            if (Launch.RefuseWithout(MayHaveSandbox, definition) is { } unsafeHere) return unsafeHere;
            return _inputs.Refuse(definition, region);
        }
        catch (ExecutionRefusedException refused)
        {
            return refused.Message;
        }
    }

    public async Task SubmitAsync(ExecutionSpec spec, CancellationToken cancellationToken)
    {
        var record = _folders.RecordOf(spec.Name);
        if (IsKnown(spec.Name) || record.WasClaimed) return;
        if (RefuseGpus(spec.Definition) is { } problem) throw new ExecutionRefusedException(problem);
        var launch = await _launch.Value.WaitAsync(cancellationToken);
        var start = await launch.PrepareAsync(spec, record.Folder, cancellationToken);
        var profile = InstanceProfile.Find(_options.Profiles, spec.Definition.InstanceType);
        var pool = profile is { Slots: not null } ? profile.Pattern : "";
        await record.WritePoolAsync(pool, cancellationToken);
        Enter(new Waiting(spec.Name, pool, start, profile?.Gpus ?? 0, spec.Definition.ManagedSpot));
    }

    public async Task<ExecutionReport> ObserveAsync(string name, long position, CancellationToken cancellationToken)
    {
        var record = _folders.RecordOf(name);
        if (IsQueued(name)) return new ExecutionReport { State = ExecutionState.Queued, NextPosition = position, Condition = ConditionOf(name) };
        var state = Inspect(name, record);
        if (state == ExecutionState.Absent && IsKnown(name)) state = ExecutionState.Running;
        if (state == ExecutionState.Absent) return new ExecutionReport { State = state, NextPosition = position };

        var ended = state != ExecutionState.Running;
        if (ended) Settle(name);
        // Without a sandbox, a program outlives its shim; a lost execution must not go on unseen.
        if (state == ExecutionState.Lost && record.ReadOwner() is { } owner) new TrainingProcess(record.Folder, owner, _bootId).KillLeftovers();
        // The state was read first: when it says ended, the log that is read after it is complete.
        var lines = await LogReader.ReadLinesAsync(record.LogPath, position, ended, cancellationToken);
        return _feeders.Judge(record, new ExecutionReport
        {
            State = state,
            ExitCode = state == ExecutionState.Exited ? record.ExitCode : null,
            StartedAt = ended && record.WasCancelled ? null : record.StartedAt,
            EndedAt = state == ExecutionState.Exited ? record.EndedAt : null,
            NeverStarted = state == ExecutionState.Lost && record.ReadOwner() is null,
            WasSignalled = record.WasTerminated,
            Failure = ended ? await ModelArtifacts.ReadFailureAsync(ExecutionFolders.JobOf(record), cancellationToken) : null,
            Lines = lines.Lines,
            NextPosition = lines.NextPosition,
            MoreLines = lines.More,
            LogCapped = record.IsLogCapped,
            Refusal = state == ExecutionState.Exited && record.ReadOwner() is { Sandboxed: true } ? SandboxProblem.Find(record.ExitCode, record.LogPath, record.LogStart) : null,
        });
    }

    /// <summary>Whether anything of an execution of that name is here.</summary>
    public bool Holds(string name) => _folders.Holds(name);

    public Task<CollectedArtifacts> CollectAsync(ExecutionSpec spec, CancellationToken cancellationToken) =>
        _artifacts.CollectAsync(spec, ExecutionFolders.JobOf(_folders.RecordOf(spec.Name)), cancellationToken);

    public async Task<LogLines> ReadLogAsync(string name, long position, bool backwards, CancellationToken cancellationToken)
    {
        var record = _folders.RecordOf(name);
        var ended = Inspect(name, record) is ExecutionState.Exited or ExecutionState.Lost;
        return backwards
            ? await LogReader.ReadLinesBeforeAsync(record.LogPath, position, ended, cancellationToken)
            : await LogReader.ReadLinesAsync(record.LogPath, position, ended, cancellationToken);
    }

    public Task<LogLines> ReadMetricsAsync(string name, long position, bool complete, CancellationToken cancellationToken) =>
        MetricsFile.ReadAsync(ExecutionFolders.JobOf(_folders.RecordOf(name)), position, _options.LogCapBytes, complete, cancellationToken);

    /// <summary>Stops looking after the executions; they themselves go on.</summary>
    public void Dispose()
    {
        _isDisposed = true;
        _timer.Dispose();
        _shims.Dispose();
        _feeders.Dispose();
    }

    private string? RefuseGpus(TrainingDefinition definition) =>
        _gpus.Refuse(InstanceProfile.Find(_options.Profiles, definition.InstanceType), definition.InstanceType);

    /// <summary>What the files say, and whether the process they name is there.</summary>
    private ExecutionState Inspect(string name, ExecutionRecord record)
    {
        if (!record.WasClaimed) return ExecutionState.Absent;
        if (record.ExitCode is not null)
        {
            return record.IsDrained || (HasWaited(name + "/exit", _options.DrainTimeout) && HasWaited(name + "/exit", LogTimeout(record)))
                ? ExecutionState.Exited
                : ExecutionState.Running;
        }

        if (record.ReadOwner() is not { } owner)
        {
            if (record.WasCancelled)
            {
                record.CompleteCancel(StoppedExitCode);
                return ExecutionState.Exited;
            }

            // The claim is written within microseconds; one that stays unfinished belongs to a shim that died in between.
            return HasWaited(name + "/claim", ClaimTimeout) ? ExecutionState.Lost : ExecutionState.Running;
        }

        if (new TrainingProcess(record.Folder, owner, _bootId).OwnerIsAlive) return ExecutionState.Running;
        // It may have written the exit code and gone since that was looked for.
        return record.ExitCode is null ? ExecutionState.Lost : Inspect(name, record);
    }

    /// <summary>How long the log of an ended program may take. On a busy machine the writer may come late; nothing it has still to write is lost.</summary>
    private TimeSpan LogTimeout(ExecutionRecord record) =>
        record.ReadOwner() is { } owner && new TrainingProcess(record.Folder, owner, _bootId).IsWriting
            ? _options.WriterTimeout
            : _options.DrainTimeout;

    private bool HasWaited(string what, TimeSpan time) => _time.GetElapsedTime(_firstSeen.GetOrAdd(what, _ => _time.GetTimestamp())) >= time;

    // Until the look at the machine is through, what is installed has to do; the start of the program will know for certain.
    private bool MayHaveSandbox => _options.Sandbox != false && (_found?.IsSandboxed ?? Executables.Find(Sandbox.Program) is not null);

    private async Task<Launch> FindSandboxAsync() => _found = await FindLaunchAsync();

    private async Task<Launch> FindLaunchAsync()
    {
        if (_options.Sandbox == false) return new Launch(_options, _roots, null);
        if (await Sandbox.FindProblemAsync(CancellationToken.None) is not { } problem)
        {
            return new Launch(_options, _roots, new Sandbox(_options));
        }

        if (_options.Sandbox == true) throw new InvalidOperationException($"The sandbox is required, but {problem}.");
        LogNoSandbox(problem);
        return new Launch(_options, _roots, null);
    }

    [LoggerMessage(LogLevel.Warning, "Training programs run without a sandbox ({Problem}): they see SM_* variables and REKINDLE_OPT_ML instead of /opt/ml")]
    private partial void LogNoSandbox(string problem);
}
