namespace Rekindle.Server.ForeignStorage;

/// <summary>The endpoint can't be reached or is in trouble of its own: asking again later may help.</summary>
internal sealed class EndpointAwayException(string message) : Exception(message);

/// <summary>The endpoint said no: asking again won't help.</summary>
/// <param name="code">S3's code, such as <c>NoSuchBucket</c>.</param>
/// <param name="message">What it said, with its address.</param>
internal sealed class EndpointRefusedException(string code, string message) : Exception(message)
{
    public string Code { get; } = code;
}

/// <summary>An object is not the one that was listed any more.</summary>
internal sealed class ObjectChangedException(string key) : Exception($"The object \"{key}\" was changed or removed while it was read.");

/// <summary>An address that no endpoint may have: where clouds hand out credentials, or a place that the endpoint itself named.</summary>
internal sealed class ForbiddenAddressException(string message) : Exception(message);

/// <summary>This machine has no room for what is to be brought here, or can't write it.</summary>
internal sealed class DiskTroubleException(string folder, string problem) : Exception($"The folder {folder} can't take the data: {problem}");
