using System.Globalization;

namespace Rekindle.Server.TrainingJobs;

/// <summary>How to run a training program: what an executor acts on. Everything else of the request is only echoed.</summary>
internal sealed record TrainingDefinition
{
    /// <summary>The training image as given, such as <c>123.dkr.ecr.eu-west-1.amazonaws.com/image-classification:1</c>.</summary>
    public required string Image { get; init; }

    public string InputMode { get; init; } = "File";

    public IReadOnlyList<MetricDefinition> MetricDefinitions { get; init; } = [];

    public IReadOnlyList<Channel> Channels { get; init; } = [];

    public required string OutputPath { get; init; }

    /// <summary>Whether artifacts are packed as tar.gz (<c>GZIP</c>) or stored as plain files (<c>NONE</c>).</summary>
    public bool CompressArtifacts { get; init; } = true;

    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>How long its programs may run, the waiting between two attempts left out.</summary>
    public int MaxRuntimeInSeconds { get; init; } = 86_400;

    /// <summary>Whether it gives way to training jobs that are not managed spot training.</summary>
    public bool ManagedSpot { get; init; }

    /// <summary>
    /// For managed spot training: seconds from the creation on, the waiting included, after which it ends as MaxWaitTimeExceeded.
    /// Null when there is no such limit.
    /// </summary>
    public int? MaxWaitTimeInSeconds { get; init; }

    /// <summary>Why <see cref="MaxWaitTimeInSeconds"/> can't stand beside <see cref="MaxRuntimeInSeconds"/>, as AWS has it; null when it can.</summary>
    public string? FindMaxWaitTimeProblem() => MaxWaitTimeInSeconds < MaxRuntimeInSeconds
        ? string.Create(
            CultureInfo.InvariantCulture,
            $"Invalid MaxWaitTimeInSeconds: {MaxWaitTimeInSeconds}. It must be greater than or equal to MaxRuntimeInSeconds ({MaxRuntimeInSeconds}) when EnableManagedSpotTraining is true.")
        : null;

    public string InstanceType { get; init; } = "local";

    public int InstanceCount { get; init; } = 1;

    public bool NetworkIsolation { get; init; }

    /// <summary>Whether the hosts of one training job encrypt what they send to each other. Only echoed and compared: there is one host.</summary>
    public bool InterContainerEncryption { get; init; }

    /// <summary>1-30; null when no retry strategy was given.</summary>
    public int? MaximumRetryAttempts { get; init; }

    /// <summary>Folder inside the training program's world for checkpoints; null when no checkpoints were configured.</summary>
    public string? CheckpointLocalPath { get; init; }

    public string? CheckpointS3Uri { get; init; }

    /// <summary>Replaces the image's program (plain training jobs only).</summary>
    public IReadOnlyList<string>? Entrypoint { get; init; }

    /// <summary>Replaces the argument <c>train</c> (plain training jobs only).</summary>
    public IReadOnlyList<string>? Arguments { get; init; }
}

internal sealed record MetricDefinition(string Name, string Regex);

/// <summary>One input channel.</summary>
internal sealed record Channel
{
    public required string Name { get; init; }

    public required string S3Uri { get; init; }

    public string S3DataType { get; init; } = "S3Prefix";

    public string Distribution { get; init; } = "FullyReplicated";

    public string? ContentType { get; init; }

    public string CompressionType { get; init; } = "None";

    public string RecordWrapperType { get; init; } = "None";

    /// <summary>Overrides the definition's input mode when not null.</summary>
    public string? InputMode { get; init; }

    /// <summary>Of the shuffling of each epoch in the input mode Pipe; null for none.</summary>
    public long? ShuffleSeed { get; init; }

    /// <summary>The attributes of an augmented manifest's lines that are streamed, in their order.</summary>
    public IReadOnlyList<string>? AttributeNames { get; init; }
}
