using Rekindle.Server.ObjectStorage;

namespace Rekindle.Server.Protocol.S3;

/// <summary>S3's error codes, as far as this server has reason to use them.</summary>
internal enum S3Code
{
    AccessDenied,
    AuthorizationHeaderMalformed,
    AuthorizationQueryParametersError,
    BadDigest,
    BucketAlreadyOwnedByYou,
    BucketNotEmpty,
    EntityTooLarge,
    EntityTooSmall,
    IncompleteBody,
    InsufficientStorage,
    InternalError,
    InvalidAccessKeyId,
    InvalidArgument,
    InvalidBucketName,
    InvalidDigest,
    InvalidPart,
    InvalidPartOrder,
    InvalidRange,
    InvalidRequest,
    InvalidURI,
    KeyTooLongError,
    MalformedTrailerError,
    MalformedXML,
    MethodNotAllowed,
    NotImplemented,
    MissingContentLength,
    NoSuchBucket,
    NoSuchKey,
    NoSuchUpload,
    NoSuchVersion,
    NotModified,
    OperationAborted,
    PreconditionFailed,
    RequestTimeTooSkewed,
    SignatureDoesNotMatch,
    SlowDown,
    XAmzContentSHA256Mismatch,
}

/// <summary>A request of S3 is refused.</summary>
internal sealed class S3Refusal(S3Code code, string message) : Exception(message)
{
    public S3Code Code { get; } = code;

    public int HttpStatus => Code switch
    {
        S3Code.NotModified => 304,
        S3Code.AccessDenied or S3Code.InvalidAccessKeyId or S3Code.RequestTimeTooSkewed or S3Code.SignatureDoesNotMatch => 403,
        S3Code.NoSuchBucket or S3Code.NoSuchKey or S3Code.NoSuchUpload or S3Code.NoSuchVersion => 404,
        S3Code.MethodNotAllowed => 405,
        S3Code.BucketAlreadyOwnedByYou or S3Code.BucketNotEmpty or S3Code.OperationAborted => 409,
        S3Code.MissingContentLength => 411,
        S3Code.PreconditionFailed => 412,
        S3Code.InvalidRange => 416,
        S3Code.InternalError => 500,
        S3Code.NotImplemented => 501,
        S3Code.SlowDown => 503,
        S3Code.InsufficientStorage => 507,
        _ => 400,
    };

    /// <summary>What the store says, in S3's words: they are the same.</summary>
    public static S3Refusal Of(StorageRefusedException refused) => new(Enum.Parse<S3Code>(refused.Problem.ToString()), refused.Message);
}
