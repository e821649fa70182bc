namespace Rekindle.Cli.Suggesting;

/// <summary>A request that can't be answered; its sentence is the answer, and the next request is read.</summary>
internal sealed class RequestException(string message) : Exception(message);
