using Rekindle.Server.Storage;

namespace Rekindle.Server.TuningJobs;

/// <summary>
/// The values are stored by name; the order is the direction in which a tuning job moves. <see cref="DeleteFailed"/> is a status of
/// AWS's that this server never gives: such a tuning job is done with, but can't be a parent.
/// </summary>
internal enum TuningJobStatus { InProgress, Stopping, Completed, Stopped, Failed, DeleteFailed }

/// <summary>A tuning job as its row says: the definition, which never changes, and the progress, which only moves forward.</summary>
internal sealed record TuningJob
{
    public required long Id { get; init; }

    /// <summary>The spelling the user gave; names are compared without case.</summary>
    public required string Name { get; init; }

    public required string Arn { get; init; }

    public required TuningJobDefinition Definition { get; init; }

    /// <summary>The description to answer with, as JSON of the wire, written once at creation.</summary>
    public required string Description { get; init; }

    public required TuningJobStatus Status { get; init; }

    public required DateTimeOffset CreationTime { get; init; }

    public required DateTimeOffset LastModifiedTime { get; init; }

    public DateTimeOffset? EndTime { get; init; }

    public string? FailureReason { get; init; }

    public DateTimeOffset? StopRequestedAt { get; init; }

    /// <summary>Why no more training jobs are launched, once that is decided; the tuning job ends when the running ones have.</summary>
    public TuningJobEnding? Ending { get; init; }

    public DateTimeOffset? ConvergenceDetectedTime { get; init; }

    /// <summary>When it was imported; null for a tuning job that ran here. An imported one has ended, and nothing runs it again.</summary>
    public DateTimeOffset? ImportedAt { get; init; }

    /// <summary>Training jobs of an imported tuning job that are counted but not known one by one.</summary>
    public TuningJobCounters Unlisted { get; init; } = new();

    /// <summary>The parents it names, in their order.</summary>
    public IReadOnlyList<WarmStartParent> Parents { get; init; } = [];

    /// <summary>Ancestors that joined its parents when it was created, the nearest first; none unless it asked for them.</summary>
    public IReadOnlyList<WarmStartAncestor> Ancestors { get; init; } = [];

    /// <summary>When it was deleted; then it is hidden, but children still have it as a parent.</summary>
    public DateTimeOffset? DeletedAt { get; init; }

    public bool IsTerminal => Status is TuningJobStatus.Completed or TuningJobStatus.Stopped or TuningJobStatus.Failed;
}

/// <summary>Why a tuning job launches nothing more.</summary>
internal enum TuningJobEnding
{
    MaxTrainingJobs,
    MaxRuntime,
    TargetReached,
    NotImproving,
    Converged,
    SpaceExhausted,
    NothingSucceeded,
}

/// <summary>A parent named at creation. The reference outlives the parent's deletion: deleted rows are hidden, not removed.</summary>
internal sealed record WarmStartParent(long TuningJobId, string Name);

/// <summary>A tuning job that a child learns from without naming it.</summary>
/// <param name="TuningJobId">Its row, which outlives its deletion.</param>
/// <param name="Name">Its name.</param>
/// <param name="Depth">How many steps it is beyond a named parent: 1 for a parent of one.</param>
/// <param name="Through">The tuning job whose parent it is.</param>
internal sealed record WarmStartAncestor(long TuningJobId, string Name, int Depth, string Through);
