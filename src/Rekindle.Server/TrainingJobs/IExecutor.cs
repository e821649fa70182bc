namespace Rekindle.Server.TrainingJobs;

/// <summary>
/// Runs training programs somewhere. Level-triggered and idempotent: the name is the identity, so repeating a call after a crash
/// is harmless, and no call assumes that an earlier one was answered.
/// </summary>
internal interface IExecutor
{
    /// <summary>Why this executor can't run <paramref name="definition"/>, in a sentence for the user; null when it can. The region is named in it.</summary>
    string? Refuse(TrainingDefinition definition, IReadOnlyDictionary<string, string> hyperParameters, string region);

    /// <summary>Names the place where the execution is or would be: what can't be started in one place may well be in another.</summary>
    string PlaceOf(string name, TrainingDefinition definition) => "this machine";

    /// <summary>Starts the execution; does nothing when one of that name was ever started and not removed.</summary>
    /// <exception cref="ExecutionRefusedException">The execution can't start for a reason of the user's (no such program, no such input).</exception>
    Task SubmitAsync(ExecutionSpec spec, CancellationToken cancellationToken);

    /// <summary>What is known of the execution, and the complete log lines from <paramref name="position"/> on.</summary>
    Task<ExecutionReport> ObserveAsync(string name, long position, CancellationToken cancellationToken);

    /// <summary>Asks the program to end: SIGTERM now, SIGKILL when <paramref name="grace"/> has passed since the first call. One that does not run yet never will.</summary>
    Task StopAsync(string name, TimeSpan grace, CancellationToken cancellationToken);

    /// <summary>Packs what the program left behind into the output path. Repeating it gives the same files.</summary>
    Task<CollectedArtifacts> CollectAsync(ExecutionSpec spec, CancellationToken cancellationToken);

    /// <summary>Forgets the execution and removes its folder; the log stays readable until then.</summary>
    Task RemoveAsync(string name, CancellationToken cancellationToken);

    /// <summary>
    /// Forgets an execution but for its log, behind which the next one of that name writes its own. Does nothing where there is none; cut
    /// short, it is to be repeated before anything is started.
    /// </summary>
    Task ResetAsync(string name, CancellationToken cancellationToken);

    /// <summary>Who has what of the machine just now, and who waits for what.</summary>
    ExecutorLoad Load();

    /// <summary>Completes when the state of some execution may have changed (an exit was noticed); spurious wake-ups are fine.</summary>
    Task WaitForChangeAsync(string name, CancellationToken cancellationToken);

    /// <summary>Ended executions that still hold more than their log: what the program worked on, its input and its environment.</summary>
    IReadOnlyList<EndedExecution> FindLeftWork();

    /// <summary>Removes all but the log and how it ended; does nothing when the name stands for another execution by now. Only for one whose artifacts were collected.</summary>
    Task DiscardWorkAsync(EndedExecution execution, CancellationToken cancellationToken);

    /// <summary>Lines of the log as it stands, for people to read: from <paramref name="position"/> on, or <paramref name="backwards"/> those before it.</summary>
    Task<LogLines> ReadLogAsync(string name, long position, bool backwards, CancellationToken cancellationToken);

    /// <summary>Lines of <see cref="MetricsFile"/> from <paramref name="position"/> on, by their offset in it; none when there is no such file.</summary>
    /// <param name="name">The execution.</param>
    /// <param name="position">Byte position in the file.</param>
    /// <param name="complete">Whether the program has ended: then a last line needs no end.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    Task<LogLines> ReadMetricsAsync(string name, long position, bool complete, CancellationToken cancellationToken);
}

/// <summary>One execution to start.</summary>
internal sealed record ExecutionSpec
{
    /// <summary>The training job's name: unique, file-name safe, at most 63 characters.</summary>
    public required string Name { get; init; }

    public required string TrainingJobArn { get; init; }

    public required string Region { get; init; }

    public required TrainingDefinition Definition { get; init; }

    /// <summary>All hyperparameters, as the program is to read them.</summary>
    public required IReadOnlyDictionary<string, string> HyperParameters { get; init; }

