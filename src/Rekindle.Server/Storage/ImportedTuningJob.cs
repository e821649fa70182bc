using Rekindle.Server.TrainingJobs;
using Rekindle.Server.TuningJobs;

namespace Rekindle.Server.Storage;

/// <summary>A tuning job that ran elsewhere and has ended, with all its training jobs.</summary>
internal sealed record ImportedTuningJob
{
    public required string Name { get; init; }

    public required string Arn { get; init; }

    public required TuningJobDefinition Definition { get; init; }

    /// <summary>The document it came with, as JSON of the wire: the description to answer with, and what only an export gives back.</summary>
    public required string Description { get; init; }

    /// <summary>A terminal one.</summary>
    public required TuningJobStatus Status { get; init; }

    public required DateTimeOffset CreationTime { get; init; }

    public required DateTimeOffset LastModifiedTime { get; init; }

    public required DateTimeOffset EndTime { get; init; }

    public string? FailureReason { get; init; }

    public DateTimeOffset? ConvergenceDetectedTime { get; init; }

    public required DateTimeOffset ImportedAt { get; init; }

    /// <summary>Training jobs that its counters count and its list lacks.</summary>
    public TuningJobCounters Unlisted { get; init; } = new();

    public IReadOnlyList<Tag> Tags { get; init; } = [];

    /// <summary>Those of its parents that are here too, in the order of the document.</summary>
    public IReadOnlyList<long> ParentIds { get; init; } = [];

    /// <summary>In the order of the document, which becomes the launch order.</summary>
    public IReadOnlyList<ImportedTrainingJob> TrainingJobs { get; init; } = [];
}

/// <summary>A training job of an <see cref="ImportedTuningJob"/>. Its name may be that of another training job.</summary>
internal sealed record ImportedTrainingJob
{
    public required string Name { get; init; }

    public required string Arn { get; init; }

    public required IReadOnlyDictionary<string, string> TunedHyperParameters { get; init; }

    /// <summary>The document it came with, as JSON of the wire.</summary>
    public required string Description { get; init; }

    public required DateTimeOffset CreationTime { get; init; }

    /// <summary>A terminal one.</summary>
    public required TrainingProgress Progress { get; init; }
}
