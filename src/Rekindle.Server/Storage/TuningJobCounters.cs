using System.Text.Json.Serialization;
using Rekindle.Server.TrainingJobs;
using Rekindle.Server.TuningJobs;

namespace Rekindle.Server.Storage;

/// <summary>
/// Counted from rows by each reader; never stored, but for what an imported tuning job launched elsewhere and does not list.
/// </summary>
internal sealed record TuningJobCounters
{
    public int Completed { get; init; }

    /// <summary>InProgress and Stopping ones.</summary>
    public int InProgress { get; init; }

    public int RetryableError { get; init; }

    public int NonRetryableError { get; init; }

    public int Stopped { get; init; }

    public int ObjectiveSucceeded { get; init; }

    public int ObjectivePending { get; init; }

    public int ObjectiveFailed { get; init; }

    /// <summary>Every training job that was ever launched.</summary>
    [JsonIgnore]
    public int Launched => Completed + InProgress + RetryableError + NonRetryableError + Stopped;

    public TuningJobCounters Plus(TuningJobCounters other) => new()
    {
        Completed = Completed + other.Completed,
        InProgress = InProgress + other.InProgress,
        RetryableError = RetryableError + other.RetryableError,
        NonRetryableError = NonRetryableError + other.NonRetryableError,
        Stopped = Stopped + other.Stopped,
        ObjectiveSucceeded = ObjectiveSucceeded + other.ObjectiveSucceeded,
        ObjectivePending = ObjectivePending + other.ObjectivePending,
        ObjectiveFailed = ObjectiveFailed + other.ObjectiveFailed,
    };

    public static TuningJobCounters Of(TuningSnapshot snapshot) => Of(snapshot.TrainingJobs).Plus(snapshot.Job.Unlisted);

    public static TuningJobCounters Of(IReadOnlyList<TrainingJob> trainingJobs) => Of(trainingJobs.Select(job => job.Progress));

    public static TuningJobCounters Of(IEnumerable<TrainingProgress> trainingJobs)
    {
        var all = trainingJobs.ToList();
        int Status(TrainingJobStatus status) => all.Count(job => job.Status == status);
        int Objective(ObjectiveStatus status) => all.Count(job => job.ObjectiveStatus == status);
        var retryable = all.Count(job => job is { Status: TrainingJobStatus.Failed, FailureKind: FailureKind.Retryable });
        return new TuningJobCounters
        {
            Completed = Status(TrainingJobStatus.Completed),
            InProgress = Status(TrainingJobStatus.InProgress) + Status(TrainingJobStatus.Stopping),
            RetryableError = retryable,
            NonRetryableError = Status(TrainingJobStatus.Failed) - retryable,
            Stopped = Status(TrainingJobStatus.Stopped),
            ObjectiveSucceeded = Objective(ObjectiveStatus.Succeeded),
            ObjectivePending = Objective(ObjectiveStatus.Pending),
            ObjectiveFailed = Objective(ObjectiveStatus.Failed),
        };
    }
}
