namespace Rekindle.Api;

/// <summary>A text that is no JSON of the expected form: the only exception reading ever throws.</summary>
/// <param name="message">What is wrong, with the member's path where there is one.</param>
/// <param name="inner">The reader's own complaint.</param>
public sealed class ApiJsonException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Whether the text is JSON of the right form but for a member that the shape does not have.</summary>
    public bool IsUnknownMember { get; init; }

    /// <summary>The same as an answer of the service.</summary>
    public ApiException ToApiException() => new(ErrorCode.SerializationException, Message, this);
}
