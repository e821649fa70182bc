namespace Rekindle.Server.Executors.Local;

/// <param name="Sandboxed">Whether it runs under bubblewrap.</param>
/// <param name="BootId">The boot of the machine it belongs to: process numbers and start times begin anew with each.</param>
/// <param name="Process">The shim's process that waits for the program.</param>
/// <param name="Session">The shim's session; the program has one of its own.</param>
internal sealed record ExecutionOwner(bool Sandboxed, string BootId, ProcessIdentity Process, int Session)
{
    public const string SandboxMode = "sandbox";
    public const string PlainMode = "plain";
}

internal static class ExecutionOwners
{
    /// <summary>Who runs it, null while the claim is not yet written to its end, and for one that was cancelled before it ran.</summary>
    public static ExecutionOwner? ReadOwner(this ExecutionRecord record)
    {
        if (record.ReadClaim() is not { } text || !text.EndsWith('\n')) return null;
        var parts = text.Split(' ', 3);
        return parts.Length == 3 && ProcessTable.Parse(parts[2]) is { } process
            ? new ExecutionOwner(parts[0] == ExecutionOwner.SandboxMode, parts[1], process.Identity, process.Session)
            : null;
    }
}
