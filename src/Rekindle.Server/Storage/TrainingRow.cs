using System.Data.Common;
using Rekindle.Server.TrainingJobs;
using Rekindle.Server.TuningJobs;

namespace Rekindle.Server.Storage;

/// <summary>A training job as its own row holds it, before its tuning job's definition and its transitions are added.</summary>
internal sealed record TrainingRow(
    long Id,
    long? TuningJobId,
    int LaunchIndex,
    string Name,
    string Arn,
    string? Tuned,
    string? Origin,
    string? Description,
    string? Definition,
    string? HyperParameters)
{
    private static readonly IReadOnlyDictionary<string, string> Nothing = new Dictionary<string, string>();

    public required DateTimeOffset CreationTime { get; init; }

    public required DateTimeOffset? StopRequestedAt { get; init; }

    public required StopReason? StopReason { get; init; }

    public required DateTimeOffset? InterruptionRequestedAt { get; init; }

    public required TrainingProgress Progress { get; init; }

    public required string? Explanation { get; init; }

    public required int Algorithm { get; init; }

    /// <summary>Reads a row of the training jobs' column list.</summary>
    /// <exception cref="UnreadableRowException">A column does not hold what was written there.</exception>
    public static TrainingRow Read(DbDataReader row)
    {
        try
        {
            return ReadColumns(row);
        }
        catch (Exception problem) when (UnreadableRowException.IsOfData(problem))
        {
            throw UnreadableRowException.Of($"the row of the training job {row.GetValue(3)}", problem);
        }
    }

    private static TrainingRow ReadColumns(DbDataReader row) => new(
        row.GetInt64(0),
        row.NumberAt(1),
        row.GetInt32(2),
        row.GetString(3),
        row.GetString(4),
        row.TextAt(5),
        row.TextAt(6),
        row.TextAt(7),
        row.TextAt(8),
        row.TextAt(9))
    {
        CreationTime = row.TimeAt(10),
        StopRequestedAt = row.OptionalTimeAt(11),
        StopReason = row.OptionalEnumAt<StopReason>(12),
        InterruptionRequestedAt = row.OptionalTimeAt(29),
        Progress = new TrainingProgress
        {
            Status = row.EnumAt<TrainingJobStatus>(13),
            Secondary = row.EnumAt<SecondaryStatus>(14),
            LastModifiedTime = row.TimeAt(15),
            SeenRunning = row.GetInt64(16) != 0,
            TrainingStartTime = row.OptionalTimeAt(17),
            TrainingEndTime = row.OptionalTimeAt(18),
            ObjectiveStatus = row.EnumAt<ObjectiveStatus>(19),
            ObjectiveValue = row.RealAt(20),
            ExitCode = (int?)row.NumberAt(21),
            FailureReason = row.TextAt(22),
            FailureKind = row.OptionalEnumAt<FailureKind>(23),
            LogPosition = row.GetInt64(24),
            ModelArtifact = row.TextAt(25),
            MetricsPosition = row.GetInt64(28),
            Interruptions = row.GetInt32(30),
            RanBefore = TimeSpan.FromMilliseconds(row.GetInt64(31)),
            ResumedAt = row.OptionalTimeAt(32),
            MetricsBase = row.GetInt64(33),
        },
        Explanation = row.TextAt(26),
        Algorithm = row.GetInt32(27),
    };

    public TrainingJob Complete(TuningJobDefinition? tuning, IReadOnlyList<SecondaryTransition> transitions)
    {
        tuning = UnreadableRowException.Guard("the algorithm of the training job", Name, () => tuning?.Of(Algorithm));
        var tuned = Tuned is null ? Nothing : UnreadableRowException.Guard("the tuned hyperparameters of the training job", Name, () => StorageJson.ReadMap(Tuned));
        return new TrainingJob
        {
            Id = Id,
            Name = Name,
            Arn = Arn,
            TuningJobId = TuningJobId,
            LaunchIndex = LaunchIndex,
            Algorithm = Algorithm,
            TunedHyperParameters = tuned,
            Origin = Origin,
            Explanation = Explanation is null ? null : UnreadableRowException.Guard("the explanation of the training job", Name, () => StorageJson.ReadExplanation(Explanation)),
            Description = Description,
            Definition = tuning?.Training ?? UnreadableRowException.Guard("the definition of the training job", Name, () => StorageJson.ReadTrainingDefinition(Definition!)),
            HyperParameters = tuning?.HyperParametersFor(tuned) ?? UnreadableRowException.Guard("the hyperparameters of the training job", Name, () => StorageJson.ReadMap(HyperParameters!)),
            CreationTime = CreationTime,
            StopRequestedAt = StopRequestedAt,
            StopReason = StopReason,
            InterruptionRequestedAt = InterruptionRequestedAt,
            Progress = Progress,
            Transitions = transitions,
        };
    }
}
