using System.Globalization;
using Docker.DotNet.Models;
using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.Executors.Docker;

/// <summary>What an engine is asked for: the container of one execution. The log driver and the first process are the engine's matter.</summary>
internal static class ContainerPlan
{
    public const string JobLabel = "rekindle.training-job";
    public const string ServerLabel = "rekindle.server";
    private const string ArnLabel = "rekindle.training-job-arn";
    private const string DataLabel = "rekindle.data-folder";

    // What an engine keeps of a log beyond what we do: nobody needs it, but cutting it short would lose lines that were not yet read.
    private const long LeastEngineLog = 64L << 20;

    /// <summary>Two servers on one engine have two names for a training job of the same name.</summary>
    public static string NameOf(string server, string execution) => $"rekindle-{server}-{execution}";

    /// <param name="spec">The execution.</param>
    /// <param name="server">The server's own name, by which it knows its containers.</param>
    /// <param name="profile">Limits; null without any.</param>
    /// <param name="options">The executor's.</param>
    /// <param name="mounts">Folders and files of this machine; those that are not writable are the input.</param>
    public static CreateContainerParameters Of(
        ExecutionSpec spec, string server, InstanceProfile? profile, DockerExecutorOptions options, IEnumerable<(string Source, string Target, bool Writable)> mounts)
    {
        var processors = profile?.Cpus is { } cpus ? Math.Min(cpus, Environment.ProcessorCount) : (decimal?)null;
        var environment = TrainingEnvironment.Of(
            spec, "/opt/ml", new Dictionary<string, string>(), script: null, (int)Math.Ceiling(processors ?? Environment.ProcessorCount));
        // Docker's first process is then one that hands a stop on to all of the program's processes, not to the first alone.
        environment.TryAdd("TINI_KILL_PROCESS_GROUP", "1");
        return new CreateContainerParameters
        {
            Name = NameOf(server, spec.Name),
            Image = spec.Definition.Image,
            Hostname = "algo-1",
            Entrypoint = spec.Definition.Entrypoint is { Count: > 0 } entrypoint ? [.. entrypoint] : null,
            Cmd = spec.Definition.Arguments is { } arguments ? [.. arguments] : spec.Definition.Entrypoint is { Count: > 0 } ? [] : ["train"],
            Env = [.. environment.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}={pair.Value}")],
            User = UserOf(options.User),
            Labels = new Dictionary<string, string>
            {
                [JobLabel] = spec.Name,
                [ArnLabel] = spec.TrainingJobArn,
                [ServerLabel] = server,
                [DataLabel] = options.DataFolder,
            },
            HostConfig = new HostConfig
            {
                Mounts = [.. mounts.Select(mount => new Mount { Type = "bind", Source = mount.Source, Target = mount.Target, ReadOnly = !mount.Writable })],
                NetworkMode = spec.Definition.NetworkIsolation ? "none" : null,
                Memory = profile?.Memory ?? 0,
                // Memory and swap together: without it a limit would be none where there is swap.
                MemorySwap = profile?.Memory ?? 0,
                NanoCPUs = processors is { } count ? (long)(count * 1_000_000_000) : 0,
                ShmSize = profile?.SharedMemory ?? (profile?.Memory ?? GC.GetGCMemoryInfo().TotalAvailableMemoryBytes) / 2,
                RestartPolicy = new RestartPolicy { Name = RestartPolicyKind.No },
                LogConfig = new LogConfig { Config = LogLimits(options.LogCapBytes) },
            },
        };
    }

    /// <summary>Lets the container have GPUs of this machine, and no others.</summary>
    public static void GiveGpus(CreateContainerParameters plan, IReadOnlyList<string> devices)
    {
        var variables = TrainingEnvironment.OfGpus(devices, inContainer: true);
        plan.Env =
        [
            .. plan.Env.Where(entry => !variables.ContainsKey(entry.Split('=', 2)[0]))
                .Concat(variables.Select(pair => $"{pair.Key}={pair.Value}")).Order(StringComparer.Ordinal),
        ];
        if (devices.Count > 0)
        {
            plan.HostConfig.DeviceRequests = [new DeviceRequest { Driver = "nvidia", DeviceIDs = [.. devices], Capabilities = [["gpu"]] }];
        }
    }

    private static Dictionary<string, string> LogLimits(long logCapBytes) => new()
    {
        ["max-size"] = Math.Max(LeastEngineLog, logCapBytes > long.MaxValue / 4 ? logCapBytes : 4 * logCapBytes).ToString(CultureInfo.InvariantCulture),
        ["max-file"] = "2",
    };

    private static string? UserOf(string? setting) => setting == DockerExecutorOptions.ServersUser
        ? string.Create(CultureInfo.InvariantCulture, $"{Native.EffectiveUserId()}:{Native.EffectiveGroupId()}")
        : setting;
}
