namespace Rekindle.Api;

/// <summary>An answer that is an error: thrown by operations, turned into HTTP in one place, and thrown again by the client.</summary>
/// <param name="code">The error.</param>
/// <param name="message">AWS's sentence for it.</param>
/// <param name="inner">What caused it, if anything did.</param>
public sealed class ApiException(ErrorCode code, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The error.</summary>
    public ErrorCode Code { get; } = code;

    /// <summary>The HTTP status it is answered with.</summary>
    public int HttpStatus => Code.HttpStatus();
}
