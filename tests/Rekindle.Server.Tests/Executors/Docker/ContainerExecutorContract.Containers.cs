using System.Globalization;
using Docker.DotNet.Models;
using Rekindle.Server.Executors.Docker;
using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.Tests.Executors.Docker;

/// <summary>What containers are besides.</summary>
public abstract partial class ContainerExecutorContract
{
    /// <summary>Whether the engine says that a container ran out of memory, and not only that it was killed.</summary>
    protected abstract bool TellsOutOfMemory { get; }

    [Fact]
    public async Task A_running_container_says_whose_it_is_and_an_ended_one_is_gone()
    {
        var executor = Open();
        var spec = Spec("echo ready; while [ ! -e $M/input/data/go ]; do sleep 0.02; done");
        await SubmitAsync(executor, spec);
        await LineAsync(executor, spec.Name, "ready");
        var container = Assert.Single(await ContainersAsync());
        Assert.Equal($"/rekindle-{ServerName.Of(DataFolder)}-{spec.Name}", Assert.Single(container.Names));
        Assert.Equal(spec.Name, container.Labels["rekindle.training-job"]);
        Assert.Equal(spec.TrainingJobArn, container.Labels["rekindle.training-job-arn"]);
        Assert.Equal(DataFolder, container.Labels["rekindle.data-folder"]);
        await File.WriteAllTextAsync(Path.Combine(ExecutionsFolder, spec.Name, "opt-ml", "input", "data", "go"), "");
        await EndOfAsync(executor, spec.Name);
        await executor.RemoveAsync(spec.Name, CancellationToken.None);
        Assert.Empty(await ContainersAsync());
    }

    [Fact]
    public async Task Two_servers_on_one_engine_run_training_jobs_of_the_same_name_side_by_side()
    {
        var mine = Open();
        var other = OpenWith(Options() with { DataFolder = Path.Combine(Folder, "other") });
        var (first, second) = (Spec("echo first; sleep 60", "same"), Spec("echo second", "same"));
        await SubmitAsync(mine, first);
        await SubmitAsync(other, second);
        Assert.Equal(["second"], Texts(await EndOfAsync(other, "same")));
        Assert.Equal(ExecutionState.Running, (await LineAsync(mine, "same", "first")).State);
    }

    [Fact]
    public async Task Entry_point_and_arguments_of_the_definition_replace_the_images()
    {
        Assert.Equal(["a b"], Texts(await RunAsync("", definition => definition with { Entrypoint = ["/bin/echo"], Arguments = ["a", "b"] })));
        Assert.Equal([""], Texts(await RunAsync("", definition => definition with { Entrypoint = ["/bin/echo"] })));
        Assert.Equal(["x y"], Texts(await RunAsync("echo $1 $2", definition => definition with { Arguments = ["x", "y"] })));
    }

    [Fact]
    public async Task Running_out_of_memory_is_told_from_other_kills()
    {
        var executor = OpenWith(Options() with { Profiles = [new InstanceProfile { Pattern = "small", Executor = "docker", Memory = 32 << 20 }] });
        var spec = Spec("echo big; x=$(head -c 200000000 /dev/zero | tr '\\0' x); echo no", change: definition => definition with { InstanceType = "small" });
        await SubmitAsync(executor, spec);
        var report = await EndOfAsync(executor, spec.Name);
        Assert.Equal(137, report.ExitCode);
        Assert.Contains(TellsOutOfMemory ? "OutOfMemory: the container was killed at its memory limit of 32 MiB" : "may have run out of memory, of which it was given 32 MiB", report.Reason, StringComparison.Ordinal);
        Assert.Null((await RunAsync("kill -KILL $$")).Reason);
    }

    [Fact]
    public async Task Limits_of_the_profile_hold_inside()
    {
        var executor = OpenWith(Options() with
        {
            Profiles = [new InstanceProfile { Pattern = "ml.*", Executor = "docker", Memory = 64 << 20, Cpus = 0.5m, SharedMemory = 8 << 20 }],
        });
        var spec = Spec(
            """
            df -m /dev/shm | tail -n 1 | awk '{print $2}'
            cat /sys/fs/cgroup/memory/memory.limit_in_bytes 2>/dev/null || cat /sys/fs/cgroup/memory.max
            cat /sys/fs/cgroup/cpu/cpu.cfs_quota_us 2>/dev/null || cut -d' ' -f1 /sys/fs/cgroup/cpu.max
            echo $SM_NUM_CPUS
            hostname
            """,
            change: definition => definition with { InstanceType = "ml.m5.large" });
        await SubmitAsync(executor, spec);
        Assert.Equal(["8", (64 << 20).ToString(CultureInfo.InvariantCulture), "50000", "1", "algo-1"], Texts(await EndOfAsync(executor, spec.Name)));
    }

