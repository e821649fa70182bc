namespace Rekindle.Server;

/// <summary>A bucket that lies on an S3 endpoint elsewhere.</summary>
/// <param name="Endpoint">Its address: scheme, host and port.</param>
public sealed record ForeignBucket(Uri Endpoint)
{
    /// <summary>The region that requests are signed for.</summary>
    public string Region { get; init; } = "us-east-1";

    /// <summary>The bucket's name there; null: the same.</summary>
    public string? Name { get; init; }

    /// <summary>Null: requests are not signed.</summary>
    public string? AccessKeyId { get; init; }

    /// <summary>Belongs to <see cref="AccessKeyId"/>. It is in no text that is made of the bucket.</summary>
    public string? SecretAccessKey { get; init; }

    /// <summary>The file that the secret was read from; null when it stands in the settings.</summary>
    public string? SecretFile { get; init; }

    /// <summary>Whether the endpoint may be at an address that is this network segment's own, where clouds hand out credentials.</summary>
    public bool AllowPrivate { get; init; }

    /// <summary>The address as people write it.</summary>
    internal string Address => Endpoint.GetLeftPart(UriPartial.Authority);

    /// <summary>Without the secret, whoever prints it.</summary>
    public override string ToString() => Name is null ? Address : $"{Name} at {Address}";
}
