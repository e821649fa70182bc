namespace Rekindle.Server.Executors.Docker;

/// <summary>The name of an image, taken apart as an engine wants it for pulling.</summary>
/// <param name="Name">Registry, path and repository; with the digest if it has one.</param>
/// <param name="Tag">Null when a digest says which.</param>
/// <param name="Registry">The registry's host, by which its credentials are kept.</param>
internal sealed record ImageReference(string Name, string? Tag, string Registry)
{
    public const string DockerHub = "https://index.docker.io/v1/";

    public static ImageReference Parse(string image)
    {
        var first = image.Split('/', 2) is [var host, _] && (host.AsSpan().ContainsAny('.', ':') || host == "localhost") ? host : DockerHub;
        if (image.Contains('@', StringComparison.Ordinal)) return new ImageReference(image, null, first);
        var colon = image.LastIndexOf(':');
        return colon > image.LastIndexOf('/')
            ? new ImageReference(image[..colon], image[(colon + 1)..], first)
            : new ImageReference(image, "latest", first);
    }

    /// <summary>Why <paramref name="image"/> names no image of a container engine, in a sentence for the user; null when it does.</summary>
    public static string? Refuse(string image)
    {
        if (image.StartsWith('/') || image.StartsWith("file://", StringComparison.Ordinal))
        {
            return $"The training image \"{image}\" is a program of this machine, and the instance type runs containers: name a container image, or an instance type of the local executor.";
        }

        return image.Length == 0 || image.Any(c => char.IsWhiteSpace(c) || char.IsControl(c)) || image.Contains("://", StringComparison.Ordinal)
            ? $"The training image \"{image}\" is no name of a container image."
            : null;
    }
}
