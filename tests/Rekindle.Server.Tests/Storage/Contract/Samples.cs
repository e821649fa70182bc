using Rekindle.Server.Storage;
using Rekindle.Server.TrainingJobs;
using Rekindle.Server.TuningJobs;

namespace Rekindle.Server.Tests.Storage.Contract;

/// <summary>Rows to store, with every member filled.</summary>
internal static class Samples
{
    public static TrainingDefinition Training { get; } = new()
    {
        Image = "123.dkr.ecr.eu-west-1.amazonaws.com/image-classification:1",
        InputMode = "Pipe",
        MetricDefinitions = [new MetricDefinition("validation:accuracy", @"accuracy=(\S+) ""ü"" <&>")],
        Channels = [new Channel { Name = "train", S3Uri = "s3://bucket/train", ContentType = "application/x-recordio", InputMode = "File" }],
        OutputPath = "s3://bucket/out",
        CompressArtifacts = false,
        Environment = new Dictionary<string, string> { ["A"] = "1" },
        MaxRuntimeInSeconds = 77,
        InstanceType = "ml.m4.xlarge",
        InstanceCount = 2,
        NetworkIsolation = true,
        CheckpointLocalPath = "/opt/ml/checkpoints",
        CheckpointS3Uri = "s3://bucket/checkpoints",
        Entrypoint = ["python3"],
        Arguments = ["a", ""],
    };

    public static TuningJobDefinition Definition { get; } = new()
    {
        Strategy = StrategyKind.Bayesian,
        Objective = new ObjectiveMetric("validation:accuracy", ObjectiveGoal.Maximize),
        MaxTrainingJobs = 20,
        MaxParallelTrainingJobs = 2,
        MaxRuntimeInSeconds = 3600,
        Ranges =
        [
            new ParameterRange { Name = "eta", Kind = ParameterKind.Continuous, MinValue = "1e-5", MaxValue = "0.10", Scaling = RangeScaling.Logarithmic },
            new ParameterRange { Name = "optimizer", Kind = ParameterKind.Categorical, Values = ["sgd", "adam"] },
        ],
        StaticHyperParameters = new Dictionary<string, string> { ["epochs"] = "3", ["eta"] = "overwritten" },
        Completion = new CompletionCriteria { TargetObjectiveMetricValue = 0.1 + 0.2, MaxTrainingJobsNotImproving = 5, CompleteOnConvergence = true },
        EarlyStopping = true,
        Hyperband = new HyperbandResources(2, 81, EndsByItself: true),
        RandomSeed = long.MaxValue,
        Training = Training,
        WarmStart = WarmStartKind.TransferLearning,
    };

    public static NewTuningJob TuningJob(string name, DateTimeOffset time) => new()
    {
        Name = name,
        Arn = TuningJobArn(name),
        Definition = Definition,
        Description = """{"HyperParameterTuningJobName":"é"}""",
        CreationTime = time,
    };

    public static NewOwnTrainingJob OwnTrainingJob(string name, DateTimeOffset time) => new()
    {
        Name = name,
        Arn = TrainingJobArn(name),
        Definition = Training,
        HyperParameters = new Dictionary<string, string> { ["epochs"] = "9" },
        Description = """{"TrainingJobName":"é"}""",
        CreationTime = time,
    };

    public static Change.AddTrainingJob Launch(long tuningJobId, int index, DateTimeOffset time, IReadOnlyDictionary<string, string>? tuned = null)
    {
        var name = $"Job{tuningJobId}-{index:D3}-0a1b2c3d";
        return new Change.AddTrainingJob(
            name, TrainingJobArn(name), index, tuned ?? new Dictionary<string, string> { ["eta"] = "0.01" }, "Model", time);
    }

    public static LaunchExplanation Explanation { get; } = new()
    {
        Engine = "1.2.3+abc",
        Running = [3, 17],
        Reports = new Dictionary<int, int> { [3] = 12 },
        Reason = "Largest expected improvement by the job's \"own\" results, é.",
        Model = "OwnWithParents",
        Parent = "mother",
        PredictedMean = 0.1 + 0.2,
        PredictedDeviation = 1e-3,
        Acquisition = -7.25,
        Nearest = new NearestLaunch(new Dictionary<string, string> { ["eta"] = "0.02", ["optimizer"] = "sgd" }, 0.25, 0.125),
    };

    public static TrainingProgress Running(DateTimeOffset time) => new()
    {
        Status = TrainingJobStatus.InProgress,
        Secondary = SecondaryStatus.Training,
        LastModifiedTime = time,
        SeenRunning = true,
        TrainingStartTime = time,
    };

    public static TrainingProgress Completed(double objective, DateTimeOffset time) => new()
    {
        Status = TrainingJobStatus.Completed,
        Secondary = SecondaryStatus.Completed,
        LastModifiedTime = time,
        SeenRunning = true,
        TrainingStartTime = time,
        TrainingEndTime = time,
        ObjectiveStatus = ObjectiveStatus.Succeeded,
        ObjectiveValue = objective,
        ExitCode = 0,
        LogPosition = 123,
        MetricsPosition = 45,
        ModelArtifact = "s3://bucket/out/model.tar.gz",
    };

    public static TrainingProgress Failed(FailureKind kind, DateTimeOffset time) => new()
    {
        Status = TrainingJobStatus.Failed,
        Secondary = SecondaryStatus.Failed,
        LastModifiedTime = time,
        ObjectiveStatus = ObjectiveStatus.Failed,
        ExitCode = 1,
        FailureReason = "AlgorithmError: no",
        FailureKind = kind,
    };

    public static string TuningJobArn(string name) => $"arn:aws:sagemaker:us-east-1:000000000000:hyper-parameter-tuning-job/{name.ToLowerInvariant()}";

    public static string TrainingJobArn(string name) => $"arn:aws:sagemaker:us-east-1:000000000000:training-job/{name.ToLowerInvariant()}";
}
