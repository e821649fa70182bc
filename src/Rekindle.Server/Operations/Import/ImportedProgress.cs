using Rekindle.Api.Shapes;
using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.Operations.Import;

/// <summary>How a training job that ran elsewhere ended.</summary>
internal static class ImportedProgress
{
    /// <summary>SageMaker's beginning of the reasons that are its own fault, and so count as retryable.</summary>
    private const string ServiceFault = "InternalServerError";

    /// <summary>The terminal status; null when it has not ended.</summary>
    public static TrainingJobStatus? StatusOf(HyperParameterTrainingJobSummary summary) => summary.TrainingJobStatus switch
    {
        "Completed" => TrainingJobStatus.Completed,
        "Stopped" => TrainingJobStatus.Stopped,
        "Failed" => TrainingJobStatus.Failed,
        _ => null,
    };

    /// <param name="summary">What is known of it.</param>
    /// <param name="status">Its terminal status.</param>
    /// <param name="creationTime">When it was created.</param>
    public static TrainingProgress Of(HyperParameterTrainingJobSummary summary, TrainingJobStatus status, DateTimeOffset creationTime)
    {
        var value = summary.FinalHyperParameterTuningJobObjectiveMetric?.Value;
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
