using Rekindle.Optimization;
using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.TuningJobs;

/// <summary>
/// How far a tuning job is on the way to ending by itself. Only its own training jobs count, never the parents': whether a warm-started
/// search still improves is a question about that search.
/// </summary>
internal static class CompletionProgress
{
    /// <summary>The last training jobs in a row, by end time, that did not improve the best objective by 1 %.</summary>
    public static int CountNotImproving(TuningSnapshot snapshot) => NotImproving.Count(FinalObjectives(snapshot), GoalOf(snapshot));

    /// <summary>
    /// Whether the search has settled. Training jobs that were stopped early have no say: most of them are stopped by design, and what they
    /// would have come to is not known.
    /// </summary>
    public static bool HasConverged(TuningSnapshot snapshot) => Convergence.IsDetected(
        [.. FinalObjectives(snapshot with { TrainingJobs = [.. snapshot.TrainingJobs.Where(job => !EarlyStopping.EndedEarly(job))] })],
        GoalOf(snapshot),
        snapshot.Job.Definition.Further.Select(algorithm => algorithm.Ranges.Count).Append(snapshot.Job.Definition.Ranges.Count).Max());

    private static Goal GoalOf(TuningSnapshot snapshot) => snapshot.Job.Definition.Objective.Goal.ToOptimizer();

    private static IEnumerable<double> FinalObjectives(TuningSnapshot snapshot) =>
        from job in snapshot.TrainingJobs
        where job.Progress is { ObjectiveStatus: ObjectiveStatus.Succeeded, ObjectiveValue: not null }
        orderby job.Progress.TrainingEndTime, job.LaunchIndex
        select job.Progress.ObjectiveValue!.Value;
}
