namespace Rekindle.Server.Executors.Local;

/// <summary>Finds and signals the processes of a running execution, always starting from the shim, whose identity is checked first.</summary>
internal sealed class TrainingProcess(string folder, ExecutionOwner owner, string bootId)
{
    public bool OwnerIsAlive => owner.BootId == bootId && ProcessTable.IsAlive(owner.Process);

    /// <summary>Whether a sandboxed execution's log is still being written: the writer is what is left of the shim's session.</summary>
    public bool IsWriting =>
        owner.Sandboxed && owner.BootId == bootId && ProcessTable.All().Any(process => process.IsAlive && process.Session == owner.Session);

    /// <summary>Sends SIGTERM to the program's whole group; false when the program isn't there yet.</summary>
    public bool Terminate()
    {
        if (!OwnerIsAlive) return false;
        var program = Program();
        return program is { } found && found.Group != owner.Session && Native.SignalGroup(found.Group, Native.SigTerm);
    }

    /// <summary>Kills everything the execution started, except the shim, which then writes down how it ended.</summary>
    public void Kill()
    {
        if (!OwnerIsAlive) return;
        if (!owner.Sandboxed)
        {
            if (Program() is { } program && program.Group != owner.Session) Native.SignalGroup(program.Group, Native.SigKill);
            KillLeftovers();
            return;
        }

        // The first process of the namespace takes all others with it, wherever they went; while it isn't there yet, its parent does.
        var monitor = Only(owner.Process.Pid);
        if (monitor is null) return;
        var init = Only(monitor.Value.Identity.Pid);
        Native.Signal((init ?? monitor).Value.Identity.Pid, Native.SigKill);
    }

    /// <summary>
    /// Kills what an unsandboxed program left behind, in other groups and sessions too: its processes carry the execution's mark in their
    /// environment. The shim's own session is spared.
    /// </summary>
    public void KillLeftovers()
    {
        if (owner.Sandboxed || owner.BootId != bootId) return;
        foreach (var process in ProcessTable.WithEnvironment(Launch.MarkerOf(folder)))
        {
            if (process.Session != owner.Session && ProcessTable.IsAlive(process.Identity)) Native.Signal(process.Identity.Pid, Native.SigKill);
        }
    }

    // Sandboxed: shim, bwrap, the namespace's first process (leader of the program's group), the program. Else: shim, program.
    private ProcessEntry? Program()
    {
        var child = Only(owner.Process.Pid);
        if (!owner.Sandboxed) return child is { } direct && direct.Group == direct.Identity.Pid ? child : null;
        if (child is null || Only(child.Value.Identity.Pid) is not { } init || init.Group != init.Identity.Pid) return null;
        return ProcessTable.ChildrenOf(init.Identity.Pid).Where(process => process.Group == init.Group).Select(process => (ProcessEntry?)process).FirstOrDefault();
    }

    private static ProcessEntry? Only(int parent) => ProcessTable.ChildrenOf(parent) is [var only, ..] ? only : null;
}
