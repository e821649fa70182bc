using Rekindle.Server.TrainingJobs;
using Rekindle.Server.TuningJobs;

namespace Rekindle.Server.Storage;

/// <summary>
/// The rows that are the only truth. Every method is one transaction; whatever it acknowledged survives a kill of the process.
/// Names are compared without case. Deleted jobs are hidden from every method that takes a name, but their rows stay, so that what
/// a child learned from them stays too.
/// </summary>
internal interface IStore : IAsyncDisposable
{
    /// <summary>
    /// Changes with every change of the rows, at the latest when that is acknowledged: what was read since a revision holds as long as it is
    /// still the same.
    /// </summary>
    long Revision { get; }

    /// <summary>Creates or migrates the schema. Safe when several processes do it at once. A newer schema is refused.</summary>
    Task MigrateAsync(CancellationToken cancellationToken);

    // Tuning jobs

    /// <summary>Stores a new tuning job, InProgress, with its parents and ancestors. Parents are checked again inside the transaction.</summary>
    Task<CreateOutcome> CreateTuningJobAsync(NewTuningJob job, CancellationToken cancellationToken);

    /// <summary>
    /// Stores a tuning job that ran elsewhere, with all its training jobs. The names of imported training jobs are not unique and keep no
    /// name from others: a name means the training job that ran here, else the one imported last.
    /// </summary>
    /// <exception cref="InvalidOperationException">It has not ended, or one of its training jobs has not.</exception>
    Task<CreateOutcome> ImportTuningJobAsync(ImportedTuningJob job, CancellationToken cancellationToken);

    Task<TuningJob?> FindTuningJobAsync(string name, CancellationToken cancellationToken);

    /// <summary>By id, deleted ones too: a training job is described by its tuning job even after that was deleted.</summary>
    Task<TuningJob?> ReadTuningJobAsync(long tuningJobId, CancellationToken cancellationToken);

    Task<Page<TuningJobListing>> ListTuningJobsAsync(TuningJobQuery query, CancellationToken cancellationToken);

