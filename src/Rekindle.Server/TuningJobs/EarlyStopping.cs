using Rekindle.Optimization.EarlyStopping;
using Rekindle.Server.Storage;
using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.TuningJobs;

/// <summary>
/// Which running training jobs are to be stopped for what they reported: by the median rule where the user asked for early stopping, by
/// successive halving where the strategy is Hyperband. A pure function of rows: a decision that was not stored is made again, and one that
/// was stored is a request to stop, which stays.
/// </summary>
internal static class EarlyStopping
{
    /// <summary>Whether a tuning job looks at what its training jobs report while they run.</summary>
    public static bool IsWanted(TuningJobDefinition definition) => definition.EarlyStopping || definition.Strategy == StrategyKind.Hyperband;

    /// <summary>The running training jobs to stop now, in launch order.</summary>
    public static IReadOnlyList<TuningAction.StopTraining> Stops(TuningSnapshot snapshot)
    {
        var definition = snapshot.Job.Definition;
        if (!IsWanted(definition))
        {
            return [];
        }

        // What a failed training job reported was a way to a failure.
        var curves = snapshot.TrainingJobs
            .Where(job => job.Progress.Status != TrainingJobStatus.Failed && snapshot.Curves.ContainsKey(job.Id))
            .Select(job => (Job: job, Curve: CurveOf(snapshot, job)))
            .ToList();
        return
        [
            .. from running in curves
               // Whose artifacts are being packed has ended: there is nothing to stop, and it ends as it ended.
               where running.Job is { IsTerminal: false, StopRequestedAt: null, Progress.Secondary: not SecondaryStatus.Uploading }
               let others = curves.Where(other => other.Job.Id != running.Job.Id).Select(other => other.Curve).ToList()
               let reason = Reason(definition, running.Curve, others)
               where reason is not null
               select new TuningAction.StopTraining(running.Job.Id, reason.Value),
        ];
    }

    /// <summary>What a training job has reported of the objective metric; its resource is the number of the report.</summary>
    public static IReadOnlyList<Reading> ReadingsOf(TuningSnapshot snapshot, TrainingJob job) =>
        snapshot.Curves.TryGetValue(job.Id, out var readings)
            ? [.. readings.Select(reading => new Reading(reading.Ordinal, reading.Value, reading.Time.UtcTicks))]
            : [];

    /// <summary>Whether a training job was stopped before its program had done all it would have done.</summary>
    public static bool EndedEarly(TrainingJob job) =>
        job is { Progress.Status: TrainingJobStatus.Stopped, StopReason: StopReason.EarlyStopping or StopReason.User };

    private static LearningCurve CurveOf(TuningSnapshot snapshot, TrainingJob job) =>
        new(ReadingsOf(snapshot, job), RanToEnd: job.Progress.Status == TrainingJobStatus.Completed || job.StopReason == StopReason.MaxResource);

    private static StopReason? Reason(TuningJobDefinition definition, LearningCurve current, List<LearningCurve> others)
    {
        var goal = definition.Objective.Goal.ToOptimizer();
        if (definition.Hyperband is not { MaxResource: { } most } resources)
        {
            return MedianRule.ShouldStopBelatedly(goal, current, others) ? StopReason.EarlyStopping : null;
        }

        return new SuccessiveHalving(goal, resources.MinResource, most).Decide(current, others) switch
        {
            HalvingDecision.Stop => StopReason.EarlyStopping,
            HalvingDecision.Finished when !resources.EndsByItself || current.Readings[^1].Resource > most => StopReason.MaxResource,
            _ => null,
        };
    }
}
