namespace Rekindle.Api.Shapes;

/// <summary>Changes what of a training job may change while it runs.</summary>
public sealed record UpdateTrainingJobRequest
{
    /// <summary>Name of the training job: 1 to 63 letters, digits and inner hyphens.</summary>
    [Required, Length(1, 63), Pattern(Patterns.TrainingJobName)]
    public string? TrainingJobName { get; init; }

    /// <summary>How AWS is to profile it. Kept and shown.</summary>
    public ProfilerConfigForUpdate? ProfilerConfig { get; init; }

    /// <summary>Rules of AWS's profiler. Kept and shown.</summary>
    [Length(0, 20)]
    public IReadOnlyList<ProfilerRuleConfiguration>? ProfilerRuleConfigurations { get; init; }

    /// <summary>How long machines stay after the end. Kept and shown.</summary>
    public ResourceConfigForUpdate? ResourceConfig { get; init; }

    /// <summary>Whether AWS's remote debugging is on. Kept and shown.</summary>
    public RemoteDebugConfigForUpdate? RemoteDebugConfig { get; init; }
}

/// <summary>The training job that was changed.</summary>
public sealed record UpdateTrainingJobResponse
{
    /// <summary>Its ARN.</summary>
    [Required, Length(0, 256), Pattern(Patterns.TrainingJobArn)]
    public string? TrainingJobArn { get; init; }
}

/// <summary>A change of the profiler's configuration.</summary>
public sealed record ProfilerConfigForUpdate
{
    /// <summary>Where profiles go.</summary>
    [Length(0, 1024), Pattern(Patterns.S3Uri, Also = Patterns.FileUri)]
    public string? S3OutputPath { get; init; }

    /// <summary>Milliseconds between two samples.</summary>
    public long? ProfilingIntervalInMilliseconds { get; init; }

    /// <summary>Further parameters.</summary>
    [Length(0, 20)]
    [Length(1, 256, On = Part.Key), Pattern(Patterns.AnyLine, On = Part.Key)]
    [Length(0, 256, On = Part.Value), Pattern(Patterns.AnyLine, On = Part.Value)]
    public IReadOnlyDictionary<string, string>? ProfilingParameters { get; init; }

    /// <summary>Whether to stop profiling.</summary>
    public bool? DisableProfiler { get; init; }
}

/// <summary>A change of how long machines stay.</summary>
public sealed record ResourceConfigForUpdate
{
    /// <summary>Seconds that machines stay after the end, 0 to 21,600.</summary>
    [Required, Range(0, 21_600)]
    public int? KeepAlivePeriodInSeconds { get; init; }
}

/// <summary>A change of remote debugging.</summary>
public sealed record RemoteDebugConfigForUpdate
{
    /// <summary>Whether it is on.</summary>
    public bool? EnableRemoteDebug { get; init; }
}
