namespace Rekindle.Api.Shapes;

/// <summary>Asks for everything known about one training job.</summary>
public sealed record DescribeTrainingJobRequest
{
    /// <summary>Name of the training job: 1 to 63 letters, digits and inner hyphens.</summary>
    [Required, Length(1, 63), Pattern(Patterns.TrainingJobName)]
    public string? TrainingJobName { get; init; }
}

/// <summary>One training job: definition, progress, metrics and artifacts.</summary>
public sealed record DescribeTrainingJobResponse
{
    /// <summary>Name of the training job: 1 to 63 letters, digits and inner hyphens.</summary>
    [Required, Length(1, 63), Pattern(Patterns.TrainingJobName)]
    public string? TrainingJobName { get; init; }

    /// <summary>ARN of the training job, in lower case.</summary>
    [Required, Length(0, 256), Pattern(Patterns.TrainingJobArn)]
    public string? TrainingJobArn { get; init; }

    /// <summary>Tuning job that launched it; absent for a training job of its own.</summary>
    [Length(0, 256), Pattern(Patterns.TuningJobArn)]
    public string? TuningJobArn { get; init; }

    /// <summary>Labeling job that launched it; never set by this service.</summary>
    [Length(0, 2048), Pattern(Patterns.LabelingJobArn)]
    public string? LabelingJobArn { get; init; }

    /// <summary>AutoML job that launched it; never set by this service.</summary>
    [Length(1, 256), Pattern(Patterns.AutoMLJobArn)]
    public string? AutoMLJobArn { get; init; }

    /// <summary>Where the model lies.</summary>
    [Required]
    public ModelArtifacts? ModelArtifacts { get; init; }

    /// <summary>State of the training job.</summary>
    [Required, OneOf(ValueSets.TrainingJobStatus)]
    public string? TrainingJobStatus { get; init; }

    /// <summary>Phase within the state.</summary>
    [Required, OneOf(ValueSets.SecondaryStatus)]
    public string? SecondaryStatus { get; init; }

    /// <summary>Why it failed; absent otherwise.</summary>
    [Length(0, 1024)]
    public string? FailureReason { get; init; }

    /// <summary>Hyperparameters, as text.</summary>
    [Length(0, 100)]
    [Length(0, 256, On = Part.Key), Pattern(Patterns.AnyLine, On = Part.Key)]
    [Length(0, 2500, On = Part.Value), Pattern(Patterns.AnyLine, On = Part.Value)]
    public IReadOnlyDictionary<string, string>? HyperParameters { get; init; }

    /// <summary>The program to run.</summary>
    public AlgorithmSpecification? AlgorithmSpecification { get; init; }

    /// <summary>The role training runs under. Kept and shown; a self-hosted service has no roles to assume.</summary>
    [Length(20, 2048), Pattern(Patterns.RoleArn)]
    public string? RoleArn { get; init; }

    /// <summary>Input channels.</summary>
    [Length(1, 20)]
    public IReadOnlyList<Channel>? InputDataConfig { get; init; }

    /// <summary>Where results are written.</summary>
    public OutputDataConfig? OutputDataConfig { get; init; }

    /// <summary>Machines.</summary>
    public ResourceConfig? ResourceConfig { get; init; }

    /// <summary>State of machines kept afterwards.</summary>
    public WarmPoolStatus? WarmPoolStatus { get; init; }

    /// <summary>Network placement. Kept and shown, not acted upon.</summary>
    public VpcConfig? VpcConfig { get; init; }

    /// <summary>Time limits.</summary>
    [Required]
    public StoppingCondition? StoppingCondition { get; init; }

    /// <summary>When it was created.</summary>
    [Required]
    public DateTimeOffset? CreationTime { get; init; }

    /// <summary>When the program started.</summary>
    public DateTimeOffset? TrainingStartTime { get; init; }

    /// <summary>When the training job ended, uploads included.</summary>
    public DateTimeOffset? TrainingEndTime { get; init; }

