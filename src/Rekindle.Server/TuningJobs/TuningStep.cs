using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.TuningJobs;

/// <summary>
/// What to do next about a tuning job, as a pure and total function of its rows and the time. Acting on the answer changes the rows, and
/// the next call sees the change; so a crash between deciding and acting costs nothing but a second call.
/// </summary>
internal static class TuningStep
{
    /// <summary>AWS gives up when five training jobs have ended and none has succeeded. One without an objective taught the search nothing.</summary>
    internal const int AttemptsWithoutSuccess = 5;

    public static IReadOnlyList<TuningAction> Decide(TuningSnapshot snapshot, DateTimeOffset now)
    {
        var (job, trainingJobs) = snapshot;
        if (job.IsTerminal)
        {
            return [];
        }

        if (job.Status == TuningJobStatus.Stopping)
        {
            return StopAll(trainingJobs, StopReason.User) is { Count: > 0 } stops
                ? stops
                : FinishWhenQuiet(trainingJobs, new TuningAction.Finish(TuningJobStatus.Stopped, null));
        }

        var actions = new List<TuningAction>();
        if (job.ConvergenceDetectedTime is null && CompletionProgress.HasConverged(snapshot))
        {
            actions.Add(new TuningAction.NoteConvergence());
        }

        var criterion = MetCriterion(snapshot);
        var overdue = Deadline(job) is { } deadline && now >= deadline;
        var ending = job.Ending ?? criterion ?? UsedUp(job, trainingJobs) ?? (overdue ? TuningJobEnding.MaxRuntime : null);
        if (ending is null)
        {
            actions.AddRange(LaunchIntoFreeSlots(job, trainingJobs));
        }
        else if (job.Ending is null)
        {
            actions.Add(new TuningAction.End(ending.Value));
        }

        // Launching may have ended for a reason that lets the rest run on; a criterion or the runtime limit still ends the rest.
        if (criterion is not null || overdue || StopsRunningTrainingJobs(ending))
        {
            actions.AddRange(StopAll(trainingJobs, StopReason.TuningJobEnding));
        }
        else
        {
            actions.AddRange(EarlyStopping.Stops(snapshot));
            if (Deadline(job) is { } limit && (ending is null || trainingJobs.Any(t => !t.IsTerminal)))
            {
                actions.Add(new TuningAction.WaitUntil(limit));
            }
        }

        if (ending is not null)
        {
            actions.AddRange(FinishWhenQuiet(trainingJobs, Outcome(job, ending.Value, trainingJobs)));
        }

        return actions;
    }

    /// <summary>A completion criterion of the user's that the results so far meet.</summary>
    private static TuningJobEnding? MetCriterion(TuningSnapshot snapshot)
    {
        var (job, trainingJobs) = snapshot;
        var completion = job.Definition.Completion;
        if (completion.TargetObjectiveMetricValue is { } target && trainingJobs.Any(t => Reaches(t, target, job.Definition.Objective)))
        {
            return TuningJobEnding.TargetReached;
        }

        if (completion.MaxTrainingJobsNotImproving is { } patience && CompletionProgress.CountNotImproving(snapshot) >= patience)
        {
            return TuningJobEnding.NotImproving;
        }

        return completion.CompleteOnConvergence && (job.ConvergenceDetectedTime is not null || CompletionProgress.HasConverged(snapshot))
            ? TuningJobEnding.Converged
            : null;
    }

    /// <summary>
    /// Nothing runs and nothing more may be launched. While something runs it may still meet a criterion, or be the first success.
    /// </summary>
    private static TuningJobEnding? UsedUp(TuningJob job, IReadOnlyList<TrainingJob> trainingJobs)
    {
        if (!trainingJobs.All(t => t.IsTerminal))
        {
            return null;
        }

        return HasGivenUp(trainingJobs) ? TuningJobEnding.NothingSucceeded
            : trainingJobs.Count >= job.Definition.MaxTrainingJobs ? TuningJobEnding.MaxTrainingJobs
            : null;
    }

    private static bool HasGivenUp(IReadOnlyList<TrainingJob> trainingJobs) =>
        trainingJobs.Count(t => t.IsTerminal) >= AttemptsWithoutSuccess && !trainingJobs.Any(HasObjective);

