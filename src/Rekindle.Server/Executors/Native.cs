using System.Runtime.InteropServices;

namespace Rekindle.Server.Executors;

/// <summary>Signals and identities: system calls .NET has no methods for.</summary>
internal static partial class Native
{
    public const int SigTerm = 15;
    public const int SigKill = 9;

    /// <summary>Sends a signal to one process; false when there is none. Never a group, never everyone: <paramref name="pid"/> must be above 1.</summary>
    public static bool Signal(int pid, int signal) => pid > 1 && Kill(pid, signal) == 0;

    /// <summary>Sends a signal to a whole process group, never to this process's own; false when there is none.</summary>
    public static bool SignalGroup(int group, int signal) => group > 1 && group != OwnGroup() && Kill(-group, signal) == 0;

    [LibraryImport("libc", EntryPoint = "getpgrp")]
    private static partial int OwnGroup();

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int pid, int signal);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    public static partial uint EffectiveUserId();

    [LibraryImport("libc", EntryPoint = "getegid")]
    public static partial uint EffectiveGroupId();
}
