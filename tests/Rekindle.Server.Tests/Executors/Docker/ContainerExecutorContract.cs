using Docker.DotNet;
using Docker.DotNet.Models;
using Microsoft.Extensions.Logging.Abstractions;
using Rekindle.Server.Executors.Docker;
using Rekindle.Server.Tests.Executors.Contract;
using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.Tests.Executors.Docker;

/// <summary>The contract in containers of a static busybox, whose <c>train</c> is the shell program in a variable.</summary>
public abstract partial class ContainerExecutorContract : ExecutorContract
{
    private const string Image = "rekindle-test:1";
    private const string ScriptVariable = "REKINDLE_TEST_SCRIPT";
    private readonly List<DockerExecutor> _opened = [];
    private DockerClient? _engine;

    /// <summary>The variable with the engine's address.</summary>
    protected abstract string EngineVariable { get; }

    protected override bool IsSandboxed => true;

    protected override string ExecutionsFolder => Path.Combine(DataFolder, "containers");

    protected string Endpoint => Environment.GetEnvironmentVariable(EngineVariable)
        ?? throw new InvalidOperationException($"{EngineVariable} is not set: these tests need a container engine. Run them by ./test, or by eng/with-engines COMMAND.");

    /// <summary>The engine itself, for what an executor does not tell.</summary>
    private protected DockerClient Engine => _engine ??= new DockerClientConfiguration(new Uri(Endpoint)).CreateClient();

    private protected override IExecutor Open(int slots = 4, long logCapBytes = 8 << 20) => OpenWith(Options(slots, logCapBytes));

    private protected override IExecutor OpenWithProfile(string pattern, int slots) =>
        OpenWith(Options() with { Profiles = [new InstanceProfile { Pattern = pattern, Executor = InstanceProfile.Docker, Slots = slots }] });

    private protected DockerExecutorOptions Options(int slots = 4, long logCapBytes = 8 << 20) => new()
    {
        DataFolder = DataFolder,
        Endpoint = Endpoint,
        Slots = slots,
        LogCapBytes = logCapBytes,
        FileRoots = [Path.Combine(Folder, "files")],
    };

    private protected DockerExecutor OpenWith(DockerExecutorOptions options)
    {
        var executor = new DockerExecutor(options, TimeProvider.System, NullLogger<DockerExecutor>.Instance);
        _opened.Add(executor);
        return executor;
    }

    private protected override TrainingDefinition Define(string script, Func<TrainingDefinition, TrainingDefinition> change)
    {
        var changed = change(new TrainingDefinition { Image = Image, OutputPath = "s3://artifacts/out" });
        return changed with { Environment = new Dictionary<string, string>(changed.Environment) { [ScriptVariable] = script } };
    }

    private protected override IExecutor Living(IExecutor executor) => executor is DockerExecutor { IsDisposed: true } ? Open() : executor;

    /// <summary>The engine's containers of this test's server.</summary>
    private protected async Task<IList<ContainerListResponse>> ContainersAsync() => await Engine.Containers.ListContainersAsync(new ContainersListParameters
    {
        All = true,
        Filters = new Dictionary<string, IDictionary<string, bool>>
        {
            ["label"] = new Dictionary<string, bool> { [$"rekindle.server={ServerName.Of(DataFolder)}"] = true },
        },
    });

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _opened.ForEach(executor => executor.Dispose());
        _engine?.Dispose();
        GC.SuppressFinalize(this);
    }
}

/// <summary>Fails, and says what to do, where no Docker daemon was started for it.</summary>
[Trait("Needs", "docker")]
public sealed class DockerExecutorTests : ContainerExecutorContract
{
    protected override string EngineVariable => "REKINDLE_TEST_DOCKER";

    protected override bool TellsOutOfMemory => true;
}

[Trait("Needs", "podman")]
public sealed class PodmanExecutorTests : ContainerExecutorContract
{
    protected override string EngineVariable => "REKINDLE_TEST_PODMAN";

    // Not with control groups of the first version.
    protected override bool TellsOutOfMemory => false;
}
