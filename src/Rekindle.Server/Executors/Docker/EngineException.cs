namespace Rekindle.Server.Executors.Docker;

/// <summary>The container engine could not be reached, or did not answer. It is asked again.</summary>
internal sealed class EngineUnreachableException(string message, Exception inner) : Exception(message, inner);

/// <summary>The container engine won't do what was asked, and asking again won't change that.</summary>
internal sealed class EngineRefusalException(string message) : Exception(message);

/// <summary>The container engine answered with an error that may pass.</summary>
internal sealed class EngineErrorException(string message, Exception inner) : Exception(message, inner);