    /// <summary>InProgress becomes Stopping; Stopping stays; a terminal one is refused. Returns the status found, null when there is no such job.</summary>
    Task<TuningJobStatus?> RequestTuningJobStopAsync(string name, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Hides a terminal tuning job. Returns the status found (nothing happens unless terminal), null when there is no such job.</summary>
    Task<TuningJobStatus?> DeleteTuningJobAsync(string name, DateTimeOffset now, CancellationToken cancellationToken);

    Task<TuningJobCounters> CountTrainingJobsAsync(long tuningJobId, CancellationToken cancellationToken);

    /// <summary>
    /// The ancestors and descendants of a tuning job with itself, deleted ones too, in the order in which they were stored: parents come
    /// before their children. None when it does not exist.
    /// </summary>
    Task<IReadOnlyList<LineageMember>> ReadLineageAsync(long tuningJobId, CancellationToken cancellationToken);

    /// <summary>The training job with the best final objective among those of the given tuning jobs (deleted ones too); the earliest wins a tie.</summary>
    Task<BestTrainingJob?> FindBestTrainingJobAsync(IReadOnlyList<long> tuningJobIds, ObjectiveGoal goal, CancellationToken cancellationToken);

    // Training jobs

    Task<CreateOutcome> CreateTrainingJobAsync(NewOwnTrainingJob job, CancellationToken cancellationToken);

    Task<TrainingJob?> FindTrainingJobAsync(string name, CancellationToken cancellationToken);

    Task<Page<TrainingJob>> ListTrainingJobsAsync(TrainingJobQuery query, CancellationToken cancellationToken);

    /// <summary>Records the stop request, and InProgress becomes Stopping; Stopping stays. Returns the status found, null when there is no such job.</summary>
    Task<TrainingJobStatus?> RequestTrainingJobStopAsync(string name, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Asks a training job whose program runs to give way; false, and nothing happens, when it does not run, is being stopped or gives way already.</summary>
    /// <param name="trainingJobId">The training job; that it is managed spot training is the caller's to see.</param>
    /// <param name="message">Of its transition to Interrupted.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    Task<bool> RequestInterruptionAsync(long trainingJobId, string message, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Hides a terminal training job and frees its name. Returns the status found, null when there is no such job.</summary>
    Task<TrainingJobStatus?> DeleteTrainingJobAsync(string name, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>
    /// Replaces the description of a training job of its own that has not ended, if it still is the one that was read; otherwise, and for any
    /// other training job, does nothing and says false.
    /// </summary>
    Task<bool> ReplaceDescriptionAsync(long trainingJobId, string before, string description, CancellationToken cancellationToken);

    /// <summary>The last reading of each metric of a training job, by metric name.</summary>
    Task<IReadOnlyList<MetricReading>> ReadLastMetricsAsync(long trainingJobId, CancellationToken cancellationToken);

    /// <summary>All readings of one metric in order of their offsets, at most <paramref name="limit"/> from <paramref name="afterOffset"/> (exclusive; -1 from the start).</summary>
    Task<IReadOnlyList<MetricReading>> ReadMetricAsync(long trainingJobId, string metric, long afterOffset, int limit, CancellationToken cancellationToken);

    /// <summary>
    /// One metric's readings of several training jobs in order of their offsets; training jobs without any are left out. Each may have very
    /// many, so ask for some tens at a time.
    /// </summary>
    Task<IReadOnlyDictionary<long, IReadOnlyList<CurvePoint>>> ReadCurvesAsync(
        IReadOnlyList<long> trainingJobIds, string metric, CancellationToken cancellationToken);

    /// <summary>How many values of each metric were found from one offset on and before another, thinned out ones included; metrics without any are left out.</summary>
    Task<IReadOnlyDictionary<string, int>> CountReadingsAsync(long trainingJobId, long fromOffset, long beforeOffset, CancellationToken cancellationToken);

    /// <summary>
    /// One metric's readings of a training job from one moment on and before another, put together by periods since 1970, oldest first;
    /// periods without any are left out.
    /// </summary>
    Task<IReadOnlyList<MetricPeriod>> ReadMetricPeriodsAsync(
        long trainingJobId, string metric, DateTimeOffset from, DateTimeOffset before, TimeSpan period, CancellationToken cancellationToken);

    // Tags

    /// <summary>Adds or overwrites by key; returns the full set in order of first insertion; null when no job has that ARN; refuses (throws nothing, changes nothing) beyond <paramref name="limit"/>.</summary>
    Task<TagOutcome?> PutTagsAsync(string arn, IReadOnlyList<Tag> tags, int limit, CancellationToken cancellationToken);

    Task<IReadOnlyList<Tag>?> ReadTagsAsync(string arn, CancellationToken cancellationToken);

    /// <summary>False when no job has that ARN.</summary>
    Task<bool> RemoveTagsAsync(string arn, IReadOnlyList<string> keys, CancellationToken cancellationToken);

    // Driving

    /// <summary>
    /// Renews the leases <paramref name="owner"/> holds and acquires every free or expired one, of tuning jobs that are not terminal and of
    /// training jobs of their own that are not terminal. Time is the database's. An acquisition that is not a renewal in time raises the epoch.
    /// </summary>
    Task<IReadOnlyList<Lease>> ClaimAsync(string owner, TimeSpan timeToLive, CancellationToken cancellationToken);

    /// <summary>Frees every lease whose owner starts with <paramref name="ownerPrefix"/>: earlier lives of this node, known to be dead.</summary>
    Task ReleaseAsync(string ownerPrefix, CancellationToken cancellationToken);

    /// <summary>One consistent reading of a tuning job and all its training jobs, in launch order; null when it does not exist.</summary>
    Task<TuningSnapshot?> ReadTuningSnapshotAsync(long tuningJobId, CancellationToken cancellationToken);

    /// <summary>
    /// What the parents left, and the ancestors that joined them behind these: definitions and training jobs that have a final objective.
    /// </summary>
    Task<IReadOnlyList<ParentSnapshot>> ReadParentsAsync(long tuningJobId, CancellationToken cancellationToken);

    Task<TrainingJob?> ReadTrainingJobAsync(long trainingJobId, CancellationToken cancellationToken);

    /// <summary>
    /// Makes all <paramref name="changes"/> or none, fenced: the transaction begins by touching the leased row with its epoch and rolls back
    /// when the lease was lost. Returns false when fenced off. Without changes it only tells whether the lease is still held.
    /// </summary>
    /// <exception cref="NameTakenException">A training job to add has the name of another, and its launch index is new.</exception>
    /// <exception cref="InvalidOperationException">A change the lease doesn't cover, or FinishTuning with unfinished training jobs: a programming error.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A value that is not finite.</exception>
    Task<bool> CommitAsync(Lease lease, IReadOnlyList<Change> changes, CancellationToken cancellationToken);
}

internal enum CreateOutcome { Created, NameTaken, ParentUnavailable }

internal sealed record NewTuningJob
{
    public required string Name { get; init; }

    public required string Arn { get; init; }

    public required TuningJobDefinition Definition { get; init; }

    public required string Description { get; init; }

    public required DateTimeOffset CreationTime { get; init; }

    /// <summary>In the order given by the user.</summary>
    public IReadOnlyList<long> ParentIds { get; init; } = [];

    /// <summary>The nearest first. They may be deleted.</summary>
    public IReadOnlyList<WarmStartAncestor> Ancestors { get; init; } = [];

    public IReadOnlyList<Tag> Tags { get; init; } = [];
}

internal sealed record NewOwnTrainingJob
{
    public required string Name { get; init; }

    public required string Arn { get; init; }

    public required TrainingDefinition Definition { get; init; }

    public required IReadOnlyDictionary<string, string> HyperParameters { get; init; }

    public required string Description { get; init; }

    public required DateTimeOffset CreationTime { get; init; }

    public IReadOnlyList<Tag> Tags { get; init; } = [];
}

internal sealed record Tag(string Key, string Value);

/// <param name="Tags">The full set after the call.</param>
/// <param name="LimitExceeded">Nothing was changed, the set would have grown beyond the limit.</param>
internal sealed record TagOutcome(IReadOnlyList<Tag> Tags, bool LimitExceeded);

internal sealed record TuningJobListing(TuningJob Job, TuningJobCounters Counters);

internal sealed record BestTrainingJob(TrainingJob TrainingJob, string TuningJobName);

/// <summary>One page of a list. The token is opaque, null at the end, and survives the deletion of the row it points to.</summary>
internal sealed record Page<T>(IReadOnlyList<T> Items, string? NextToken);

internal enum SortOrder { Ascending, Descending }

internal enum TuningJobSort { Name, Status, CreationTime }

internal enum TrainingJobSort { Name, CreationTime, Status, FinalObjectiveMetricValue, LastModifiedTime }

/// <summary>After and Before are strict; NameContains ignores case.</summary>
/// <exception cref="InvalidTokenException">Thrown by the list methods when NextToken was not made by this query's sorting.</exception>
internal sealed record TuningJobQuery
{
    public int MaxResults { get; init; } = 10;

    public string? NextToken { get; init; }

    public TuningJobSort SortBy { get; init; }

    public SortOrder SortOrder { get; init; }

    public string? NameContains { get; init; }

    public TuningJobStatus? Status { get; init; }

    public DateTimeOffset? CreationTimeAfter { get; init; }

    public DateTimeOffset? CreationTimeBefore { get; init; }

    public DateTimeOffset? LastModifiedTimeAfter { get; init; }

    public DateTimeOffset? LastModifiedTimeBefore { get; init; }
}

internal sealed record TrainingJobQuery
{
    /// <summary>Only those of this tuning job; null for all training jobs.</summary>
    public long? TuningJobId { get; init; }

    public int MaxResults { get; init; } = 10;

    public string? NextToken { get; init; }

    /// <summary>With FinalObjectiveMetricValue, training jobs without a final objective are left out.</summary>
    public TrainingJobSort SortBy { get; init; }

    public SortOrder SortOrder { get; init; }

    public string? NameContains { get; init; }

    /// <summary>Compared without case.</summary>
    public string? NamePrefix { get; init; }

    /// <summary>Whether only those are listed whose program was seen to run.</summary>
    public bool HasStarted { get; init; }

    public TrainingJobStatus? Status { get; init; }

    public DateTimeOffset? CreationTimeAfter { get; init; }

    public DateTimeOffset? CreationTimeBefore { get; init; }

    public DateTimeOffset? LastModifiedTimeAfter { get; init; }

    public DateTimeOffset? LastModifiedTimeBefore { get; init; }
}

internal sealed class InvalidTokenException() : Exception("The token was not made by this query.");

/// <summary>A training job's name belongs to another one; nothing of the commit was made.</summary>
internal sealed class NameTakenException(string name) : Exception($"The name {name} is taken.");

/// <summary>The right to drive one job.</summary>
internal sealed record Lease(LeaseKind Kind, long Id, string Owner, long Epoch);

internal enum LeaseKind { TuningJob, TrainingJob }

/// <summary>One value of one metric as a curve has it: there may be very many, so it is small.</summary>
/// <param name="Ordinal">As in <see cref="MetricReading.Ordinal"/>.</param>
/// <param name="Value">Always finite.</param>
/// <param name="Time">When the line was read.</param>
internal readonly record struct CurvePoint(int Ordinal, double Value, DateTimeOffset Time);

/// <summary>The values of one metric in one period.</summary>
/// <param name="Start">When the period began.</param>
/// <param name="Count">How many values there are, at least 1.</param>
/// <param name="Average">Their average.</param>
/// <param name="Sum">Their sum, which may be too large for a finite number.</param>
/// <param name="Least">The least of them.</param>
/// <param name="Greatest">The greatest of them.</param>
internal sealed record MetricPeriod(DateTimeOffset Start, long Count, double Average, double Sum, double Least, double Greatest);

internal sealed record ParentSnapshot(TuningJob Job, IReadOnlyList<TrainingJob> TrainingJobs)
{
    /// <summary>0 for a named parent, else how many steps beyond one it is.</summary>
    public int Depth { get; init; }

    /// <summary>The tuning job whose parent this ancestor is; null for a named parent.</summary>
    public string? Through { get; init; }

    /// <summary>Training jobs of it that are also another parent's, as in two imports of one tuning job; taken out of the list.</summary>
    public IReadOnlyList<TrainingJob> Repeats { get; init; } = [];
}

/// <summary>A tuning job in a family of them.</summary>
/// <param name="Job">The tuning job.</param>
/// <param name="Launched">How many training jobs it ever launched.</param>
/// <param name="Least">The least final objective; null when there is none.</param>
/// <param name="Greatest">The greatest final objective; null when there is none.</param>
internal sealed record LineageMember(TuningJob Job, int Launched, double? Least, double? Greatest)
{
    public double? BestValue => Job.Definition.Objective.Goal == ObjectiveGoal.Maximize ? Greatest : Least;
}
