using Rekindle.Api.Shapes;
using Rekindle.Server.TrainingJobs;
using Rekindle.Server.TuningJobs;

namespace Rekindle.Server.Operations.Import;

/// <summary>How a tuning job that ran elsewhere, and each of its training jobs, ended.</summary>
internal static class ImportedProgress
{
    /// <summary>SageMaker's beginning of the reasons that are its own fault, and so count as retryable.</summary>
    private const string ServiceFault = "InternalServerError";

    /// <summary>
    /// The terminal status; null when it has not ended. By name only: a document may say anything, and a number would be read as one of
    /// the statuses here.
    /// </summary>
    public static TuningJobStatus? StatusOf(DescribeHyperParameterTuningJobResponse tuningJob) => tuningJob.HyperParameterTuningJobStatus switch
    {
        nameof(TuningJobStatus.Completed) => TuningJobStatus.Completed,
        nameof(TuningJobStatus.Stopped) => TuningJobStatus.Stopped,
        nameof(TuningJobStatus.Failed) => TuningJobStatus.Failed,
        nameof(TuningJobStatus.DeleteFailed) => TuningJobStatus.DeleteFailed,
        _ => null,
    };

    /// <summary>The terminal status; null when it has not ended.</summary>
    public static TrainingJobStatus? StatusOf(HyperParameterTrainingJobSummary summary) => summary.TrainingJobStatus switch
    {
        "Completed" => TrainingJobStatus.Completed,
        "Stopped" => TrainingJobStatus.Stopped,
        "Failed" => TrainingJobStatus.Failed,
        _ => null,
    };

    /// <summary>What has not ended is taken as stopped, and what it reported on the way as no final objective.</summary>
    /// <param name="summary">What is known of it.</param>
    /// <param name="creationTime">When it was created.</param>
    public static TrainingProgress Of(HyperParameterTrainingJobSummary summary, DateTimeOffset creationTime)
    {
        var ended = StatusOf(summary);
        var status = ended ?? TrainingJobStatus.Stopped;
        var value = ended is null ? null : summary.FinalHyperParameterTuningJobObjectiveMetric?.Value;
        return new TrainingProgress
        {
            Status = status,
            Secondary = status switch
            {
                TrainingJobStatus.Completed => SecondaryStatus.Completed,
                TrainingJobStatus.Stopped => SecondaryStatus.Stopped,
                _ => SecondaryStatus.Failed,
            },
            LastModifiedTime = summary.TrainingEndTime ?? summary.TrainingStartTime ?? creationTime,
            TrainingStartTime = summary.TrainingStartTime,
            TrainingEndTime = summary.TrainingEndTime,
            // An objective that AWS did not use is not used here either, whatever its value.
            ObjectiveStatus = value is not null && summary.ObjectiveStatus != "Failed" ? ObjectiveStatus.Succeeded : ObjectiveStatus.Failed,
            ObjectiveValue = value,
            FailureReason = summary.FailureReason,
            FailureKind = status == TrainingJobStatus.Failed ? FailureKind.NonRetryable : null,
        };
    }

    /// <summary>
    /// Marks as many failed training jobs retryable as the tuning job's counters say, those first whose reason blames the service; a
    /// summary itself does not tell.
    /// </summary>
    public static List<TrainingProgress> MarkRetryable(IReadOnlyList<TrainingProgress> all, int? counted)
    {
        var marked = all.ToList();
        var failed = Enumerable.Range(0, all.Count).Where(i => all[i].Status == TrainingJobStatus.Failed).ToList();
        var blamed = failed.Where(i => all[i].FailureReason?.StartsWith(ServiceFault, StringComparison.Ordinal) == true).ToList();
        foreach (var index in blamed.Concat(failed.Except(blamed)).Take(counted ?? blamed.Count))
        {
            marked[index] = marked[index] with { FailureKind = FailureKind.Retryable };
        }

        return marked;
    }
}