    /// <summary>Where the code of script mode is, when not where its hyperparameter says.</summary>
    public string? CodeUri { get; init; }
}

internal enum ExecutionState
{
    /// <summary>Never started, or removed.</summary>
    Absent,

    /// <summary>Accepted, waiting for a slot.</summary>
    Queued,

    Running,

    /// <summary>Ended by itself or by a signal; the exit code is known and the log is complete.</summary>
    Exited,

    /// <summary>Started once, gone without an exit status (machine restarted, shim killed).</summary>
    Lost,
}

/// <summary>What an executor knows of an execution.</summary>
internal sealed record ExecutionReport
{
    public required ExecutionState State { get; init; }

    /// <summary>0-255; 128 + signal when a signal ended it.</summary>
    public int? ExitCode { get; init; }

    /// <summary>Null also for an execution that was cancelled before its program ran.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>How long the program has been running, by a clock that nobody sets; null when only <see cref="StartedAt"/> tells.</summary>
    public TimeSpan? RunningFor { get; init; }

    /// <summary>How long ago the training job was created, by a clock that nobody sets; null when only its time of creation tells.</summary>
    public TimeSpan? SinceCreation { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Whether the program was sent a signal to end; null when that isn't known.</summary>
    public bool? WasSignalled { get; init; }

    /// <summary>First 1,024 characters of <c>/opt/ml/output/failure</c>, when the program wrote it and has ended.</summary>
    public string? Failure { get; init; }

    /// <summary>Whole lines from the asked position on; at the end of an ended execution also a last line without a line end.</summary>
    public IReadOnlyList<LogLine> Lines { get; init; } = [];

    /// <summary>Where to read on. Equal to the asked position when there was nothing new.</summary>
    public long NextPosition { get; init; }

    /// <summary>Whether more complete lines were there than one report carries.</summary>
    public bool MoreLines { get; init; }

    /// <summary>Where to read on in the metrics file; null when it was not looked at.</summary>
    public long? NextMetricsPosition { get; init; }

    /// <summary>Whether the log reached its cap and the rest was dropped.</summary>
    public bool LogCapped { get; init; }

    /// <summary>What a queued or running execution waits for or suffers from just now, in a few words that stay the same as long as it does.</summary>
    public string? Condition { get; init; }

    /// <summary>Whether a queued execution's input is being brought to the machine.</summary>
    public bool BringsInput { get; init; }

    /// <summary>Why an exited execution never ran, for a reason of the user's that showed only when it was to start.</summary>
    public string? Refusal { get; init; }

    /// <summary>Whether a lost execution's program never ran, through no fault of its own.</summary>
    public bool NeverStarted { get; init; }

    /// <summary>What ended it, in a sentence, when the executor knows more than the exit code says.</summary>
    public string? Reason { get; init; }
}

/// <param name="Offset">Byte offset of the line's first byte in the log.</param>
/// <param name="Text">The line without its end, decoded as UTF-8 with replacement.</param>
internal readonly record struct LogLine(long Offset, string Text)
{
    /// <summary>Whether this is no line but a piece of one that was too long.</summary>
    public bool IsPiece { get; init; }
}

/// <param name="Name">Its name.</param>
/// <param name="Claim">Tells it from an earlier or later execution of the same name.</param>
internal sealed record EndedExecution(string Name, string Claim);

/// <param name="ModelArtifact">URI of model.tar.gz (or of the model folder), null when the program left no model.</param>
/// <param name="OutputArtifact">URI of output.tar.gz, null when there was no output.</param>
internal sealed record CollectedArtifacts(string? ModelArtifact, string? OutputArtifact)
{
    /// <summary>What could not be stored beside them, in a sentence.</summary>
    public string? Remark { get; init; }
}

/// <summary>An execution was accepted, and then its program could not be started, through no fault of its own.</summary>
internal sealed class StartFailedException(string message) : Exception(message);

/// <summary>An execution can't start, and trying again won't change that.</summary>
internal sealed class ExecutionRefusedException(string message) : Exception(message);
