namespace Rekindle.Server.TrainingJobs;

/// <summary>The values are stored by name; the order is the direction in which a training job moves.</summary>
internal enum TrainingJobStatus { InProgress, Stopping, Completed, Stopped, Failed }

internal enum SecondaryStatus
{
    Starting,
    Pending,
    Downloading,
    Training,
    Uploading,
    Interrupted,
    Stopping,
    Completed,
    Stopped,
    MaxRuntimeExceeded,
    MaxWaitTimeExceeded,
    Failed,
}

internal enum ObjectiveStatus { Pending, Succeeded, Failed }

/// <summary>Why a training job is being stopped. The first reason stays.</summary>
internal enum StopReason { User, TuningJobEnding, MaxRuntime, EarlyStopping, MaxResource, MaxWaitTime }

/// <summary>Whose fault a failure is: ours may be retried, the user's is not.</summary>
internal enum FailureKind { NonRetryable, Retryable }

/// <summary>A training job as its row says.</summary>
internal sealed record TrainingJob
{
    public required long Id { get; init; }

    public required string Name { get; init; }

    public required string Arn { get; init; }

    /// <summary>The tuning job that launched it; null for a training job of its own.</summary>
    public long? TuningJobId { get; init; }

    /// <summary>1 for the first training job of its tuning job; 0 for a training job of its own.</summary>
    public int LaunchIndex { get; init; }

    /// <summary>Which of its tuning job's algorithms it trains, from 0.</summary>
    public int Algorithm { get; init; }

    /// <summary>The suggested values only; empty for a training job of its own.</summary>
    public IReadOnlyDictionary<string, string> TunedHyperParameters { get; init; } = new Dictionary<string, string>();

    /// <summary>How the strategy came to the suggestion, such as <c>InitialDesign</c> or <c>Model</c>.</summary>
    public string? Origin { get; init; }

    /// <summary>Why it was suggested; null for an imported one, and for one that was launched before this was kept.</summary>
    public LaunchExplanation? Explanation { get; init; }

    /// <summary>
    /// JSON of the wire. For a training job of its own: its description. For an imported one: the document it came with. Null when a
    /// tuning job describes it.
    /// </summary>
    public string? Description { get; init; }

    /// <summary>How to run it: its own, or its tuning job's.</summary>
    public required TrainingDefinition Definition { get; init; }

    /// <summary>Everything the program is given: static, tuned and injected.</summary>
    public required IReadOnlyDictionary<string, string> HyperParameters { get; init; }

    public required DateTimeOffset CreationTime { get; init; }

    public DateTimeOffset? StopRequestedAt { get; init; }

    public StopReason? StopReason { get; init; }

    /// <summary>
    /// When managed spot training was asked to give way, until it waits again. Unlike a stop it leaves the status at InProgress, and a stop
    /// that comes meanwhile wins.
    /// </summary>
    public DateTimeOffset? InterruptionRequestedAt { get; init; }

    /// <summary>Whether the program that had to give way has ended and all that it said is stored: what it left is to go, and the next to start.</summary>
    public bool HasGivenWay => InterruptionRequestedAt is not null && !Progress.SeenRunning;

    public required TrainingProgress Progress { get; init; }

    public IReadOnlyList<SecondaryTransition> Transitions { get; init; } = [];

    public bool IsTerminal => Progress.IsTerminal;
}

/// <summary>The part of a training job that its driver writes; statuses only move forward.</summary>
internal sealed record TrainingProgress
{
    public required TrainingJobStatus Status { get; init; }

    public required SecondaryStatus Secondary { get; init; }

    public required DateTimeOffset LastModifiedTime { get; init; }

    /// <summary>
    /// Whether the executor reported that its program runs or ran. Until then an absent execution is one that was never started; from then
    /// on it is one that was lost, and is never started again. One that gave way is as one that was never started.
    /// </summary>
    public bool SeenRunning { get; init; }

    /// <summary>When the first attempt began.</summary>
    public DateTimeOffset? TrainingStartTime { get; init; }

    public DateTimeOffset? TrainingEndTime { get; init; }

    public ObjectiveStatus ObjectiveStatus { get; init; }

    /// <summary>The last reported value of the objective metric, also while running. Always finite.</summary>
    public double? ObjectiveValue { get; init; }

    public int? ExitCode { get; init; }

    public string? FailureReason { get; init; }

    public FailureKind? FailureKind { get; init; }

    /// <summary>Bytes of the log already turned into metric readings.</summary>
    public long LogPosition { get; init; }

    /// <summary>Bytes of <see cref="MetricsFile"/> already turned into metric readings.</summary>
    public long MetricsPosition { get; init; }

    public string? ModelArtifact { get; init; }

    /// <summary>How often it gave way.</summary>
    public int Interruptions { get; init; }

    /// <summary>How long the programs ran that gave way.</summary>
    public TimeSpan RanBefore { get; init; }

    /// <summary>When the program began that runs or ran after an interruption; null before that, and without any.</summary>
    public DateTimeOffset? ResumedAt { get; init; }

    /// <summary>
    /// The <see cref="MetricsPosition"/> at which this attempt's <see cref="MetricsFile"/> begins: each attempt has a file of its own, whereas the
    /// log goes on.
    /// </summary>
    public long MetricsBase { get; init; }

    /// <summary>When the program began that runs now or ran last; null when it has yet to start.</summary>
    public DateTimeOffset? AttemptStartTime => Interruptions == 0 ? TrainingStartTime : ResumedAt;

    /// <summary>How long programs have run until <paramref name="end"/>, the waiting between them left out.</summary>
    public TimeSpan RanUntil(DateTimeOffset end) =>
        RanBefore + (AttemptStartTime is { } start && end > start ? end - start : TimeSpan.Zero);

    public bool IsTerminal => Status is TrainingJobStatus.Completed or TrainingJobStatus.Stopped or TrainingJobStatus.Failed;
}

/// <summary>One step of the secondary status; the end of a step is the start of the next.</summary>
internal sealed record SecondaryTransition(SecondaryStatus Status, string Message, DateTimeOffset StartTime, DateTimeOffset? EndTime);

/// <summary>One value of one metric. The same line read twice gives the same key (metric, offset), so reading again changes nothing.</summary>
/// <param name="Metric">The metric's name.</param>
/// <param name="Offset">Byte offset of the line in the training job's log; from <see cref="MetricsFile.FirstOffset"/> on, in its metrics file.</param>
/// <param name="Value">Always finite.</param>
/// <param name="Time">When the line was read.</param>
internal sealed record MetricReading(string Metric, long Offset, double Value, DateTimeOffset Time)
{
    /// <summary>
    /// Which of the metric's values in this log or file it is, from 1: the resource of early stopping. Curves are thinned out, so their places in
    /// a stored curve don't say. 0 when nobody counted.
    /// </summary>
    public int Ordinal { get; init; }
}
