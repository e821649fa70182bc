using System.IO.Enumeration;

namespace Rekindle.Server;

/// <summary>What training jobs of an instance type run on.</summary>
public sealed record InstanceProfile
{
    /// <summary>The executor of processes of this machine.</summary>
    public const string Local = "local";

    /// <summary>The executor of containers.</summary>
    public const string Docker = "docker";

    /// <summary>The instance types it is for; <c>*</c> and <c>?</c> are wild cards.</summary>
    public required string Pattern { get; init; }

    /// <summary><see cref="Local"/> or <see cref="Docker"/>.</summary>
    public string Executor { get; init; } = Local;

    /// <summary>How many training jobs of this profile run at once; null: a container profile has as many slots as the machine has cores, a local one shares those of all local training jobs.</summary>
    public int? Slots { get; init; }

    /// <summary>Bytes of memory for each training job; null: no limit.</summary>
    public long? Memory { get; init; }

    /// <summary>Processors for each training job; null: no limit.</summary>
    public decimal? Cpus { get; init; }

    /// <summary>Bytes that <c>/dev/shm</c> holds; null: half of the memory.</summary>
    public long? SharedMemory { get; init; }

    /// <summary>GPUs that each training job has to itself.</summary>
    public int Gpus { get; init; }

    /// <summary>The profile of an instance type: its own name wins, then the longest pattern. Null when none fits.</summary>
    internal static InstanceProfile? Find(IReadOnlyList<InstanceProfile> profiles, string instanceType) => profiles
        .Where(profile => FileSystemName.MatchesSimpleExpression(profile.Pattern, instanceType, ignoreCase: true))
        .OrderByDescending(profile => profile.Pattern.Equals(instanceType, StringComparison.OrdinalIgnoreCase))
        .ThenByDescending(profile => profile.Pattern.Length)
        .ThenBy(profile => profile.Pattern, StringComparer.Ordinal)
        .FirstOrDefault();
}
