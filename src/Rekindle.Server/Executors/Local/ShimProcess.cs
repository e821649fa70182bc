using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Text;

namespace Rekindle.Server.Executors.Local;

/// <summary>
/// Starts shims, and tells when one has ended. Not <see cref="System.Diagnostics.Process"/>: that one hands down the ignored SIGPIPE of the
/// runtime (and whatever the server's own parent ignored) to training programs, and can't make a session.
/// </summary>
internal sealed unsafe partial class ShimProcess : IDisposable
{
    private const short SetSignalDefaults = 0x04;
    private const short SetSignalMask = 0x08;
    private const short SetSession = 0x80;
    private const int NoHang = 1;

    private readonly Lock _gate = new();
    private readonly Dictionary<int, Action> _children = [];
    private readonly PosixSignalRegistration _childSignal;

    public ShimProcess() => _childSignal = PosixSignalRegistration.Create(PosixSignal.SIGCHLD, _ => Reap());

    /// <summary>Starts <c>/bin/sh</c> in a session of its own, all signals at their defaults.</summary>
    /// <param name="arguments">What follows <c>sh</c>.</param>
    /// <param name="environment">The whole environment.</param>
    /// <param name="onExit">Called once, on another thread, when the process has ended.</param>
    /// <exception cref="Win32Exception">The machine has no room for another process.</exception>
    public void Start(IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment, Action onExit)
    {
        lock (_gate)
        {
            // Under the gate: a process that ends at once must not be reaped before it is known.
            _children.Add(Spawn("/bin/sh", ["sh", .. arguments], [.. environment.Select(pair => $"{pair.Key}={pair.Value}")]), onExit);
        }

        Reap();
    }

    public void Dispose() => _childSignal.Dispose();

    private void Reap()
    {
        List<Action> ended = [];
        lock (_gate)
        {
            foreach (var pid in _children.Keys.ToList())
            {
                // Zero: still running. An error: someone else took its status, so it has ended.
                if (WaitPid(pid, null, NoHang) != 0 && _children.Remove(pid, out var onExit)) ended.Add(onExit);
            }
        }

        ended.ForEach(onExit => ThreadPool.QueueUserWorkItem(_ => onExit()));
    }

    private static int Spawn(string path, IReadOnlyList<string> arguments, IReadOnlyList<string> environment)
    {
        // Both types are opaque; no C library's are larger than these.
        var attributes = stackalloc byte[1024];
        var signals = stackalloc byte[256];
        var argv = Pointers(arguments);
        var envp = Pointers(environment);
        var file = (byte*)Marshal.StringToCoTaskMemUTF8(path);
        Check(AttributesInit(attributes));
        try
        {
            Check(SignalsFill(signals));
            Check(AttributesSetDefaults(attributes, signals));
            Check(SignalsEmpty(signals));
            Check(AttributesSetMask(attributes, signals));
            Check(AttributesSetFlags(attributes, SetSignalDefaults | SetSignalMask | SetSession));
            int pid;
            Check(PosixSpawn(&pid, file, null, attributes, argv, envp));
            return pid;
        }
        finally
        {
            _ = AttributesDestroy(attributes);
            Marshal.FreeCoTaskMem((nint)file);
            Free(argv);
            Free(envp);
        }
    }

    private static void Check(int error)
    {
        if (error != 0) throw new Win32Exception(error);
    }

    private static byte** Pointers(IReadOnlyList<string> texts)
    {
        var pointers = (byte**)NativeMemory.AllocZeroed((nuint)texts.Count + 1, (nuint)sizeof(byte*));
        for (var i = 0; i < texts.Count; i++)
        {
            var bytes = Encoding.UTF8.GetBytes(texts[i]);
            pointers[i] = (byte*)NativeMemory.AllocZeroed((nuint)bytes.Length + 1);
            bytes.CopyTo(new Span<byte>(pointers[i], bytes.Length));
        }

        return pointers;
    }

    private static void Free(byte** pointers)
    {
        for (var at = pointers; *at is not null; at++)
        {
            NativeMemory.Free(*at);
        }

        NativeMemory.Free(pointers);
    }

    [LibraryImport("libc", EntryPoint = "waitpid")]
    private static partial int WaitPid(int pid, int* status, int options);

    [LibraryImport("libc", EntryPoint = "posix_spawn")]
    private static partial int PosixSpawn(int* pid, byte* path, void* fileActions, byte* attributes, byte** argv, byte** envp);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_init")]
    private static partial int AttributesInit(byte* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_destroy")]
    private static partial int AttributesDestroy(byte* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setflags")]
    private static partial int AttributesSetFlags(byte* attributes, short flags);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigdefault")]
    private static partial int AttributesSetDefaults(byte* attributes, byte* signals);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigmask")]
    private static partial int AttributesSetMask(byte* attributes, byte* signals);

    [LibraryImport("libc", EntryPoint = "sigfillset")]
    private static partial int SignalsFill(byte* signals);

    [LibraryImport("libc", EntryPoint = "sigemptyset")]
    private static partial int SignalsEmpty(byte* signals);
}