    [Theory]
    [InlineData(false, "eth0 lo ")]
    [InlineData(true, "lo ")]
    public async Task Network_isolation_leaves_the_program_no_network(bool isolated, string interfaces) => Assert.Equal(
        [interfaces],
        Texts(await RunAsync("for i in /sys/class/net/*; do printf '%s ' ${i##*/}; done", definition => definition with { NetworkIsolation = isolated })));

    [Fact]
    public async Task Input_is_read_only()
    {
        Input("train/a.csv", "1");
        await RunAsync("echo 2 > /opt/ml/input/data/train/a.csv; rm -rf /opt/ml/input/data/train/a.csv", definition => definition with
        {
            Channels = [new Channel { Name = "train", S3Uri = "s3://inputs/train" }],
        });
        Assert.Equal("1", await File.ReadAllTextAsync(Path.Combine(DataFolder, "s3", "inputs", "train", "a.csv")));
    }

    [Fact]
    public async Task Checkpoints_are_written_where_they_are_kept()
    {
        var executor = Open();
        var spec = Spec("cat /tmp/kept/old; echo 2 > /tmp/kept/new", change: definition => definition with
        {
            CheckpointS3Uri = "s3://inputs/checkpoints/job",
            CheckpointLocalPath = "/tmp/kept",
        });
        Input("checkpoints/job/old", "1\n");
        await SubmitAsync(executor, spec);
        Assert.Equal(["1"], Texts(await EndOfAsync(executor, spec.Name)));
        Assert.Equal("2\n", await File.ReadAllTextAsync(Path.Combine(DataFolder, "s3", "inputs", "checkpoints", "job", "new")));
    }

    [Fact]
    public async Task A_user_that_was_set_runs_the_program()
    {
        var executor = OpenWith(Options() with { User = "65534:65534" });
        var spec = Spec("id -u");
        await SubmitAsync(executor, spec);
        Assert.Equal(["65534"], Texts(await EndOfAsync(executor, spec.Name)));
    }

    [Fact]
    public async Task An_image_that_can_not_be_had_ends_the_training_job_with_what_to_do()
    {
        var executor = Open();
        // Nothing listens on that port: the engine is refused at once, wherever it runs.
        var spec = Spec("true", change: definition => definition with { Image = "localhost:1/nowhere/missing:7" });
        await SubmitAsync(executor, spec);
        var report = await EndOfAsync(executor, spec.Name);
        Assert.Contains("\"localhost:1/nowhere/missing:7\" is not on the container engine", report.Refusal, StringComparison.Ordinal);
        Assert.Contains("docker load", report.Refusal, StringComparison.Ordinal);
        Assert.Null(report.StartedAt);
        await executor.SubmitAsync(spec, CancellationToken.None);
        Assert.NotNull((await executor.ObserveAsync(spec.Name, 0, CancellationToken.None)).Refusal);
    }

    [Fact]
    public async Task A_program_that_is_not_in_its_image_ends_the_training_job_for_a_reason_of_the_users()
    {
        var executor = Open();
        var spec = Spec("true", change: definition => definition with { Entrypoint = ["/nowhere/program"] });
        await SubmitAsync(executor, spec);
        var report = await EndOfAsync(executor, spec.Name);
        Assert.Contains("No such file or directory", report.Refusal, StringComparison.OrdinalIgnoreCase);
        await executor.RemoveAsync(spec.Name, CancellationToken.None);
        Assert.Empty(await ContainersAsync());
    }

    [Fact]
    public async Task A_container_that_someone_removed_is_lost()
    {
        var executor = Open();
        var spec = Spec("echo ready; sleep 60");
        await SubmitAsync(executor, spec);
        await LineAsync(executor, spec.Name, "ready");
        await Engine.Containers.RemoveContainerAsync(Assert.Single(await ContainersAsync()).ID, new ContainerRemoveParameters { Force = true });
        var report = await EndOfAsync(executor, spec.Name);
        // Between its end and its removal it may have been seen to have been killed.
        Assert.True(report is { State: ExecutionState.Lost, Reason: not null } or { State: ExecutionState.Exited, ExitCode: 137 }, $"{report}");
        Assert.Contains("ready", Texts(report));
    }

