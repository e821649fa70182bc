namespace Rekindle.Api.Shapes;

/// <summary>Starts a single training job.</summary>
public sealed record CreateTrainingJobRequest
{
    /// <summary>Name of the training job: 1 to 63 letters, digits and inner hyphens.</summary>
    [Required, Length(1, 63), Pattern(Patterns.TrainingJobName)]
    public string? TrainingJobName { get; init; }

    /// <summary>Hyperparameters, as text.</summary>
    [Length(0, 100)]
    [Length(0, 256, On = Part.Key), Pattern(Patterns.AnyLine, On = Part.Key)]
    [Length(0, 2500, On = Part.Value), Pattern(Patterns.AnyLine, On = Part.Value)]
    public IReadOnlyDictionary<string, string>? HyperParameters { get; init; }

    /// <summary>The program to run.</summary>
    public AlgorithmSpecification? AlgorithmSpecification { get; init; }

    /// <summary>The role training runs under. Kept and shown; a self-hosted service has no roles to assume.</summary>
    [Required, Length(20, 2048), Pattern(Patterns.RoleArn)]
    public string? RoleArn { get; init; }

    /// <summary>Input channels.</summary>
    [Length(1, 20)]
    public IReadOnlyList<Channel>? InputDataConfig { get; init; }

    /// <summary>Where results are written.</summary>
    [Required]
    public OutputDataConfig? OutputDataConfig { get; init; }

    /// <summary>Machines.</summary>
    public ResourceConfig? ResourceConfig { get; init; }

    /// <summary>Network placement. Kept and shown, not acted upon.</summary>
    public VpcConfig? VpcConfig { get; init; }

    /// <summary>Time limits.</summary>
    public StoppingCondition? StoppingCondition { get; init; }

    /// <summary>Labels.</summary>
    [Length(0, 50)]
    public IReadOnlyList<Tag>? Tags { get; init; }

    /// <summary>Whether the program is kept off the network.</summary>
    public bool? EnableNetworkIsolation { get; init; }

    /// <summary>Whether traffic between the machines of one training job is encrypted.</summary>
    public bool? EnableInterContainerTrafficEncryption { get; init; }

    /// <summary>Whether interruptible machines are used.</summary>
    public bool? EnableManagedSpotTraining { get; init; }

    /// <summary>Where checkpoints are kept.</summary>
    public CheckpointConfig? CheckpointConfig { get; init; }

    /// <summary>Tensor collection. Kept and shown, not acted upon.</summary>
    public DebugHookConfig? DebugHookConfig { get; init; }

    /// <summary>Debugging rules. Kept and shown, not acted upon.</summary>
    [Length(0, 20)]
    public IReadOnlyList<DebugRuleConfiguration>? DebugRuleConfigurations { get; init; }

    /// <summary>TensorBoard data. Kept and shown, not acted upon.</summary>
    public TensorBoardOutputConfig? TensorBoardOutputConfig { get; init; }

    /// <summary>Grouping labels. Kept and shown, not acted upon.</summary>
    public ExperimentConfig? ExperimentConfig { get; init; }

    /// <summary>Profiling. Kept and shown, not acted upon.</summary>
    public ProfilerConfig? ProfilerConfig { get; init; }

    /// <summary>Profiling rules. Kept and shown, not acted upon.</summary>
    [Length(0, 20)]
    public IReadOnlyList<ProfilerRuleConfiguration>? ProfilerRuleConfigurations { get; init; }

    /// <summary>Environment variables of the program.</summary>
    [Length(0, 100)]
    [Length(0, 512, On = Part.Key), Pattern(Patterns.EnvironmentKey, On = Part.Key)]
    [Length(0, 512, On = Part.Value), Pattern(Patterns.Anything, On = Part.Value)]
    public IReadOnlyDictionary<string, string>? Environment { get; init; }

    /// <summary>Retries after internal errors.</summary>
    public RetryStrategy? RetryStrategy { get; init; }

    /// <summary>Shell access. Kept and shown, not acted upon.</summary>
    public RemoteDebugConfig? RemoteDebugConfig { get; init; }

    /// <summary>Machine check. Kept and shown, not acted upon.</summary>
    public InfraCheckConfig? InfraCheckConfig { get; init; }

    /// <summary>Session tags. Accepted, not acted upon.</summary>
    public SessionChainingConfig? SessionChainingConfig { get; init; }

    /// <summary>Model customization. Kept and shown, not acted upon.</summary>
    public ServerlessJobConfig? ServerlessJobConfig { get; init; }

    /// <summary>MLflow server. Kept and shown, not acted upon.</summary>
    public MlflowConfig? MlflowConfig { get; init; }

    /// <summary>Model registry. Kept and shown, not acted upon.</summary>
    public ModelPackageConfig? ModelPackageConfig { get; init; }
}

/// <summary>Where the new training job can be found.</summary>
public sealed record CreateTrainingJobResponse
{
    /// <summary>ARN of the training job, in lower case.</summary>
    [Required, Length(0, 256), Pattern(Patterns.TrainingJobArn)]
    public string? TrainingJobArn { get; init; }
}

/// <summary>The program a training job runs, and how its output is read.</summary>
public sealed record AlgorithmSpecification
{
    /// <summary>The program: image, path or built-in algorithm. Given instead of <c>AlgorithmName</c>.</summary>
    [Length(0, 255), Pattern(Patterns.AnyLine)]
    public string? TrainingImage { get; init; }

    /// <summary>Name or ARN of an algorithm resource. Given instead of <c>TrainingImage</c>.</summary>
    [Length(1, 170), Pattern(Patterns.ArnOrName)]
    public string? AlgorithmName { get; init; }

    /// <summary>How channels are presented when they do not say themselves.</summary>
    [Required, OneOf(ValueSets.TrainingInputMode)]
    public string? TrainingInputMode { get; init; }

    /// <summary>Metrics to read from the program's output.</summary>
    [Length(0, 40)]
    public IReadOnlyList<MetricDefinition>? MetricDefinitions { get; init; }

    /// <summary>Whether every metric reading is kept, not only the last.</summary>
    public bool? EnableSageMakerMetricsTimeSeries { get; init; }

    /// <summary>Replaces the image's entry point.</summary>
    [Length(1, 100)]
    [Length(0, 256, On = Part.Item), Pattern(Patterns.AnyLine, On = Part.Item)]
    public IReadOnlyList<string>? ContainerEntrypoint { get; init; }

    /// <summary>Replaces the argument <c>train</c>.</summary>
    [Length(1, 100)]
    [Length(0, 256, On = Part.Item), Pattern(Patterns.AnyLine, On = Part.Item)]
    public IReadOnlyList<string>? ContainerArguments { get; init; }

    /// <summary>Registry of the image.</summary>
    public TrainingImageConfig? TrainingImageConfig { get; init; }
}

/// <summary>How an image outside the platform's own registry is fetched.</summary>
public sealed record TrainingImageConfig
{
    /// <summary>Where the registry is.</summary>
    [Required, OneOf("Platform | Vpc")]
    public string? TrainingRepositoryAccessMode { get; init; }

    /// <summary>Credentials for the registry.</summary>
    public TrainingRepositoryAuthConfig? TrainingRepositoryAuthConfig { get; init; }
}

/// <summary>Credentials for a private image registry.</summary>
public sealed record TrainingRepositoryAuthConfig
{
    /// <summary>Function that hands out the credentials.</summary>
    [Required, Length(1, 2048), Pattern(Patterns.LambdaFunctionArn)]
    public string? TrainingRepositoryCredentialsProviderArn { get; init; }
}
