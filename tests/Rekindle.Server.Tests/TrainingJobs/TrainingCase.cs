using Rekindle.Server.Tests.TuningJobs;
using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.Tests.TrainingJobs;

/// <summary>Rows and reports of training jobs in every state, and what is decided about them.</summary>
internal static class TrainingCase
{
    public const string Metric = "validation:accuracy";

    public static readonly DateTimeOffset Now = Given.Start.AddHours(1);

    public static readonly string[] Rows =
        ["new", "pending", "training", "uploading", "stopping before its start", "stopping", "over its time", "completed"];

    public static TrainingJob Row(string name)
    {
        var fresh = Given.TrainingJob(1);
        var training = In(fresh, SecondaryStatus.Training);
        training = training with
        {
            Progress = training.Progress with { SeenRunning = true, TrainingStartTime = Given.Start.AddMinutes(1), LogPosition = 100 },
        };
        return name switch
        {
            "new" => fresh,
            "pending" => In(fresh, SecondaryStatus.Pending),
            "training" => training,
            "uploading" => In(training, SecondaryStatus.Uploading),
            "stopping before its start" => fresh.StopRequested(),
            "stopping" => training.StopRequested(),
            "over its time" => training.StopRequested(StopReason.MaxRuntime),
            "completed" => training.Ended(TrainingJobStatus.Completed, 0.5),
            _ => throw new ArgumentOutOfRangeException(nameof(name), name, "No such row."),
        };
    }

    public static TrainingJob In(TrainingJob job, SecondaryStatus secondary) => job with { Progress = job.Progress with { Secondary = secondary } };

    public static ExecutionReport Report(ExecutionStateName state) => new()
    {
        State = Enum.Parse<ExecutionState>(state.ToString()),
        ExitCode = state == ExecutionStateName.Exited ? 0 : null,
        StartedAt = state >= ExecutionStateName.Running ? Given.Start.AddMinutes(1) : null,
        EndedAt = state == ExecutionStateName.Exited ? Now.AddSeconds(-5) : null,
        NextPosition = 100,
    };

    public static MetricReading Reading(double value, long offset) => new(Metric, offset, value, Now);

    public static TrainingDecision Decide(TrainingJob job, ExecutionReport report, params IReadOnlyList<MetricReading> readings) =>
        TrainingStep.Decide(job, report, readings, Metric, Now);

    public static TrainingDecision Finish(TrainingJob job, double? objective, ExecutionReport report) =>
        TrainingStep.Finish(job, job.Progress with { ObjectiveValue = objective }, report, new("s3://b/model.tar.gz", null), null, [], Now);
}

/// <summary>The executor's states under a public name, as theories need it.</summary>
public enum ExecutionStateName
{
    Absent,
    Queued,
    Running,
    Exited,
    Lost,
}
