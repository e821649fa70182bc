using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.TuningJobs;

/// <summary>Which ended training jobs of a tuning job are not among its best, so that nobody will miss their models.</summary>
internal static class LosingTrainingJobs
{
    /// <summary>
    /// All that have ended but the best <paramref name="keep"/> by objective; of equal ones the earlier are the better, as for the best
    /// training job of a tuning job. Until there are so many with an objective, nobody loses: a metric that was never found must not cost
    /// all models. Where there are several algorithms, the best of each: their objectives may be different metrics.
    /// </summary>
    /// <param name="snapshot">The tuning job.</param>
    /// <param name="keep">1 or more.</param>
    public static IReadOnlyList<TrainingJob> Find(TuningSnapshot snapshot, int keep) =>
    [
        .. snapshot.TrainingJobs.GroupBy(job => job.Algorithm).SelectMany(group =>
        {
            var goal = snapshot.Job.Definition.Of(group.Key).Objective.Goal;
            var best = group
                .Where(job => job.Progress is { ObjectiveStatus: ObjectiveStatus.Succeeded, ObjectiveValue: not null })
                .OrderBy(job => goal == ObjectiveGoal.Maximize ? -job.Progress.ObjectiveValue : job.Progress.ObjectiveValue)
                .ThenBy(job => job.CreationTime)
                .ThenBy(job => job.Id)
                .Take(keep)
                .Select(job => job.Id)
                .ToHashSet();
            return best.Count < keep ? [] : group.Where(job => job.IsTerminal && !best.Contains(job.Id));
        }),
    ];
}