    [Fact]
    public async Task An_engine_that_goes_away_fails_nothing_and_loses_and_repeats_no_line()
    {
        await using var proxy = new EngineProxy(Endpoint, Folder);
        using var executor = OpenWith(Options() with { Endpoint = proxy.Endpoint });
        var running = Spec("i=0; while [ ! -e $M/input/data/go ]; do i=$((i+1)); echo line $i; sleep 0.01; done; echo end");
        await SubmitAsync(executor, running);
        await LineAsync(executor, running.Name, "line 3");
        await proxy.CutAsync();
        var troubled = await UntilAsync(executor, running.Name, report => report.Condition is not null);
        Assert.Equal(ExecutionState.Running, troubled.State);
        Assert.Contains(proxy.Endpoint, troubled.Condition, StringComparison.Ordinal);

        var waiting = Spec("echo ran");
        await SubmitAsync(executor, waiting);
        var queued = await executor.ObserveAsync(waiting.Name, 0, CancellationToken.None);
        Assert.Equal(ExecutionState.Queued, queued.State);
        Assert.Contains("can't be reached", queued.Condition, StringComparison.Ordinal);

        proxy.Open();
        Assert.Equal(["ran"], Texts(await EndOfAsync(executor, waiting.Name)));
        await UntilAsync(executor, running.Name, report => report.Condition is null);
        await File.WriteAllTextAsync(Path.Combine(ExecutionsFolder, running.Name, "opt-ml", "input", "data", "go"), "");
        var report = await EndOfAsync(executor, running.Name);
        Assert.Equal((ExecutionState.Exited, 0), (report.State, report.ExitCode));
        var lines = Texts(report);
        Assert.Equal([.. Enumerable.Range(1, lines.Length - 1).Select(i => $"line {i}"), "end"], lines);
    }

    [Fact]
    public async Task A_program_that_was_ended_while_its_engine_was_away_is_lost()
    {
        await using var proxy = new EngineProxy(Endpoint, Folder);
        using var executor = OpenWith(Options() with { Endpoint = proxy.Endpoint });
        var spec = Spec("echo ready; sleep 60");
        await SubmitAsync(executor, spec);
        await LineAsync(executor, spec.Name, "ready");
        await proxy.CutAsync();
        await UntilAsync(executor, spec.Name, report => report.Condition is not null);
        await Engine.Containers.KillContainerAsync(Assert.Single(await ContainersAsync()).ID, new ContainerKillParameters { Signal = "SIGKILL" });
        proxy.Open();
        var report = await EndOfAsync(executor, spec.Name);
        Assert.Equal(ExecutionState.Lost, report.State);
        Assert.Contains("engine was away", report.Reason, StringComparison.Ordinal);
        Assert.Equal(["ready"], Texts(report));
    }

    [Fact]
    public async Task A_stop_while_the_engine_is_away_keeps_the_program_from_ever_running()
    {
        await using var proxy = new EngineProxy(Endpoint, Folder);
        await proxy.CutAsync();
        using var executor = OpenWith(Options() with { Endpoint = proxy.Endpoint });
        var spec = Spec("echo ran");
        await SubmitAsync(executor, spec);
        Assert.Equal(ExecutionState.Queued, (await executor.ObserveAsync(spec.Name, 0, CancellationToken.None)).State);
        await executor.StopAsync(spec.Name, TimeSpan.FromSeconds(10), CancellationToken.None);
        var report = await executor.ObserveAsync(spec.Name, 0, CancellationToken.None);
        Assert.Equal((ExecutionState.Exited, null), (report.State, report.StartedAt));
        proxy.Open();
        await executor.RemoveAsync(spec.Name, CancellationToken.None);
        Assert.Empty(await ContainersAsync());
    }

    [Fact]
    public async Task What_a_killed_server_left_of_an_ended_execution_is_swept_away()
    {
        var gone = Open();
        var spec = Spec("echo ready; sleep 60");
        await gone.SubmitAsync(spec, CancellationToken.None);
        await LineAsync(gone, spec.Name, "ready");
        (gone as IDisposable)?.Dispose();
        // As if the server had been killed between writing down the end and removing the container.
        var folder = Path.Combine(ExecutionsFolder, spec.Name);
        await File.WriteAllTextAsync(Path.Combine(folder, "exit.0"), "");
        await File.WriteAllTextAsync(Path.Combine(folder, "drained"), "");
        Open();
        var since = TimeProvider.System.GetTimestamp();
        while ((await ContainersAsync()).Count > 0)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(since) < TimeSpan.FromSeconds(20), "Its container is still there.");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }
    }

    [Theory]
    [InlineData("/usr/bin/program")]
    [InlineData("file:///usr/bin/program")]
    [InlineData("two words")]
    public void An_image_that_is_none_is_refused_before_it_is_accepted(string image)
    {
        var definition = Spec("true").Definition with { Image = image };
        Assert.Contains("The training image", Open().Refuse(definition, new Dictionary<string, string>(), "us-east-1"), StringComparison.Ordinal);
    }
}
