namespace Rekindle.Api.Shapes;

/// <summary>The training job that is launched again and again, with other hyperparameters each time.</summary>
public sealed record HyperParameterTrainingJobDefinition
{
    /// <summary>Name of this definition; needed when there are several.</summary>
    [Length(1, 64), Pattern(Patterns.DefinitionName)]
    public string? DefinitionName { get; init; }

    /// <summary>Objective of this definition when there are several.</summary>
    public HyperParameterTuningJobObjective? TuningObjective { get; init; }

    /// <summary>Search space of this definition when there are several.</summary>
    public ParameterRanges? HyperParameterRanges { get; init; }

    /// <summary>Hyperparameters that are the same in every training job.</summary>
    [Length(0, 100)]
    [Length(0, 256, On = Part.Key), Pattern(Patterns.AnyLine, On = Part.Key)]
    [Length(0, 2500, On = Part.Value), Pattern(Patterns.AnyLine, On = Part.Value)]
    public IReadOnlyDictionary<string, string>? StaticHyperParameters { get; init; }

    /// <summary>The program to run.</summary>
    [Required]
    public HyperParameterAlgorithmSpecification? AlgorithmSpecification { get; init; }

    /// <summary>The role training runs under. Kept and shown; a self-hosted service has no roles to assume.</summary>
    [Required, Length(20, 2048), Pattern(Patterns.RoleArn)]
    public string? RoleArn { get; init; }

    /// <summary>Input channels.</summary>
    [Length(1, 20)]
    public IReadOnlyList<Channel>? InputDataConfig { get; init; }

    /// <summary>Network placement. Kept and shown, not acted upon.</summary>
    public VpcConfig? VpcConfig { get; init; }

    /// <summary>Where results are written.</summary>
    [Required]
    public OutputDataConfig? OutputDataConfig { get; init; }

    /// <summary>Machines.</summary>
    public ResourceConfig? ResourceConfig { get; init; }

    /// <summary>Machines, with choices. Given instead of <c>ResourceConfig</c>.</summary>
    public HyperParameterTuningResourceConfig? HyperParameterTuningResourceConfig { get; init; }

    /// <summary>Time limits.</summary>
    [Required]
    public StoppingCondition? StoppingCondition { get; init; }

    /// <summary>Whether the program is kept off the network.</summary>
    public bool? EnableNetworkIsolation { get; init; }

    /// <summary>Whether traffic between the machines of one training job is encrypted.</summary>
    public bool? EnableInterContainerTrafficEncryption { get; init; }

    /// <summary>Whether interruptible machines are used.</summary>
    public bool? EnableManagedSpotTraining { get; init; }

    /// <summary>Where checkpoints are kept.</summary>
    public CheckpointConfig? CheckpointConfig { get; init; }

    /// <summary>Retries after internal errors.</summary>
    public RetryStrategy? RetryStrategy { get; init; }

    /// <summary>Environment variables of the program.</summary>
    [Length(0, 48)]
    [Length(0, 512, On = Part.Key), Pattern(Patterns.EnvironmentKey, On = Part.Key)]
    [Length(0, 512, On = Part.Value), Pattern(Patterns.Anything, On = Part.Value)]
    public IReadOnlyDictionary<string, string>? Environment { get; init; }
}

/// <summary>The program a tuning job trains, and how its output is read.</summary>
public sealed record HyperParameterAlgorithmSpecification
{
    /// <summary>The program: image, path or built-in algorithm. Given instead of <c>AlgorithmName</c>.</summary>
    [Length(0, 255), Pattern(Patterns.AnyLine)]
    public string? TrainingImage { get; init; }

    /// <summary>How channels are presented when they do not say themselves.</summary>
    [Required, OneOf(ValueSets.TrainingInputMode)]
    public string? TrainingInputMode { get; init; }

    /// <summary>Name or ARN of an algorithm resource. Given instead of <c>TrainingImage</c>.</summary>
    [Length(1, 170), Pattern(Patterns.ArnOrName)]
    public string? AlgorithmName { get; init; }

    /// <summary>Metrics to read from the program's output.</summary>
    [Length(0, 40)]
    public IReadOnlyList<MetricDefinition>? MetricDefinitions { get; init; }
}

/// <summary>A named regular expression that finds a metric in a training program's output.</summary>
public sealed record MetricDefinition
{
    /// <summary>Name of the metric.</summary>
    [Required, Length(1, 255), Pattern(Patterns.SomeLine)]
    public string? Name { get; init; }

    /// <summary>Regular expression whose first group is the value.</summary>
    [Required, Length(1, 500), Pattern(Patterns.SomeLine)]
    public string? Regex { get; init; }
}

/// <summary>Machines for the training jobs of a tuning job: one kind, or several in order of preference.</summary>
public sealed record HyperParameterTuningResourceConfig
{
    /// <summary>Kind of machine. Names that begin with <c>ml.</c> are AWS's; any other names an executor profile of this service.</summary>
    [OneOf(InstanceTypes.Training, OnlyWithPrefix = "ml.")]
    public string? InstanceType { get; init; }

    /// <summary>Number of machines.</summary>
    [Range(0)]
    public int? InstanceCount { get; init; }

    /// <summary>Disk of each machine, in GB.</summary>
    [Range(0)]
    public int? VolumeSizeInGB { get; init; }

    /// <summary>Key that encrypts the disk.</summary>
    [Length(0, 2048), Pattern(Patterns.KmsKeyId)]
    public string? VolumeKmsKeyId { get; init; }

    /// <summary>How the choices are tried: in the order given.</summary>
    [OneOf("Prioritized")]
    public string? AllocationStrategy { get; init; }

    /// <summary>The kinds of machine to choose from. Given instead of a single kind.</summary>
    [Length(1, 6)]
    public IReadOnlyList<HyperParameterTuningInstanceConfig>? InstanceConfigs { get; init; }
}

/// <summary>One kind of machine a tuning job may use.</summary>
public sealed record HyperParameterTuningInstanceConfig
{
    /// <summary>Kind of machine. Names that begin with <c>ml.</c> are AWS's; any other names an executor profile of this service.</summary>
    [Required, OneOf(InstanceTypes.Training, OnlyWithPrefix = "ml.")]
    public string? InstanceType { get; init; }

    /// <summary>Number of machines.</summary>
    [Required, Range(0)]
    public int? InstanceCount { get; init; }

    /// <summary>Disk of each machine, in GB.</summary>
    [Required, Range(1)]
    public int? VolumeSizeInGB { get; init; }
}
