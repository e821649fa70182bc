namespace Rekindle.Api.Shapes;

/// <summary>Tensor collection during training. Kept and shown, not acted upon.</summary>
public sealed record DebugHookConfig
{
    /// <summary>Folder inside the container.</summary>
    [Length(0, 4096), Pattern(Patterns.AnyLine)]
    public string? LocalPath { get; init; }

    /// <summary>Address results are written under.</summary>
    [Required, Length(0, 1024), Pattern(Patterns.S3Uri, Also = Patterns.FileUri)]
    public string? S3OutputPath { get; init; }

    /// <summary>Settings of the hook.</summary>
    [Length(0, 20)]
    [Length(1, 256, On = Part.Key), Pattern(Patterns.AnyLine, On = Part.Key)]
    [Length(0, 256, On = Part.Value), Pattern(Patterns.AnyLine, On = Part.Value)]
    public IReadOnlyDictionary<string, string>? HookParameters { get; init; }

    /// <summary>Tensor groups to collect.</summary>
    [Length(0, 20)]
    public IReadOnlyList<CollectionConfiguration>? CollectionConfigurations { get; init; }
}

/// <summary>A group of tensors to collect.</summary>
public sealed record CollectionConfiguration
{
    /// <summary>Name of the group.</summary>
    [Length(1, 256), Pattern(Patterns.AnyLine)]
    public string? CollectionName { get; init; }

    /// <summary>Settings of the group.</summary>
    [Length(0, 20)]
    [Length(1, 256, On = Part.Key), Pattern(Patterns.AnyLine, On = Part.Key)]
    [Length(0, 256, On = Part.Value), Pattern(Patterns.AnyLine, On = Part.Value)]
    public IReadOnlyDictionary<string, string>? CollectionParameters { get; init; }
}

/// <summary>A rule that watches collected tensors. Kept and shown, not acted upon.</summary>
public sealed record DebugRuleConfiguration
{
    /// <summary>Name of the rule.</summary>
    [Required, Length(1, 256), Pattern(Patterns.AnyLine)]
    public string? RuleConfigurationName { get; init; }

    /// <summary>Folder inside the container.</summary>
    [Length(0, 4096), Pattern(Patterns.AnyLine)]
    public string? LocalPath { get; init; }

    /// <summary>Address results are written under.</summary>
    [Length(0, 1024), Pattern(Patterns.S3Uri, Also = Patterns.FileUri)]
    public string? S3OutputPath { get; init; }

    /// <summary>Image that evaluates the rule.</summary>
    [Required, Length(0, 255), Pattern(Patterns.AnyLine)]
    public string? RuleEvaluatorImage { get; init; }

    /// <summary>Kind of machine. Names that begin with <c>ml.</c> are AWS's; any other names an executor profile of this service.</summary>
    [OneOf(InstanceTypes.Processing, OnlyWithPrefix = "ml.")]
    public string? InstanceType { get; init; }

    /// <summary>Disk of each machine, in GB.</summary>
    [Range(0)]
    public int? VolumeSizeInGB { get; init; }

    /// <summary>Settings of the rule.</summary>
    [Length(0, 100)]
    [Length(1, 256, On = Part.Key), Pattern(Patterns.AnyLine, On = Part.Key)]
    [Length(0, 256, On = Part.Value), Pattern(Patterns.AnyLine, On = Part.Value)]
    public IReadOnlyDictionary<string, string>? RuleParameters { get; init; }
}

/// <summary>System and framework profiling. Kept and shown, not acted upon.</summary>
public sealed record ProfilerConfig
{
    /// <summary>Address results are written under.</summary>
    [Length(0, 1024), Pattern(Patterns.S3Uri, Also = Patterns.FileUri)]
    public string? S3OutputPath { get; init; }

    /// <summary>Time between two system readings, in milliseconds.</summary>
    public long? ProfilingIntervalInMilliseconds { get; init; }

    /// <summary>Settings of framework profiling.</summary>
    [Length(0, 20)]
    [Length(1, 256, On = Part.Key), Pattern(Patterns.AnyLine, On = Part.Key)]
    [Length(0, 256, On = Part.Value), Pattern(Patterns.AnyLine, On = Part.Value)]
    public IReadOnlyDictionary<string, string>? ProfilingParameters { get; init; }

    /// <summary>Whether profiling is off.</summary>
    public bool? DisableProfiler { get; init; }
}

/// <summary>A rule that watches profiling data. Kept and shown, not acted upon.</summary>
public sealed record ProfilerRuleConfiguration
{
    /// <summary>Name of the rule.</summary>
    [Required, Length(1, 256), Pattern(Patterns.AnyLine)]
    public string? RuleConfigurationName { get; init; }

    /// <summary>Folder inside the container.</summary>
    [Length(0, 4096), Pattern(Patterns.AnyLine)]
    public string? LocalPath { get; init; }

    /// <summary>Address results are written under.</summary>
    [Length(0, 1024), Pattern(Patterns.S3Uri, Also = Patterns.FileUri)]
    public string? S3OutputPath { get; init; }

    /// <summary>Image that evaluates the rule.</summary>
    [Required, Length(0, 255), Pattern(Patterns.AnyLine)]
    public string? RuleEvaluatorImage { get; init; }

    /// <summary>Kind of machine. Names that begin with <c>ml.</c> are AWS's; any other names an executor profile of this service.</summary>
    [OneOf(InstanceTypes.Processing, OnlyWithPrefix = "ml.")]
    public string? InstanceType { get; init; }

    /// <summary>Disk of each machine, in GB.</summary>
    [Range(0)]
    public int? VolumeSizeInGB { get; init; }

    /// <summary>Settings of the rule.</summary>
    [Length(0, 100)]
    [Length(1, 256, On = Part.Key), Pattern(Patterns.AnyLine, On = Part.Key)]
    [Length(0, 256, On = Part.Value), Pattern(Patterns.AnyLine, On = Part.Value)]
    public IReadOnlyDictionary<string, string>? RuleParameters { get; init; }
}

/// <summary>Where TensorBoard data is written. Kept and shown, not acted upon.</summary>
public sealed record TensorBoardOutputConfig
{
    /// <summary>Folder inside the container.</summary>
    [Length(0, 4096), Pattern(Patterns.AnyLine)]
    public string? LocalPath { get; init; }

    /// <summary>Address results are written under.</summary>
    [Required, Length(0, 1024), Pattern(Patterns.S3Uri, Also = Patterns.FileUri)]
    public string? S3OutputPath { get; init; }
}

/// <summary>Shell access to a running container. Kept and shown, not acted upon.</summary>
public sealed record RemoteDebugConfig
{
    /// <summary>Whether shell access is on.</summary>
    public bool? EnableRemoteDebug { get; init; }
}

/// <summary>Check of the machines before training. Kept and shown, not acted upon.</summary>
public sealed record InfraCheckConfig
{
    /// <summary>Whether the check is on.</summary>
    public bool? EnableInfraCheck { get; init; }
}