    private static IEnumerable<TuningAction> LaunchIntoFreeSlots(TuningJob job, IReadOnlyList<TrainingJob> trainingJobs)
    {
        if (HasGivenUp(trainingJobs))
        {
            yield break;
        }

        // A training job that is being stopped still holds its instance, so it counts.
        var live = trainingJobs.Count(t => !t.IsTerminal);
        var free = Math.Min(job.Definition.MaxParallelTrainingJobs - live, job.Definition.MaxTrainingJobs - trainingJobs.Count);
        if (free > 0)
        {
            yield return new TuningAction.Launch(trainingJobs.Count + 1, free);
        }
    }

    private static List<TuningAction> StopAll(IReadOnlyList<TrainingJob> trainingJobs, StopReason reason) =>
        [.. trainingJobs.Where(t => !t.IsTerminal && t.StopRequestedAt is null).Select(t => new TuningAction.StopTraining(t.Id, reason))];

    private static IReadOnlyList<TuningAction> FinishWhenQuiet(IReadOnlyList<TrainingJob> trainingJobs, TuningAction.Finish finish) =>
        trainingJobs.All(t => t.IsTerminal) ? [finish] : [];

    private static TuningAction.Finish Outcome(TuningJob job, TuningJobEnding ending, IReadOnlyList<TrainingJob> trainingJobs)
    {
        var completed = trainingJobs.Any(t => t.Progress.Status == TrainingJobStatus.Completed || HasObjective(t));
        // Without any objective there is no best training job, and nothing that a client could take for a success.
        if (completed && (ending == TuningJobEnding.NothingSucceeded || FoundNothing(ending, trainingJobs)))
        {
            return new TuningAction.Finish(TuningJobStatus.Failed, NoObjectiveReason(job.Definition, trainingJobs));
        }

        var nothingToShow = ending is TuningJobEnding.NothingSucceeded or TuningJobEnding.MaxTrainingJobs or TuningJobEnding.SpaceExhausted
            && !completed;
        return nothingToShow
            ? new TuningAction.Finish(TuningJobStatus.Failed, NothingSucceededReason(Math.Min(trainingJobs.Count, AttemptsWithoutSuccess)))
            : new TuningAction.Finish(TuningJobStatus.Completed, null);
    }

    /// <summary>Whether all ran, and none told its objective: nothing failed, and yet there is no best training job.</summary>
    private static bool FoundNothing(TuningJobEnding ending, IReadOnlyList<TrainingJob> trainingJobs) =>
        ending is TuningJobEnding.MaxTrainingJobs or TuningJobEnding.SpaceExhausted && !trainingJobs.Any(HasObjective);

    private static string NothingSucceededReason(int attempts) =>
        $"No training job succeeded after {attempts} attempts. For additional details, please take a look at the training job failures "
        + "by listing training jobs for the hyperparameter tuning job.";

    private static string NoObjectiveReason(TuningJobDefinition definition, IReadOnlyList<TrainingJob> trainingJobs)
    {
        // Of several algorithms, those whose programs ran to their end.
        var metrics = trainingJobs.Where(t => t.Progress.Status == TrainingJobStatus.Completed)
            .Select(t => definition.Of(t.Algorithm).Objective.MetricName).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);
        return $"No objective metric was found after running {trainingJobs.Count} training jobs. Make sure that the training program prints the metric "
            + $"{string.Join(" or ", metrics)} in the form that the regular expression of its metric definition expects.";
    }

    private static bool StopsRunningTrainingJobs(TuningJobEnding? ending) => ending
        is TuningJobEnding.MaxRuntime or TuningJobEnding.TargetReached or TuningJobEnding.NotImproving or TuningJobEnding.Converged;

    private static bool HasObjective(TrainingJob job) => job.Progress.ObjectiveStatus == ObjectiveStatus.Succeeded;

    private static bool Reaches(TrainingJob job, double target, ObjectiveMetric objective) =>
        job.Progress is { ObjectiveStatus: ObjectiveStatus.Succeeded, ObjectiveValue: { } value } && !objective.IsBetter(target, value);

    private static DateTimeOffset? Deadline(TuningJob job) =>
        job.Definition.MaxRuntimeInSeconds is { } seconds ? job.CreationTime.AddSeconds(seconds) : null;
}
