namespace Rekindle.Api.Shapes;

/// <summary>Where results are written.</summary>
public sealed record OutputDataConfig
{
    /// <summary>Key that encrypts results; an empty text means none.</summary>
    [Length(0, 2048), Pattern(Patterns.KmsKeyId)]
    public string? KmsKeyId { get; init; }

    /// <summary>Address results are written under.</summary>
    [Required, Length(0, 1024), Pattern(Patterns.S3Uri, Also = Patterns.FileUri)]
    public string? S3OutputPath { get; init; }

    /// <summary>Whether results are packed into one archive.</summary>
    [OneOf("GZIP | NONE")]
    public string? CompressionType { get; init; }
}

/// <summary>Machines for a training job.</summary>
public sealed record ResourceConfig
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

    /// <summary>How long machines are kept for the next training job, in seconds.</summary>
    [Range(0, 21600)]
    public int? KeepAlivePeriodInSeconds { get; init; }

    /// <summary>Groups of different machines.</summary>
    [Length(0, 5)]
    public IReadOnlyList<InstanceGroup>? InstanceGroups { get; init; }

    /// <summary>Reserved capacity to use.</summary>
    [Length(50, 2048), Pattern(Patterns.TrainingPlanArn)]
    public string? TrainingPlanArn { get; init; }

    /// <summary>Placement on reserved machine groups.</summary>
    public InstancePlacementConfig? InstancePlacementConfig { get; init; }
}

/// <summary>Equal machines within a mixed cluster.</summary>
public sealed record InstanceGroup
{
    /// <summary>Kind of machine. Names that begin with <c>ml.</c> are AWS's; any other names an executor profile of this service.</summary>
    [Required, OneOf(InstanceTypes.Training, OnlyWithPrefix = "ml.")]
    public string? InstanceType { get; init; }

    /// <summary>Number of machines.</summary>
    [Required, Range(0)]
    public int? InstanceCount { get; init; }

    /// <summary>Name of the group.</summary>
    [Required, Length(1, 64), Pattern(Patterns.SomeLine)]
    public string? InstanceGroupName { get; init; }
}

/// <summary>How instances are spread over a reserved machine group.</summary>
public sealed record InstancePlacementConfig
{
    /// <summary>Whether several training jobs may share one machine group.</summary>
    public bool? EnableMultipleJobs { get; init; }

    /// <summary>Instances per machine group.</summary>
    [Length(0, 10)]
    public IReadOnlyList<PlacementSpecification>? PlacementSpecifications { get; init; }
}

/// <summary>How many instances go to one reserved machine group.</summary>
public sealed record PlacementSpecification
{
    /// <summary>Identifier of the machine group.</summary>
    [Length(0, 256)]
    public string? UltraServerId { get; init; }

    /// <summary>Number of machines.</summary>
    [Required, Range(0)]
    public int? InstanceCount { get; init; }
}

/// <summary>Time limits of a training job.</summary>
public sealed record StoppingCondition
{
    /// <summary>Longest run of a training job, in seconds.</summary>
    [Range(1)]
    public int? MaxRuntimeInSeconds { get; init; }

    /// <summary>Longest wait plus run with interruptible machines, in seconds.</summary>
    [Range(1)]
    public int? MaxWaitTimeInSeconds { get; init; }

    /// <summary>Longest wait for a machine, in seconds.</summary>
    [Range(7200, 2419200)]
    public int? MaxPendingTimeInSeconds { get; init; }
}

/// <summary>Where checkpoints are kept while training runs.</summary>
public sealed record CheckpointConfig
{
    /// <summary>Where checkpoints are copied to.</summary>
    [Required, Length(0, 1024), Pattern(Patterns.S3Uri, Also = Patterns.FileUri)]
    public string? S3Uri { get; init; }

    /// <summary>Folder inside the container.</summary>
    [Length(0, 4096), Pattern(Patterns.AnyLine)]
    public string? LocalPath { get; init; }
}

/// <summary>How often a training job is tried again after an internal error.</summary>
public sealed record RetryStrategy
{
    /// <summary>Most retries.</summary>
    [Required, Range(1, 30)]
    public int? MaximumRetryAttempts { get; init; }
}

/// <summary>Network placement of a training job.</summary>
public sealed record VpcConfig
{
    /// <summary>Security groups.</summary>
    [Required, Length(1, 5)]
    [Length(0, 32, On = Part.Item), Pattern(Patterns.VpcId, On = Part.Item)]
    public IReadOnlyList<string>? SecurityGroupIds { get; init; }

    /// <summary>Subnets.</summary>
    [Required, Length(1, 16)]
    [Length(0, 32, On = Part.Item), Pattern(Patterns.VpcId, On = Part.Item)]
    public IReadOnlyList<string>? Subnets { get; init; }
}
