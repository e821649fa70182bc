using Rekindle.Optimization.EarlyStopping;
using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.TuningJobs;

/// <summary>
/// Which running training jobs are to be stopped for what they reported: by the median rule where the user asked for early stopping, by
/// successive halving where the strategy is Hyperband. A pure function of rows: a decision that was not stored is made again, and one that
/// was stored is a request to stop, which stays. What came before what is known by when lines were read, and readings wait for up to a second
/// before they are stored: of two training jobs that come to a rung so close together, the later may be judged twice, without and with the
/// earlier.
/// </summary>
internal static class EarlyStopping
{
    /// <summary>Whether a tuning job looks at what its training jobs report while they run.</summary>
    public static bool IsWanted(TuningJobDefinition definition) => definition.EarlyStopping || definition.Strategy == StrategyKind.Hyperband;

    /// <summary>The running training jobs to stop now.</summary>
    public static IReadOnlyList<TuningAction.StopTraining> Stops(TuningSnapshot snapshot) => IsWanted(snapshot.Job.Definition)
        ? [.. Enumerable.Range(0, snapshot.Job.Definition.Further.Count + 1).SelectMany(algorithm => StopsOfOne(snapshot.Of(algorithm)))]
        : [];

    /// <summary>Reports of different algorithms come at different times and rise at different rates, so each is compared with its like.</summary>
    private static List<TuningAction.StopTraining> StopsOfOne(TuningSnapshot snapshot)
    {
        var definition = snapshot.Job.Definition;

        // What a failed training job reported was a way to a failure.
        var jobs = snapshot.TrainingJobs.Where(job => job.Progress.Status != TrainingJobStatus.Failed && snapshot.Curves.ContainsKey(job.Id)).ToList();
        var curves = jobs.ConvertAll(job => snapshot.Curves[job.Id]);
        var halving = definition.ToHalving();
        var stops = new List<TuningAction.StopTraining>();
        for (var i = 0; i < jobs.Count; i++)
        {
            // Whose artifacts are being packed has ended: there is nothing to stop, and it ends as it ended.
            if (jobs[i] is not { IsTerminal: false, StopRequestedAt: null, Progress.Secondary: not SecondaryStatus.Uploading }) continue;
            var others = new List<LearningCurve>(curves);
            others.RemoveAt(i);
            if (Reason(definition, halving, curves[i], others) is { } reason) stops.Add(new TuningAction.StopTraining(jobs[i].Id, reason));
        }

        return stops;
    }

    /// <summary>What a training job has reported of the objective metric; its resource is the number of the report.</summary>
    public static IReadOnlyList<Reading> ReadingsOf(TuningSnapshot snapshot, TrainingJob job) =>
        snapshot.Curves.TryGetValue(job.Id, out var curve) ? curve.Readings : [];

    /// <summary>Whether the last report of a training job is the last of a whole one.</summary>
    public static bool RanToEnd(TrainingJob job) => job.Progress.Status == TrainingJobStatus.Completed || job.StopReason == StopReason.MaxResource;

    /// <summary>
    /// The reports that a rule compares by their number, however many there are in between; they are never thinned out. None where the whole
    /// curve counts.
    /// </summary>
    public static IReadOnlySet<int> Milestones(TuningJobDefinition definition) =>
        Enumerable.Range(0, definition.Further.Count + 1)
            .SelectMany(algorithm => definition.Of(algorithm).ToHalving()?.Rungs ?? [])
            .Select(rung => (int)Math.Ceiling(rung))
            .ToHashSet();

    /// <summary>Whether a training job was stopped before its program had done all it would have done.</summary>
    public static bool EndedEarly(TrainingJob job) =>
        job is { Progress.Status: TrainingJobStatus.Stopped, StopReason: StopReason.EarlyStopping or StopReason.User };

    private static StopReason? Reason(
        TuningJobDefinition definition, SuccessiveHalving? halving, LearningCurve current, List<LearningCurve> others)
    {
        if (halving is null)
        {
            return MedianRule.ShouldStopBelatedly(definition.Objective.Goal.ToOptimizer(), current, others) ? StopReason.EarlyStopping : null;
        }

        return halving.Decide(current, others) switch
        {
            HalvingDecision.Stop => StopReason.EarlyStopping,
            HalvingDecision.Finished when !definition.Hyperband!.EndsByItself || current.Readings[^1].Resource > halving.Rungs[^1] => StopReason.MaxResource,
            _ => null,
        };
    }
}
