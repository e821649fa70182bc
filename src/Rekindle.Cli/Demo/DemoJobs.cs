using Rekindle.Api.Shapes;

namespace Rekindle.Cli.Demo;

/// <summary>
/// The three requests of the demo: a parent, a child that goes on with the same data and algorithm, and a child whose images are varied more,
/// as in AWS's notebook about warm starts of image classification.
/// </summary>
/// <param name="data">The folder with the digits.</param>
internal sealed class DemoJobs(string data)
{
    public const string Parent = "digits-parent";
    public const string Child = "digits-child";
    public const string Transfer = "digits-transfer";

    private const int ParentTrainingJobs = 8;
    private const int ChildTrainingJobs = 6;
    private const int Seed = 7;

    /// <summary>Seconds; far beyond what a training takes, so that a demo ends even where one hangs.</summary>
    private const int LongestTraining = 90;

    public CreateHyperParameterTuningJobRequest ParentRequest => Request(Parent, ParentTrainingJobs, "crop", warmStartType: null);

    public CreateHyperParameterTuningJobRequest ChildRequest => Request(Child, ChildTrainingJobs, "crop", "IdenticalDataAndAlgorithm");

    public CreateHyperParameterTuningJobRequest TransferRequest =>
        Request(Transfer, ChildTrainingJobs, "crop_color_transform", "TransferLearning");

    private CreateHyperParameterTuningJobRequest Request(string name, int trainingJobs, string augmentation, string? warmStartType) => new()
    {
        HyperParameterTuningJobName = name,
        HyperParameterTuningJobConfig = new HyperParameterTuningJobConfig
        {
            Strategy = "Bayesian",
            HyperParameterTuningJobObjective = new HyperParameterTuningJobObjective { Type = "Maximize", MetricName = "validation:accuracy" },
            ResourceLimits = new ResourceLimits { MaxNumberOfTrainingJobs = trainingJobs, MaxParallelTrainingJobs = 2 },
            ParameterRanges = Ranges,
            RandomSeed = Seed,
        },
        TrainingJobDefinition = Definition(augmentation),
        WarmStartConfig = warmStartType is null
            ? null
            : new HyperParameterTuningJobWarmStartConfig
            {
                ParentHyperParameterTuningJobs = [new ParentHyperParameterTuningJob { HyperParameterTuningJobName = Parent }],
                WarmStartType = warmStartType,
            },
    };

    /// <summary>Wide on purpose: much of it trains badly or not at all, so there is something to find.</summary>
    private static ParameterRanges Ranges => new()
    {
        ContinuousParameterRanges =
        [
            new ContinuousParameterRange { Name = "learning_rate", MinValue = "0.0005", MaxValue = "0.5", ScalingType = "Logarithmic" },
            new ContinuousParameterRange { Name = "momentum", MinValue = "0.0", MaxValue = "0.99", ScalingType = "Linear" },
            new ContinuousParameterRange { Name = "weight_decay", MinValue = "0.000001", MaxValue = "0.1", ScalingType = "Logarithmic" },
        ],
        IntegerParameterRanges =
        [
            new IntegerParameterRange { Name = "mini_batch_size", MinValue = "8", MaxValue = "256", ScalingType = "Logarithmic" },
        ],
        CategoricalParameterRanges = [],
    };

    private HyperParameterTrainingJobDefinition Definition(string augmentation) => new()
    {
        StaticHyperParameters = new Dictionary<string, string>
        {
            ["num_layers"] = "18",
            ["image_shape"] = "1,8,8",
            ["num_classes"] = "10",
            ["num_training_samples"] = "1297",
            ["epochs"] = "24",
            // The last quarter of the epochs takes small steps, so that the accuracy a training ends with is no matter of luck.
            ["lr_scheduler_step"] = "18",
            ["optimizer"] = "sgd",
            ["augmentation_type"] = augmentation,
        },
        AlgorithmSpecification = new HyperParameterAlgorithmSpecification { TrainingImage = "image-classification:1", TrainingInputMode = "File" },
        RoleArn = "arn:aws:iam::000000000000:role/rekindle-demo",
        InputDataConfig = [Channel("train"), Channel("validation")],
        OutputDataConfig = new OutputDataConfig { S3OutputPath = "s3://demo/models" },
        ResourceConfig = new ResourceConfig { InstanceType = "ml.m5.large", InstanceCount = 1, VolumeSizeInGB = 1 },
        StoppingCondition = new StoppingCondition { MaxRuntimeInSeconds = LongestTraining },
    };

    private Channel Channel(string name) => new()
    {
        ChannelName = name,
        DataSource = new DataSource
        {
            S3DataSource = new S3DataSource
            {
                S3DataType = "S3Prefix",
                S3Uri = new Uri(Path.Combine(data, name) + Path.DirectorySeparatorChar).AbsoluteUri,
                S3DataDistributionType = "FullyReplicated",
            },
        },
    };
}
