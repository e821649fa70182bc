namespace Rekindle.Api.Client;

/// <summary>How a path stands in a canonical request.</summary>
public enum SigV4PathForm
{
    /// <summary>Without empty segments and dots, encoded once more than on the wire: all services but S3.</summary>
    Normalized,

    /// <summary>Encoded once, every segment kept: S3, where a path is a key.</summary>
    ObjectKey,
}
