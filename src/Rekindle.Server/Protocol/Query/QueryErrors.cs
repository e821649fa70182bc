using Rekindle.Api;

namespace Rekindle.Server.Protocol.Query;

/// <summary>How the query protocol names errors.</summary>
internal static class QueryErrors
{
    public static string NameOf(ErrorCode code) => code switch
    {
        ErrorCode.AccessDeniedException => "AccessDenied",
        ErrorCode.MissingAuthenticationTokenException => "MissingAuthenticationToken",
        ErrorCode.IncompleteSignatureException => "IncompleteSignature",
        ErrorCode.InvalidSignatureException => "SignatureDoesNotMatch",
        ErrorCode.UnrecognizedClientException => "InvalidClientTokenId",
        ErrorCode.ValidationException => "ValidationError",
        ErrorCode.ThrottlingException => "Throttling",
        ErrorCode.SerializationException => "MalformedInput",
        ErrorCode.UnknownOperationException => "InvalidAction",
        ErrorCode.MissingRequiredParameterException => "MissingParameter",
        ErrorCode.InvalidParameterValueException => "InvalidParameterValue",
        ErrorCode.InvalidParameterCombinationException => "InvalidParameterCombination",
        _ => code.ToString(),
    };

    /// <summary>The HTTP status of an answer in this protocol.</summary>
    public static int StatusOf(ErrorCode code) => code == ErrorCode.AccessDeniedException ? 403 : code.HttpStatus();
}
