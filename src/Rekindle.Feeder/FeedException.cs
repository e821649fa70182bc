namespace Rekindle.Feeder;

/// <summary>The data can't be fed, and trying again won't change that. The message is for the user.</summary>
internal sealed class FeedException(string message) : Exception(message);
