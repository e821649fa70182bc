using System.Globalization;
using Docker.DotNet.Models;

namespace Rekindle.Server.Executors.Docker;

/// <summary>What the engine says of a container.</summary>
/// <param name="Id">Its number.</param>
/// <param name="IsNew">Whether its program never ran.</param>
/// <param name="IsRunning">Whether its program runs now.</param>
/// <param name="StartedAt">When its program began, by the engine's clock.</param>
/// <param name="EndedAt">When it ended.</param>
/// <param name="ExitCode">How.</param>
/// <param name="WasOutOfMemory">Whether the kernel killed a process of it for its memory limit, as far as the engine knows.</param>
/// <param name="MemoryLimit">Bytes; 0 without a limit.</param>
internal sealed record ContainerState(
    string Id, bool IsNew, bool IsRunning, DateTimeOffset? StartedAt, DateTimeOffset? EndedAt, int ExitCode, bool WasOutOfMemory, long MemoryLimit)
{
    private const int KilledExitCode = 137;

    public static ContainerState Of(ContainerInspectResponse response)
    {
        var started = Time(response.State.StartedAt);
        return new ContainerState(
            response.ID,
            IsNew: started is null && !response.State.Running,
            response.State.Running || response.State.Paused || response.State.Restarting,
            started,
            Time(response.State.FinishedAt),
            (int)response.State.ExitCode,
            response.State.OOMKilled,
            response.HostConfig?.Memory ?? 0);
    }

    /// <summary>What ended the program, where its exit code alone does not say; null when it does.</summary>
    /// <param name="wasStopped">Whether it was asked to end.</param>
    public string? Reason(bool wasStopped)
    {
        if (ExitCode == 0) return null;
        if (WasOutOfMemory)
        {
            return MemoryLimit > 0
                ? $"OutOfMemory: the container was killed at its memory limit of {Size(MemoryLimit)}; use an instance type with more memory, or raise Memory in its profile"
                : "OutOfMemory: the container was killed because the machine ran out of memory";
        }

        return ExitCode == KilledExitCode && !wasStopped && MemoryLimit > 0
            ? $"The container was killed from outside; it may have run out of memory, of which it was given {Size(MemoryLimit)}"
            : null;
    }

    /// <summary>Whether it ended as containers end that an engine takes down with it, or finds gone when it comes back.</summary>
    public bool MayBeEnginesEnd => !IsRunning && !WasOutOfMemory && ExitCode is 137 or 143 or 255;

    private static string Size(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1 << 20):0.#} MiB");

    // The year 1 stands for never.
    private static DateTimeOffset? Time(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) && time.Year > 1 ? time : null;
}
