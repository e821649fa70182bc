using Rekindle.Api;
using Rekindle.Api.Shapes;
using Rekindle.Server.Storage;
using Rekindle.Server.TrainingJobs;
using Rekindle.Server.TuningJobs;
using Domain = Rekindle.Server.TrainingJobs;
using MetricDefinition = Rekindle.Api.Shapes.MetricDefinition;
using TrainingJob = Rekindle.Server.TrainingJobs.TrainingJob;

namespace Rekindle.Server.Operations;

/// <summary>Says rows in the words of the wire.</summary>
internal static class ToWire
{
    public static TrainingJobStatusCounters StatusCounters(TuningJobCounters counters) => new()
    {
        Completed = counters.Completed,
        InProgress = counters.InProgress,
        RetryableError = counters.RetryableError,
        NonRetryableError = counters.NonRetryableError,
        Stopped = counters.Stopped,
    };

    public static ObjectiveStatusCounters ObjectiveCounters(TuningJobCounters counters) => new()
    {
        Succeeded = counters.ObjectiveSucceeded,
        Pending = counters.ObjectivePending,
        Failed = counters.ObjectiveFailed,
    };

    /// <param name="job">The training job.</param>
    /// <param name="objective">The objective of its tuning job.</param>
    /// <param name="definitionName">The name of its definition, in the list form of definitions.</param>
    /// <param name="tuningJobName">Named only where the training job may be another tuning job's.</param>
    /// <param name="exact">Whether the objective keeps the precision that AWS's model has no room for.</param>
    public static HyperParameterTrainingJobSummary Summary(
        TrainingJob job, ObjectiveMetric objective, string? definitionName, string? tuningJobName = null, bool exact = false) => new()
        {
            TrainingJobDefinitionName = definitionName,
            TrainingJobName = job.Name,
            TrainingJobArn = job.Arn,
            TuningJobName = tuningJobName,
            CreationTime = job.CreationTime,
            TrainingStartTime = job.Progress.TrainingStartTime,
            TrainingEndTime = job.Progress.TrainingEndTime,
            TrainingJobStatus = job.Progress.Status.ToString(),
            TunedHyperParameters = job.TunedHyperParameters,
            FailureReason = job.Progress.FailureReason,
            FinalHyperParameterTuningJobObjectiveMetric = job.Progress is { ObjectiveStatus: ObjectiveStatus.Succeeded, ObjectiveValue: { } value }
                ? new FinalHyperParameterTuningJobObjectiveMetric
                {
                    Type = objective.Goal.ToString(),
                    MetricName = objective.MetricName,
                    Value = exact ? value : MetricValue.ToWire(value),
                }
                : null,
            ObjectiveStatus = job.Progress.ObjectiveStatus.ToString(),
        };

    public static HyperParameterTuningJobSummary Summary(TuningJobListing listing) => new()
    {
        HyperParameterTuningJobName = listing.Job.Name,
        HyperParameterTuningJobArn = listing.Job.Arn,
        HyperParameterTuningJobStatus = listing.Job.Status.ToString(),
        Strategy = listing.Job.Definition.Strategy.ToString(),
        CreationTime = listing.Job.CreationTime,
        HyperParameterTuningEndTime = listing.Job.EndTime,
        LastModifiedTime = listing.Job.LastModifiedTime,
        TrainingJobStatusCounters = StatusCounters(listing.Counters),
        ObjectiveStatusCounters = ObjectiveCounters(listing.Counters),
        ResourceLimits = new ResourceLimits
        {
            MaxNumberOfTrainingJobs = listing.Job.Definition.MaxTrainingJobs,
            MaxParallelTrainingJobs = listing.Job.Definition.MaxParallelTrainingJobs,
            MaxRuntimeInSeconds = listing.Job.Definition.MaxRuntimeInSeconds,
        },
    };

    public static TrainingJobSummary Summary(TrainingJob job) => new()
    {
        TrainingJobName = job.Name,
        TrainingJobArn = job.Arn,
        CreationTime = job.CreationTime,
        TrainingEndTime = job.Progress.TrainingEndTime,
        LastModifiedTime = job.Progress.LastModifiedTime,
        TrainingJobStatus = job.Progress.Status.ToString(),
        SecondaryStatus = job.Progress.Secondary.ToString(),
    };

    /// <summary>From its first start to its end, and how long its programs really ran; AWS would charge for the latter.</summary>
    public static (int? Training, int? Billable) Seconds(TrainingProgress progress)
    {
        return progress is { TrainingStartTime: { } start, TrainingEndTime: { } end } ? (Whole(end - start), Whole(progress.RanUntil(end))) : (null, null);

        static int Whole(TimeSpan time) => Math.Max(1, (int)Math.Ceiling(time.TotalSeconds));
    }

    public static SecondaryStatusTransition Transition(SecondaryTransition step) => new()
    {
        Status = step.Status.ToString(),
        StartTime = step.StartTime,
        EndTime = step.EndTime,
        StatusMessage = step.Message,
    };

    public static MetricData Metric(MetricReading reading) => new()
    {
        MetricName = reading.Metric,
        Value = MetricValue.ToWire(reading.Value),
        Timestamp = reading.Time,
    };

    public static IReadOnlyList<Api.Shapes.Tag> Tags(IReadOnlyList<Storage.Tag> tags) =>
        [.. tags.Select(tag => new Api.Shapes.Tag { Key = tag.Key, Value = tag.Value })];

    /// <exception cref="ApiException">A key is given twice.</exception>
    public static IReadOnlyList<Storage.Tag> Tags(IReadOnlyList<Api.Shapes.Tag>? tags) => RepeatedKey(tags) is { } problem
        ? throw new ApiException(ErrorCode.ValidationException, problem)
        : [.. (tags ?? []).Select(tag => new Storage.Tag(tag.Key!, tag.Value!))];

    /// <summary>What is wrong with tags that give a key twice, in a sentence; null when none does.</summary>
    public static string? RepeatedKey(IReadOnlyList<Api.Shapes.Tag>? tags) =>
        (tags ?? []).GroupBy(tag => tag.Key!, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } repeated
            ? $"Duplicate tag keys found: the key {repeated.Key} is given {repeated.Count()} times."
            : null;

    public static IReadOnlyList<MetricDefinition> Metrics(IReadOnlyList<Domain.MetricDefinition> metrics) =>
        [.. metrics.Select(metric => new MetricDefinition { Name = metric.Name, Regex = metric.Regex })];
}
