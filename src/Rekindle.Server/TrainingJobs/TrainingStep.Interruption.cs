namespace Rekindle.Server.TrainingJobs;

/// <summary>
/// How managed spot training gives way. The request stands in the row before the program hears of it. When the program has ended, first what
/// it had said is stored, then what it left is removed, then the training job waits as one that was never started: each of these steps can
/// be taken twice.
/// </summary>
internal static partial class TrainingStep
{
    /// <summary>
    /// Whether the program has ended because it had to give way. One that had ended by itself before, or well and before any signal reached it,
    /// was done; and a stop wins.
    /// </summary>
    private static bool HadToGiveWay(TrainingJob job, ExecutionReport report) =>
        job is { InterruptionRequestedAt: { } asked, StopRequestedAt: null, Progress.Secondary: not SecondaryStatus.Uploading }
        && !(report.State == ExecutionState.Exited && EndedByItself(report, asked));

    private static TrainingDecision GiveWay(TrainingJob job, TrainingProgress progress, ExecutionReport report, DateTimeOffset now)
    {
        // Without a place for checkpoints the next program begins at the beginning, and reports all of it again.
        var resumes = job.Definition.CheckpointS3Uri is not null;
        return new(
            TrainingCommand.GiveWay,
            progress with
            {
                SeenRunning = false,
                Interruptions = progress.Interruptions + 1,
                RanBefore = progress.RanUntil(report.EndedAt ?? now),
                ResumedAt = null,
                MetricsBase = progress.MetricsPosition,
                ObjectiveValue = resumes ? progress.ObjectiveValue : null,
                LastModifiedTime = now,
            },
            [])
        {
            ForgetsReadings = !resumes,
        };
    }

    private static TrainingDecision Requeue(TrainingJob job, DateTimeOffset now) => Move(
        TrainingCommand.Requeue, job.Progress, SecondaryStatus.Starting, "Starting the training job again after its interruption", now);
}
