namespace Rekindle.Server.ObjectStorage;

/// <summary>Why the store refuses something, in the words of S3's error codes.</summary>
internal enum StorageProblem
{
    AccessDenied,
    BucketAlreadyOwnedByYou,
    BucketNotEmpty,
    EntityTooLarge,
    EntityTooSmall,
    InsufficientStorage,
    InvalidArgument,
    InvalidBucketName,
    InvalidPart,
    InvalidPartOrder,
    InvalidRequest,
    KeyTooLongError,
    NoSuchBucket,
    NoSuchKey,
    NoSuchUpload,
    OperationAborted,
    PreconditionFailed,
}

/// <summary>The store refuses a request; the message says why.</summary>
internal sealed class StorageRefusedException(StorageProblem problem, string message) : Exception(message)
{
    public StorageProblem Problem { get; } = problem;

    public static StorageRefusedException NoSuchKey() => new(StorageProblem.NoSuchKey, "The specified key does not exist.");
}
