using Rekindle.Cli.Output;

namespace Rekindle.Cli.Watching;

/// <summary>What happened between two looks at a tuning job, one line an event, for output that nobody redraws.</summary>
internal static class ChangeLines
{
    public static IEnumerable<string> Between(TuningPicture? before, TuningPicture now)
    {
        if (before is null)
        {
            yield return First(now);
        }

        var known = (before?.TrainingJobs ?? []).ToDictionary(job => job.Name, StringComparer.Ordinal);
        foreach (var job in now.TrainingJobs)
        {
            var earlier = known.GetValueOrDefault(job.Name);
            if (earlier is null)
            {
                yield return $"{job.Name} started: {Tuned(now, job)}";
            }

            if (job.HasEnded && earlier is not { HasEnded: true })
            {
                yield return $"{job.Name} {End(now, job)}";
            }
        }

        if (before is null ? now.HasEnded : before.Job.HyperParameterTuningJobStatus != now.Job.HyperParameterTuningJobStatus)
        {
            yield return Status(now);
        }
    }

    private static string First(TuningPicture now)
    {
        var config = now.Job.HyperParameterTuningJobConfig;
        return FormattableString.Invariant(
            $"{now.Name}: {config?.Strategy} search, {(now.Maximize ? "maximize" : "minimize")} {now.Metric}, at most {now.MaxTrainingJobs} training jobs, {config?.ResourceLimits?.MaxParallelTrainingJobs} at a time");
    }

    private static string Tuned(TuningPicture now, TrainingView job) => string.Join(
        ", ",
        now.TunedNames
            .Where(name => job.Summary.TunedHyperParameters?.ContainsKey(name) == true)
            .Select(name => $"{name} {ShortText.Hyperparameter(job.Summary.TunedHyperParameters![name])}"));

    private static string End(TuningPicture now, TrainingView job)
    {
        var status = $"{job.Summary.TrainingJobStatus}{Stopper(job)}";
        return (job.Final, job.Summary.FailureReason) switch
        {
            ({ } value, _) => $"{status}: {now.Metric} {ShortText.Metric(value)}{(job == now.Best ? " (best so far)" : "")}",
            (null, { Length: > 0 } reason) => $"{status}: {reason.ReplaceLineEndings(" ")}",
            _ => $"{status} without {now.Metric}",
        };
    }

    /// <summary>What ended a training job that did not end by itself.</summary>
    private static string Stopper(TrainingView job) => job.SecondaryStatus switch
    {
        "MaxRuntimeExceeded" => " at its MaxRuntimeInSeconds",
        "MaxWaitTimeExceeded" => " at its MaxWaitTimeInSeconds",
        _ => "",
    };

    private static string Status(TuningPicture now)
    {
        var status = $"{now.Name} {now.Job.HyperParameterTuningJobStatus}";
        return (now.HasEnded, now.Best, now.Job.FailureReason) switch
        {
            (true, _, { Length: > 0 } reason) => $"{status}: {reason.ReplaceLineEndings(" ")}",
            (true, { } best, _) => $"{status}: best {now.Metric} {ShortText.Metric(best.Final!.Value)} by {best.Name}",
            (true, null, _) => $"{status}: no training job has left {now.Metric}",
            _ => status,
        };
    }
}
