namespace Rekindle.Api;

/// <summary>The errors this API answers with. The names are the wire's <c>__type</c>.</summary>
public enum ErrorCode
{
    /// <summary>The request breaks a rule.</summary>
    ValidationException,

    /// <summary>The name is taken.</summary>
    ResourceInUse,

    /// <summary>A limit of the service would be passed.</summary>
    ResourceLimitExceeded,

    /// <summary>There is nothing of that name.</summary>
    ResourceNotFound,

    /// <summary>Another change is under way.</summary>
    ConflictException,

    /// <summary>The body is no JSON of the expected form.</summary>
    SerializationException,

    /// <summary>The target header names no operation.</summary>
    UnknownOperationException,

    /// <summary>Too many requests; try later.</summary>
    ThrottlingException,

    /// <summary>The caller may not do this.</summary>
    AccessDeniedException,

    /// <summary>The request carries no signature.</summary>
    MissingAuthenticationTokenException,

    /// <summary>The signature lacks a part.</summary>
    IncompleteSignatureException,

    /// <summary>The access key is unknown.</summary>
    UnrecognizedClientException,

    /// <summary>The signature does not fit the request.</summary>
    InvalidSignatureException,

    /// <summary>The request was signed too long ago or ahead of time.</summary>
    RequestExpired,

    /// <summary>CloudWatch Logs: no such log group or stream.</summary>
    ResourceNotFoundException,

    /// <summary>CloudWatch Logs: a parameter makes no sense.</summary>
    InvalidParameterException,

    /// <summary>CloudWatch: a parameter is missing.</summary>
    MissingRequiredParameterException,

    /// <summary>CloudWatch: a parameter's value makes no sense.</summary>
    InvalidParameterValueException,

    /// <summary>CloudWatch: parameters that do not go together.</summary>
    InvalidParameterCombinationException,

    /// <summary>The fault is the service's own.</summary>
    InternalFailure,
}

/// <summary>Facts about error codes.</summary>
public static class ErrorCodes
{
    /// <summary>
    /// The HTTP status of a code: 400 by the rule of AWS JSON 1.1 (also for <see cref="ErrorCode.AccessDeniedException"/>, as SageMaker
    /// answers it), 403 where AWS's list of common errors says so, 500 for the service's own faults.
    /// </summary>
    public static int HttpStatus(this ErrorCode code) => code switch
    {
        ErrorCode.MissingAuthenticationTokenException or ErrorCode.IncompleteSignatureException
            or ErrorCode.UnrecognizedClientException or ErrorCode.InvalidSignatureException => 403,
        ErrorCode.InternalFailure => 500,
        _ => 400,
    };

    /// <summary>
    /// Reads a wire name, with or without a namespace before <c>#</c> and an address after <c>:</c>. Unknown names give
    /// <see cref="ErrorCode.InternalFailure"/> and false.
    /// </summary>
    public static bool TryParse(string? wire, out ErrorCode code)
    {
        var name = wire ?? "";
        name = name[(name.LastIndexOf('#') + 1)..];
        if (name.IndexOf(':', StringComparison.Ordinal) is >= 0 and var colon)
            name = name[..colon];
        code = ErrorCode.InternalFailure;
        // Enum.TryParse also takes numbers, which are no names.
        return name.Length > 0 && char.IsAsciiLetter(name[0]) && Enum.TryParse(name, ignoreCase: false, out code);
    }
}
