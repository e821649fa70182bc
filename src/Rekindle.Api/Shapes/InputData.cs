namespace Rekindle.Api.Shapes;

/// <summary>A named input of a training program, seen by it as a folder.</summary>
public sealed record Channel
{
    /// <summary>Name of the channel, which is also its folder's name.</summary>
    [Required, Length(1, 64), Pattern(Patterns.ChannelName)]
    public string? ChannelName { get; init; }

    /// <summary>Where the data lies.</summary>
    [Required]
    public DataSource? DataSource { get; init; }

    /// <summary>Media type of the data.</summary>
    [Length(0, 256), Pattern(Patterns.AnyLine)]
    public string? ContentType { get; init; }

    /// <summary>Compression of the data.</summary>
    [OneOf("None | Gzip")]
    public string? CompressionType { get; init; }

    /// <summary>Whether each object is wrapped as a RecordIO record.</summary>
    [OneOf("None | RecordIO")]
    public string? RecordWrapperType { get; init; }

    /// <summary>How this channel is presented; wins over the algorithm's setting.</summary>
    [OneOf(ValueSets.TrainingInputMode)]
    public string? InputMode { get; init; }

    /// <summary>Shuffling of the input.</summary>
    public ShuffleConfig? ShuffleConfig { get; init; }
}

/// <summary>Where a channel's data lies: exactly one of the members.</summary>
public sealed record DataSource
{
    /// <summary>Data in a bucket.</summary>
    public S3DataSource? S3DataSource { get; init; }

    /// <summary>Data on a shared file system.</summary>
    public FileSystemDataSource? FileSystemDataSource { get; init; }

    /// <summary>A registered data set.</summary>
    public DatasetSource? DatasetSource { get; init; }
}

/// <summary>Data under a prefix, or listed by a manifest.</summary>
public sealed record S3DataSource
{
    /// <summary>What <c>S3Uri</c> points to.</summary>
    [Required, OneOf("ManifestFile | S3Prefix | AugmentedManifestFile | Converse")]
    public string? S3DataType { get; init; }

    /// <summary>Address of the data or of its manifest.</summary>
    [Required, Length(0, 1024), Pattern(Patterns.S3Uri, Also = Patterns.FileUri)]
    public string? S3Uri { get; init; }

    /// <summary>Whether each machine gets all the data or a share.</summary>
    [OneOf("FullyReplicated | ShardedByS3Key")]
    public string? S3DataDistributionType { get; init; }

    /// <summary>Attributes to read from an augmented manifest.</summary>
    [Length(0, 16)]
    [Length(1, 256, On = Part.Item), Pattern(Patterns.SomeLine, On = Part.Item)]
    public IReadOnlyList<string>? AttributeNames { get; init; }

    /// <summary>Instance groups that get the data.</summary>
    [Length(0, 5)]
    [Length(1, 64, On = Part.Item), Pattern(Patterns.SomeLine, On = Part.Item)]
    public IReadOnlyList<string>? InstanceGroupNames { get; init; }

    /// <summary>Consent to a model's license.</summary>
    public ModelAccessConfig? ModelAccessConfig { get; init; }

    /// <summary>Access to a private hub.</summary>
    public HubAccessConfig? HubAccessConfig { get; init; }
}

/// <summary>Consent to a model's license.</summary>
public sealed record ModelAccessConfig
{
    /// <summary>Whether the license is accepted.</summary>
    [Required]
    public bool? AcceptEula { get; init; }
}

/// <summary>Access to content of a private hub.</summary>
public sealed record HubAccessConfig
{
    /// <summary>ARN of the hub content.</summary>
    [Required, Length(0, 255), Pattern(Patterns.AnyLine)]
    public string? HubContentArn { get; init; }
}

/// <summary>Data on a shared file system.</summary>
public sealed record FileSystemDataSource
{
    /// <summary>Identifier of the file system.</summary>
    [Required, Length(11, 21), Pattern(Patterns.FileSystemId)]
    public string? FileSystemId { get; init; }

    /// <summary>Read and write (<c>rw</c>) or read only (<c>ro</c>).</summary>
    [Required, OneOf("rw | ro")]
    public string? FileSystemAccessMode { get; init; }

    /// <summary>Kind of file system.</summary>
    [Required, OneOf("EFS | FSxLustre")]
    public string? FileSystemType { get; init; }

    /// <summary>Folder on the file system.</summary>
    [Required, Length(0, 4096), Pattern(Patterns.AnyLine)]
    public string? DirectoryPath { get; init; }
}

/// <summary>A registered data set.</summary>
public sealed record DatasetSource
{
    /// <summary>ARN of the data set.</summary>
    [Required, Length(0, 2048), Pattern(Patterns.DatasetArn)]
    public string? DatasetArn { get; init; }
}

/// <summary>Shuffling of the input at the start of each epoch.</summary>
public sealed record ShuffleConfig
{
    /// <summary>Seed of the shuffling.</summary>
    [Required]
    public long? Seed { get; init; }
}
