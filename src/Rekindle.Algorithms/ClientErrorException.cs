namespace Rekindle.Algorithms;

/// <summary>The user's data or hyperparameters are at fault; the message names what and where, and goes into the failure file.</summary>
internal sealed class ClientErrorException(string message, Exception? inner = null) : Exception(message, inner);
