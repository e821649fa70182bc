using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.Executors.Docker;

/// <summary>How training programs are run in containers.</summary>
internal sealed record DockerExecutorOptions
{
    /// <summary>Docker's own socket.</summary>
    public const string DefaultEndpoint = "unix:///var/run/docker.sock";

    /// <summary>Stands for the user the server runs as.</summary>
    public const string ServersUser = "server";

    /// <summary>The server's data folder. The engine mounts folders below it, so it must see it under the same path.</summary>
    public required string DataFolder { get; init; }

    /// <summary>Where the engine listens: Docker's daemon, or podman's service.</summary>
    public string Endpoint { get; init; } = DefaultEndpoint;

    /// <summary>Limits and slots by instance type; those of another executor don't matter here.</summary>
    public IReadOnlyList<InstanceProfile> Profiles { get; init; } = [];

    /// <summary>Slots of a profile that names none.</summary>
    public int Slots { get; init; } = Environment.ProcessorCount;

    /// <summary>What a log may grow to, in bytes; of the rest only the end is kept.</summary>
    public long LogCapBytes { get; init; } = 100L << 20;

    /// <summary>Buckets and the folders that stand for them; unlisted ones are <c>s3/BUCKET</c> in the data folder.</summary>
    public IReadOnlyDictionary<string, string> Buckets { get; init; } = new Dictionary<string, string>();

    /// <summary>Buckets that are no folders; null when there are none.</summary>
    public BucketsElsewhere? Elsewhere { get; init; }

    /// <summary>The folders that <c>file://</c> may reach into, the data folder excepted. Empty: the buckets and the current folder.</summary>
    public IReadOnlyList<string> FileRoots { get; init; } = [];

    /// <summary>Who programs are: <see cref="ServersUser"/>, or a user as the engine takes it; null: as their images say.</summary>
    public string? User { get; init; }

    /// <summary>How long a container that was claimed may take to be started by whoever claimed it, before it is started by another.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The endpoint that was set, else the one of the environment, else Docker's own.</summary>
    public static string EndpointOf(string? setting) =>
        setting ?? (Environment.GetEnvironmentVariable("DOCKER_HOST") is { Length: > 0 } host ? host : DefaultEndpoint);
}
