using System.Globalization;
using Rekindle.Server.Executors.Local;

namespace Rekindle.Server.Executors.Docker;

/// <summary>What an execution's files say about its container, and how it is written down. Each of it can be written twice.</summary>
internal sealed class ContainerRecord(ExecutionRecord files)
{
    private const string Mode = "docker";

    private static readonly string BootId = ProcessTable.BootId();

    public ExecutionRecord Files { get; } = files;

    public string? Refusal => Read("refused");

    public string? LostReason => Read("lost");

    /// <summary>Whether it was lost before its program ran.</summary>
    public bool NeverStarted => Has("unstarted") && Has("lost");

    public string? Reason => Read("reason");

    /// <summary>Whether nothing about it changes any more.</summary>
    public bool HasEnded => Files is { IsDrained: true, ExitCode: not null } || Has("lost") || Has("refused");

    /// <summary>Whether it is known that the engine holds no container of it.</summary>
    public bool IsRemoved => Has("removed");

    /// <summary>Whether the engine could not be reached, or the machine was started anew, while it may have run.</summary>
    public bool WasOutOfSight => Has("away") || (Claim() is { Boot: var boot } && boot != BootId);

    public string? ContainerId => Claim()?.Id;

    /// <summary>Takes the execution for the container; false when it is taken, by a container or by a stop.</summary>
    public bool TryClaim(string containerId)
    {
        try
        {
            // Written beside and linked: who finds a claim finds a whole one.
            var draft = Path.Combine(Files.Folder, $"claim.{Guid.NewGuid():N}");
            File.WriteAllText(draft, $"{Mode} {BootId} {containerId}\n");
            try
            {
                File.Move(draft, Path.Combine(Files.Folder, "started"), overwrite: false);
                return true;
            }
            finally
            {
                File.Delete(draft);
            }
        }
        catch (IOException) when (Files.WasClaimed)
        {
            return false;
        }
    }

    /// <summary>When the program began, as the engine says.</summary>
    public void SetStarted(DateTimeOffset at) => File.SetLastWriteTimeUtc(Path.Combine(Files.Folder, "started"), at.UtcDateTime);

    public void MarkAway() => Write("away", "");

    public void MarkRemoved() => Write("removed", "");

    public void Lose(string reason) => Write("lost", reason);

    public void LoseUnstarted(string reason)
    {
        Write("unstarted", "");
        Lose(reason);
    }

    public void Refuse(string reason) => Write("refused", reason);

    /// <summary>The end; the log is complete by now.</summary>
    public void Finish(int exitCode, DateTimeOffset at, string? reason)
    {
        if (reason is not null) Write("reason", reason);
        var exit = $"exit.{exitCode.ToString(CultureInfo.InvariantCulture)}";
        Write(exit, "");
        File.SetLastWriteTimeUtc(Path.Combine(Files.Folder, exit), at.UtcDateTime);
        Write("drained", "");
    }

    private (string Boot, string Id)? Claim() =>
        Files.ReadClaim()?.TrimEnd('\n').Split(' ') is [Mode, var boot, var id] ? (boot, id) : null;

    private bool Has(string name) => File.Exists(Path.Combine(Files.Folder, name));

    private string? Read(string name) => Has(name) ? File.ReadAllText(Path.Combine(Files.Folder, name)) : null;

    private void Write(string name, string text)
    {
        var draft = Path.Combine(Files.Folder, $"{name}.{Guid.NewGuid():N}");
        File.WriteAllText(draft, text);
        File.Move(draft, Path.Combine(Files.Folder, name), overwrite: true);
    }
}
