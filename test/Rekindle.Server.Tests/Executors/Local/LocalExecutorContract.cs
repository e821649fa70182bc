using Microsoft.Extensions.Logging.Abstractions;
using Rekindle.Server.Executors.Local;
using Rekindle.Server.Tests.Executors.Contract;
using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.Tests.Executors.Local;

public abstract class LocalExecutorContract : ExecutorContract
{
    private readonly List<LocalExecutor> _opened = [];

    private protected override IExecutor Open(int slots = 4, long logCapBytes = 8 << 20) => OpenWith(Options(slots, logCapBytes));

    private protected LocalExecutorOptions Options(int slots = 4, long logCapBytes = 8 << 20) =>
        new() { DataFolder = DataFolder, Slots = slots, LogCapBytes = logCapBytes, Sandbox = IsSandboxed, FileRoots = [Path.Combine(Folder, "files")] };

    private protected LocalExecutor OpenWith(LocalExecutorOptions options)
    {
        var executor = new LocalExecutor(options, TimeProvider.System, NullLogger<LocalExecutor>.Instance);
        _opened.Add(executor);
        return executor;
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _opened.ForEach(executor => executor.Dispose());
        GC.SuppressFinalize(this);
    }
}

/// <summary>Fails, and says what to install, where bubblewrap is missing.</summary>
public sealed class SandboxedLocalExecutorTests : LocalExecutorContract
{
    protected override bool IsSandboxed => true;
}

public sealed class PlainLocalExecutorTests : LocalExecutorContract
{
    protected override bool IsSandboxed => false;
}
