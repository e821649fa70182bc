using System.Reflection;
using Rekindle.Optimization;
using Rekindle.Optimization.EarlyStopping;
using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.TuningJobs;

/// <summary>
/// What a suggestion saw, kept so that it can be made again. All training jobs launched before it are known by their rows, and one that
/// had ended has not changed since; so which of them had not ended yet is all there is to note, and that is never many.
/// </summary>
internal static class SeenHistory
{
    /// <summary>Version of the optimizer, down to the commit it was built from where the build knows it.</summary>
    public static string Engine { get; } =
        typeof(Strategy).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    /// <summary>Why a configuration was suggested, as it is stored.</summary>
    /// <param name="suggestion">The suggestion.</param>
    /// <param name="snapshot">The rows it was made from.</param>
    public static LaunchExplanation Explain(Suggestion suggestion, TuningSnapshot snapshot)
    {
        var why = suggestion.Explanation;
        return new LaunchExplanation
        {
            Engine = Engine,
            Running = [.. snapshot.TrainingJobs.Where(job => !job.IsTerminal).Select(job => job.LaunchIndex)],
            Reports = snapshot.Job.Definition.Strategy == StrategyKind.Hyperband
                ? snapshot.TrainingJobs.Where(job => !job.IsTerminal && snapshot.Curves.ContainsKey(job.Id))
                    .ToDictionary(job => job.LaunchIndex, job => (int)snapshot.Curves[job.Id].Readings[^1].Resource)
                : null,
            Reason = why?.Reason,
            Model = why?.Model.ToString(),
            Parent = why?.Parent,
            PredictedMean = Finite(why?.PredictedMean),
            PredictedDeviation = Finite(why?.PredictedDeviation),
            Acquisition = Finite(why?.Acquisition),
            Nearest = why?.Nearest is { } nearest && double.IsFinite(nearest.Distance)
                ? new NearestLaunch(nearest.Configuration.Values, nearest.Value, nearest.Distance)
                : null,
        };
    }

    /// <summary>
    /// Whether the reports that a suggestion saw of running training jobs are still there. When a program is lost and started anew, those of
    /// the lost attempt go, and others come in their place, after the suggestion.
    /// </summary>
    /// <param name="snapshot">The rows as they are now.</param>
    /// <param name="launched">The training job that was suggested.</param>
    /// <param name="explanation">What was stored with it.</param>
    public static bool HasWhatWasSeen(TuningSnapshot snapshot, TrainingJob launched, LaunchExplanation explanation)
    {
        var reports = explanation.Reports ?? new Dictionary<int, int>();
        return snapshot.TrainingJobs.Where(job => reports.GetValueOrDefault(job.LaunchIndex) > 0).All(job =>
            snapshot.Curves.GetValueOrDefault(job.Id) is { Readings: [.., var last] readings }
            && last.Resource >= reports[job.LaunchIndex]
            && readings.TakeWhile(reading => reading.Resource <= reports[job.LaunchIndex])
                .All(reading => reading.Order <= launched.CreationTime.UtcTicks));
    }

    /// <summary>The rows as the suggestion of a training job saw them.</summary>
    /// <param name="snapshot">The rows as they are now.</param>
    /// <param name="launchIndex">The training job's place in the order of launches.</param>
    /// <param name="explanation">What was stored with it.</param>
    public static TuningSnapshot Before(TuningSnapshot snapshot, int launchIndex, LaunchExplanation explanation)
    {
        var running = explanation.Running.ToHashSet();
        var reports = explanation.Reports ?? new Dictionary<int, int>();
        return snapshot with
        {
            Curves = snapshot.TrainingJobs
                .Where(job => snapshot.Curves.ContainsKey(job.Id))
                .Select(job => (job.Id, Curve: running.Contains(job.LaunchIndex)
                    ? UpTo(snapshot.Curves[job.Id], reports.GetValueOrDefault(job.LaunchIndex))
                    : snapshot.Curves[job.Id]))
                .Where(seen => seen.Curve.Readings.Count > 0)
                .ToDictionary(seen => seen.Id, seen => seen.Curve),
            TrainingJobs =
            [
                .. snapshot.TrainingJobs
                    .Where(job => job.LaunchIndex < launchIndex)
                    .Select(job => running.Contains(job.LaunchIndex) ? NotEnded(job) : job),
            ],
        };
    }

    private static LearningCurve UpTo(LearningCurve curve, int reports) =>
        new([.. curve.Readings.TakeWhile(reading => reading.Resource <= reports)], RanToEnd: false);

    private static TrainingJob NotEnded(TrainingJob job) => job with
    {
        Progress = new TrainingProgress
        {
            Status = TrainingJobStatus.InProgress,
            Secondary = SecondaryStatus.Training,
            LastModifiedTime = job.CreationTime,
        },
    };

    private static double? Finite(double? value) => value is { } number && double.IsFinite(number) ? number : null;
}