    /// <summary>When it last changed.</summary>
    public DateTimeOffset? LastModifiedTime { get; init; }

    /// <summary>Phases it went through, oldest first.</summary>
    public IReadOnlyList<SecondaryStatusTransition>? SecondaryStatusTransitions { get; init; }

    /// <summary>Last value of each metric.</summary>
    [Length(0, 40)]
    public IReadOnlyList<MetricData>? FinalMetricDataList { get; init; }

    /// <summary>Whether the program is kept off the network.</summary>
    public bool? EnableNetworkIsolation { get; init; }

    /// <summary>Whether traffic between the machines of one training job is encrypted.</summary>
    public bool? EnableInterContainerTrafficEncryption { get; init; }

    /// <summary>Whether interruptible machines are used.</summary>
    public bool? EnableManagedSpotTraining { get; init; }

    /// <summary>Where checkpoints are kept.</summary>
    public CheckpointConfig? CheckpointConfig { get; init; }

    /// <summary>Seconds from the first start to the end, the waiting after interruptions included.</summary>
    [Range(1)]
    public int? TrainingTimeInSeconds { get; init; }

    /// <summary>How long AWS would charge for, in seconds.</summary>
    [Range(1)]
    public int? BillableTimeInSeconds { get; init; }

    /// <summary>How many tokens AWS would charge for.</summary>
    [Range(0)]
    public long? BillableTokenCount { get; init; }

    /// <summary>Tensor collection. Kept and shown, not acted upon.</summary>
    public DebugHookConfig? DebugHookConfig { get; init; }

    /// <summary>Grouping labels. Kept and shown, not acted upon.</summary>
    public ExperimentConfig? ExperimentConfig { get; init; }

    /// <summary>Debugging rules. Kept and shown, not acted upon.</summary>
    [Length(0, 20)]
    public IReadOnlyList<DebugRuleConfiguration>? DebugRuleConfigurations { get; init; }

    /// <summary>TensorBoard data. Kept and shown, not acted upon.</summary>
    public TensorBoardOutputConfig? TensorBoardOutputConfig { get; init; }

    /// <summary>Outcomes of debugging rules.</summary>
    [Length(0, 20)]
    public IReadOnlyList<DebugRuleEvaluationStatus>? DebugRuleEvaluationStatuses { get; init; }

    /// <summary>Profiling. Kept and shown, not acted upon.</summary>
    public ProfilerConfig? ProfilerConfig { get; init; }

    /// <summary>Profiling rules. Kept and shown, not acted upon.</summary>
    [Length(0, 20)]
    public IReadOnlyList<ProfilerRuleConfiguration>? ProfilerRuleConfigurations { get; init; }

    /// <summary>Outcomes of profiling rules.</summary>
    [Length(0, 20)]
    public IReadOnlyList<ProfilerRuleEvaluationStatus>? ProfilerRuleEvaluationStatuses { get; init; }

    /// <summary>Whether profiling runs.</summary>
    [OneOf("Enabled | Disabled")]
    public string? ProfilingStatus { get; init; }

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

    /// <summary>Model customization. Kept and shown, not acted upon.</summary>
    public ServerlessJobConfig? ServerlessJobConfig { get; init; }

    /// <summary>MLflow server. Kept and shown, not acted upon.</summary>
    public MlflowConfig? MlflowConfig { get; init; }

    /// <summary>Model registry. Kept and shown, not acted upon.</summary>
    public ModelPackageConfig? ModelPackageConfig { get; init; }

    /// <summary>The MLflow run written to.</summary>
    public MlflowDetails? MlflowDetails { get; init; }

    /// <summary>How far the program says it is.</summary>
    public TrainingProgressInfo? ProgressInfo { get; init; }

    /// <summary>Registered model, when one was asked for.</summary>
    [Length(1, 2048), Pattern(Patterns.ModelPackageArn)]
    public string? OutputModelPackageArn { get; init; }
}
