using Rekindle.Server.TrainingJobs;
using Rekindle.Server.TuningJobs;
using Rekindle.Server.TuningJobs.WarmStart;

namespace Rekindle.Server.Tests.TuningJobs;

/// <summary>Rows to start from; tests say with <c>with</c> what is special about theirs.</summary>
internal static class Given
{
    public static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static TrainingDefinition Training { get; } = new()
    {
        Image = "a/algo:1",
        OutputPath = "s3://b/out/",
        MetricDefinitions = [new("validation:accuracy", "accuracy=([0-9.]+)")],
        Channels = [new() { Name = "train", S3Uri = "s3://b/train/" }],
    };

    public static TuningJobDefinition Definition { get; } = new()
    {
        Strategy = StrategyKind.Bayesian,
        Objective = new("validation:accuracy", ObjectiveGoal.Maximize),
        MaxTrainingJobs = 10,
        MaxParallelTrainingJobs = 2,
        Ranges = [Continuous("lr", "0.0001", "0.1")],
        StaticHyperParameters = new Dictionary<string, string>(),
        RandomSeed = 1,
        Training = Training,
    };

    public static TuningJob Job(TuningJobDefinition definition, TuningJobStatus status = TuningJobStatus.InProgress) => new()
    {
        Id = 1,
        Name = "job",
        Arn = "arn:aws:sagemaker:us-east-1:123456789012:hyper-parameter-tuning-job/job",
        Definition = definition,
        Description = """{"TrainingJobDefinition":{}}""",
        Status = status,
        CreationTime = Start,
        LastModifiedTime = Start,
    };

    /// <summary>A training job that was just launched; its end time is its launch index in minutes, when it gets one.</summary>
    public static TrainingJob TrainingJob(int index, TrainingDefinition? definition = null) => new()
    {
        Id = index,
        Name = $"job-{index:000}",
        Arn = $"arn:aws:sagemaker:us-east-1:123456789012:training-job/job-{index:000}",
        TuningJobId = 1,
        LaunchIndex = index,
        Definition = definition ?? Training,
        HyperParameters = new Dictionary<string, string>(),
        CreationTime = Start,
        Progress = new() { Status = TrainingJobStatus.InProgress, Secondary = SecondaryStatus.Starting, LastModifiedTime = Start },
    };

    public static TrainingJob Completed(int index, double? objective) => TrainingJob(index).Ended(
        TrainingJobStatus.Completed, objective);

    public static TrainingJob Failed(int index) => TrainingJob(index).Ended(TrainingJobStatus.Failed, null);

    public static TrainingJob Ended(this TrainingJob job, TrainingJobStatus status, double? objective) => job with
    {
        Progress = job.Progress with
        {
            Status = status,
            Secondary = Enum.Parse<SecondaryStatus>(status.ToString()),
            TrainingEndTime = Start.AddMinutes(job.LaunchIndex),
            ObjectiveValue = objective,
            ObjectiveStatus = objective is null || status == TrainingJobStatus.Failed ? ObjectiveStatus.Failed : ObjectiveStatus.Succeeded,
        },
    };

    public static TrainingJob StopRequested(this TrainingJob job, StopReason reason = StopReason.User) => job with
    {
        StopRequestedAt = Start,
        StopReason = reason,
        Progress = job.IsTerminal ? job.Progress : job.Progress with { Status = TrainingJobStatus.Stopping, Secondary = SecondaryStatus.Stopping },
    };

    public static TuningSnapshot Snapshot(TuningJob job, params IReadOnlyList<TrainingJob> trainingJobs) => new(job, trainingJobs);

    public static ParameterRange Continuous(string name, string min, string max, RangeScaling scaling = RangeScaling.Auto) =>
        new() { Name = name, Kind = ParameterKind.Continuous, MinValue = min, MaxValue = max, Scaling = scaling };

    public static ParameterRange Integer(string name, string min, string max, RangeScaling scaling = RangeScaling.Auto) =>
        new() { Name = name, Kind = ParameterKind.Integer, MinValue = min, MaxValue = max, Scaling = scaling };

    public static ParameterRange Categorical(string name, params IReadOnlyList<string> values) =>
        new() { Name = name, Kind = ParameterKind.Categorical, Values = values };

    public static IReadOnlyDictionary<string, string> Statics(params (string Name, string Value)[] pairs) =>
        pairs.ToDictionary(pair => pair.Name, pair => pair.Value);

    /// <summary>A parent that completed with ten training jobs.</summary>
    public static NamedParent Parent(string name, TuningJobDefinition definition, int launched = 10, long? id = null) => new(
        name,
        Job(definition, TuningJobStatus.Completed) with { Id = id ?? name.GetHashCode(StringComparison.Ordinal), Name = name },
        launched);

    public static WarmStartVerdict Check(TuningJobDefinition child, params IReadOnlyList<NamedParent> parents) =>
        Check(child, new WarmStartOptions(), parents);

    public static WarmStartVerdict Check(TuningJobDefinition child, WarmStartOptions options, params IReadOnlyList<NamedParent> parents) =>
        WarmStartRules.Check(new(
            "child", child with { WarmStart = child.WarmStart ?? WarmStartKind.IdenticalDataAndAlgorithm }, parents, options));
}
