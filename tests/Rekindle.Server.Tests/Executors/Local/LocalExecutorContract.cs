using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Rekindle.Server.Executors.Local;
using Rekindle.Server.Tests.Executors.Contract;
using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.Tests.Executors.Local;

/// <summary>What the local executor does besides, with and without the sandbox.</summary>
public abstract partial class LocalExecutorContract : ExecutorContract
{
    private readonly List<LocalExecutor> _opened = [];

    private protected override IExecutor Open(int slots = 4, long logCapBytes = 8 << 20) => OpenWith(Options(slots, logCapBytes));

    private protected override IExecutor OpenWithProfile(string pattern, int slots) =>
        OpenWith(Options() with { Profiles = [new InstanceProfile { Pattern = pattern, Slots = slots }] });

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

    /// <summary>Both go into one pipe here; an engine of containers has one for each, and takes them in the order it reads them.</summary>
    [Fact]
    public async Task Output_and_errors_keep_their_order() =>
        Assert.Equal(["out", "err", "out", "err"], Texts(await RunAsync("echo out; echo err >&2; echo out; echo err >&2")));

    /// <summary>Engines of containers keep text, and put three bytes in the place of such a one.</summary>
    [Fact]
    public async Task A_byte_that_is_no_text_counts_as_one_and_reads_as_a_replacement()
    {
        var report = await RunAsync("printf 'caf\\351 one\\ntwo\\n'");
        Assert.Equal([new LogLine(0, "caf\ufffd one"), new LogLine(9, "two")], report.Lines);
    }

    [Fact]
    public async Task An_execution_whose_shim_was_killed_is_lost_and_its_program_is_gone()
    {
        var executor = Open();
        var mark = Mark();
        var spec = Spec($"echo ready; sleep {mark}");
        await SubmitAsync(executor, spec);
        await LineAsync(executor, spec.Name, "ready");
        // The claim: mode, boot, then the owner's line of /proc.
        var owner = (await File.ReadAllTextAsync(Path.Combine(DataFolder, "executions", spec.Name, "started"))).Split(' ')[2];
        using (var shim = Process.GetProcessById(int.Parse(owner, CultureInfo.InvariantCulture)))
        {
            shim.Kill();
        }

        var report = await EndOfAsync(executor, spec.Name);
        Assert.Equal(ExecutionState.Lost, report.State);
        Assert.Null(report.ExitCode);
        Assert.Equal(["ready"], Texts(report));
        await NoProcessWithAsync(mark);
        await executor.SubmitAsync(spec, CancellationToken.None);
        Assert.Equal(ExecutionState.Lost, (await executor.ObserveAsync(spec.Name, 0, CancellationToken.None)).State);
    }

    [Theory]
    [InlineData("sandbox 00000000-0000-0000-0000-000000000000 {pid} (sh) S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 {start} 0\n")]
    [InlineData("sandbox {boot} {pid} (sh) S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 1 0\n")]
    public async Task A_process_that_only_has_the_number_of_the_shim_is_not_the_shim(string claim)
    {
        // This very process stands for the stranger that got the number: stopping must not touch it.
        var self = ProcessTable.Find(Environment.ProcessId)!.Value.Identity;
        var folder = Path.Combine(DataFolder, "executions", "old");
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, "started"), claim
            .Replace("{pid}", self.Pid.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("{start}", self.StartTime.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("{boot}", ProcessTable.BootId(), StringComparison.Ordinal));
        var executor = Open();
        await executor.StopAsync("old", TimeSpan.Zero, CancellationToken.None);
        Assert.Equal(ExecutionState.Lost, (await executor.ObserveAsync("old", 0, CancellationToken.None)).State);
        await executor.RemoveAsync("old", CancellationToken.None);
    }

    [Theory]
    [InlineData("../escape")]
    [InlineData("a/b")]
    [InlineData(".")]
    [InlineData("")]
    [InlineData("a\n")]
    public async Task A_name_that_is_no_file_name_is_refused(string name) =>
        await Assert.ThrowsAsync<ArgumentException>(() => Open().SubmitAsync(Spec("true", name), CancellationToken.None));

    [Fact]
    public async Task A_configured_image_runs_its_command()
    {
        var program = Program("echo configured $*");
        var executor = OpenWith(Options() with { Images = new Dictionary<string, IReadOnlyList<string>> { ["*/my-*:1"] = [program, "--fast"] } });
        var spec = Spec("", change: definition => definition with { Image = "1.dkr.ecr.eu-central-1.amazonaws.com/my-algorithm:1" });
        await SubmitAsync(executor, spec);
        Assert.Equal(["configured --fast train"], Texts(await EndOfAsync(executor, spec.Name)));
    }

    [Fact]
    public async Task A_stop_takes_the_claim_of_an_execution_that_no_shim_has_claimed_yet()
    {
        var executor = Open();
        var spec = Spec("echo ran");
        Directory.CreateDirectory(Path.Combine(DataFolder, "executions", spec.Name));
        await executor.StopAsync(spec.Name, TimeSpan.Zero, CancellationToken.None);
        await executor.SubmitAsync(spec, CancellationToken.None);
        var report = await executor.ObserveAsync(spec.Name, 0, CancellationToken.None);
        Assert.Equal((ExecutionState.Exited, null), (report.State, report.StartedAt));
        Assert.Empty(report.Lines);
    }

    [Fact]
    public async Task Checkpoints_are_written_where_they_are_kept()
    {
        var executor = Open();
        var spec = Spec("cat $M/checkpoints/old 2>/dev/null; echo 2 > $M/checkpoints/new", change: definition => definition with { CheckpointS3Uri = "s3://inputs/checkpoints/job" });
        Input("checkpoints/job/old", "1\n");
        await SubmitAsync(executor, spec);
        Assert.Equal(["1"], Texts(await EndOfAsync(executor, spec.Name)));
        Assert.Equal("2\n", await File.ReadAllTextAsync(Path.Combine(DataFolder, "s3", "inputs", "checkpoints", "job", "new")));
    }

    [Theory]
    [InlineData("checkpoint", "data folder")]
    [InlineData("output", "data folder")]
    [InlineData("input", "data folder")]
    [InlineData("checkpoint path", "must lie below")]
    [InlineData("zero in checkpoint path", "must lie below")]
    [InlineData("checkpoint object", "is an object")]
    [InlineData("below a checkpoint object", "lies below one")]
    [InlineData("checkpoints over the folder", "must lie below")]
    [InlineData("checkpoints over the input", "must not lie in /opt/ml/input")]
    [InlineData("checkpoints in a channel", "must not lie in /opt/ml/input")]
    [InlineData("zero in image", "zero character")]
    [InlineData("encoded zero in image", "no executable file")]
    [InlineData("zero in argument", "zero character")]
    [InlineData("channels", "given twice")]
    public void What_can_not_run_is_refused_before_it_is_accepted(string what, string sentence)
    {
        Input("train/a.csv", "1");
        var executor = OpenWith(Options() with { FileRoots = ["/"] });
        var data = "file://" + DataFolder;
        var channel = new Channel { Name = "train", S3Uri = "s3://inputs/train" };
        var definition = Spec("true").Definition with { Channels = [channel] };
        definition = what switch
        {
            "checkpoint" => definition with { CheckpointS3Uri = data },
            "output" => definition with { OutputPath = data + "/executions" },
            "input" => definition with { Channels = [channel with { S3Uri = data }] },
            "checkpoint path" => definition with { CheckpointS3Uri = "s3://inputs/c", CheckpointLocalPath = "/var/x" },
            "zero in checkpoint path" => definition with { CheckpointS3Uri = "s3://inputs/c", CheckpointLocalPath = "/opt/ml/\0" },
            "checkpoint object" => definition with { CheckpointS3Uri = "s3://inputs/train/a.csv" },
            "below a checkpoint object" => definition with { CheckpointS3Uri = "s3://inputs/train/a.csv/b/c" },
            "checkpoints over the folder" => definition with { CheckpointS3Uri = "s3://inputs/c", CheckpointLocalPath = "/opt/ml/" },
            "checkpoints over the input" => definition with { CheckpointS3Uri = "s3://inputs/c", CheckpointLocalPath = "/opt/ml/model/../input/" },
            "checkpoints in a channel" => definition with { CheckpointS3Uri = "s3://inputs/c", CheckpointLocalPath = "/opt/ml/input/data/train/kept" },
            "zero in image" => definition with { Image = "/bin/\0x" },
            "encoded zero in image" => definition with { Image = "file:///bin/%00x" },
            "zero in argument" => definition with { Arguments = ["a\0b"] },
            _ => definition with { Channels = [channel, channel] },
        };
        Assert.Contains(sentence, executor.Refuse(definition, new Dictionary<string, string>(), "us-east-1"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_built_in_algorithm_refuses_pipe_mode_before_it_is_accepted()
    {
        Input("train/a.csv", "1");
        var executor = OpenWith(Options() with { BuiltIns = new Dictionary<string, IReadOnlyList<string>> { ["linear-learner"] = ["/bin/sh", "l"] } });
        var definition = Spec("true").Definition with { Image = "linear-learner:1", Channels = [new Channel { Name = "train", S3Uri = "s3://inputs/train" }] };
        Assert.Null(executor.Refuse(definition, new Dictionary<string, string>(), "us-east-1"));
        Assert.Equal(
            "Channel \"train\": the built-in algorithm of the training image \"linear-learner:1\" reads the input modes File and FastFile, not Pipe.",
            executor.Refuse(definition with { InputMode = "Pipe" }, new Dictionary<string, string>(), "us-east-1"));
    }

    private protected static (TcpListener Listener, int Port) Listen()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return (listener, ((IPEndPoint)listener.LocalEndpoint).Port);
    }
}

/// <summary>Fails, and says what to install, where bubblewrap is missing.</summary>
[Trait("Needs", "bwrap")]
public sealed class SandboxedLocalExecutorTests : LocalExecutorContract
{
    protected override bool IsSandboxed => true;

    [Fact]
    public async Task The_program_sees_the_real_opt_ml() =>
        Assert.Equal(["/opt/ml", "ok"], Texts(await RunAsync("echo $M; echo ok > /opt/ml/model/x; cat /opt/ml/model/x")));

    [Fact]
    public async Task The_servers_data_and_the_machines_files_are_out_of_reach()
    {
        Directory.CreateDirectory(DataFolder);
        await File.WriteAllTextAsync(Path.Combine(DataFolder, "rekindle.db"), "rows");
        var victim = Path.Combine(Folder, "victim");
        await File.WriteAllTextAsync(victim, "before");
        var report = await RunAsync($"""
            ls {DataFolder}
            echo after > {victim}
            touch /etc/rekindle-was-here && echo wrote
            mount -o remount,rw / 2>/dev/null && echo mounted
            ps -e 2>/dev/null | grep -c Rekindle
            echo scratch > /tmp/x && cat /tmp/x
            """);
        Assert.Equal(["0", "scratch"], Texts(report).Where(line => !line.Contains("Read-only", StringComparison.Ordinal) && !line.Contains("cannot create", StringComparison.Ordinal)));
        Assert.Equal("before", await File.ReadAllTextAsync(victim));
        Assert.False(File.Exists("/etc/rekindle-was-here"));
    }

    [Fact]
    public async Task Secrets_of_the_home_and_the_configuration_are_out_of_reach_and_programs_in_it_run()
    {
        // A home in /tmp would be hidden with all of /tmp, and so may the folder of the tests.
        var home = Directory.CreateDirectory(Path.Combine("/var/tmp", "rekindle-home-" + Guid.NewGuid().ToString("N"))).FullName;
        try
        {
            foreach (var (path, content) in new Dictionary<string, string>
            {
                [".ssh/id"] = "key",
                [".netrc"] = "token",
                [".unheard-of/secret"] = "secret",
                ["project/config.json"] = "access keys",
                ["project/lib.sh"] = "echo library",
                [".pyenv/lib.sh"] = "echo tool",
            })
            {
                Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(home, path))!);
                await File.WriteAllTextAsync(Path.Combine(home, path), content + "\n");
            }

            File.CreateSymbolicLink(Path.Combine(home, "link"), "project");
            var interpreter = Path.Combine(home, ".unheard-of-env", "bin", "shell");
            Directory.CreateDirectory(Path.GetDirectoryName(interpreter)!);
            File.Copy("/bin/sh", interpreter);
            await File.WriteAllTextAsync(Path.Combine(home, ".unheard-of-env", "pyvenv.cfg"), "");
            var program = Path.Combine(home, "train.sh");
            await File.WriteAllTextAsync(program, $"#!{interpreter}\ncd {home}\ncat .ssh/id .netrc .unheard-of/secret project/config.json 2>/dev/null\n. ./link/lib.sh\n. ./.pyenv/lib.sh\nmkdir -p .cache && echo cached\n");
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            var executor = OpenWith(Options() with { HomeFolder = home, Secrets = [Path.Combine(home, "project", "config.json")] });
            var spec = Spec("", change: definition => definition with { Image = program, Arguments = [Path.Combine(home, ".ssh")] });
            await SubmitAsync(executor, spec);
            Assert.Equal(["library", "tool", "cached"], Texts(await EndOfAsync(executor, spec.Name)));
        }
        finally
        {
            Directory.Delete(home, recursive: true);
        }
    }

    [Fact]
    public async Task A_program_in_a_home_below_tmp_brings_nothing_else_of_it_along()
    {
        var home = Directory.CreateDirectory(Path.Combine(Folder, "home")).FullName;
        Directory.CreateDirectory(Path.Combine(home, ".ssh"));
        await File.WriteAllTextAsync(Path.Combine(home, ".ssh", "id"), "key\n");
        var program = Path.Combine(home, "train.sh");
        await File.WriteAllTextAsync(program, $"#!/bin/sh\ncat {home}/.ssh/id 2>/dev/null\necho ran\n");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var executor = OpenWith(Options() with { HomeFolder = home });
        var spec = Spec("", change: definition => definition with { Image = program });
        await SubmitAsync(executor, spec);
        Assert.Equal(["ran"], Texts(await EndOfAsync(executor, spec.Name)));
    }

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

    [Theory]
    [InlineData(false, "connected")]
    [InlineData(true, "refused")]
    public async Task Network_isolation_cuts_the_program_off(bool isolated, string expected)
    {
        var (listener, port) = Listen();
        using (listener)
        {
            var report = await RunAsync(
                $"python3 -c \"import socket; socket.create_connection(('127.0.0.1', {port}), 5)\" 2>/dev/null && echo connected || echo refused",
                definition => definition with { NetworkIsolation = isolated });
            Assert.Equal([expected], Texts(report));
        }
    }

    [Fact]
    public async Task The_environment_is_not_on_a_command_line()
    {
        var executor = Open();
        var secret = "secret" + Mark();
        var spec = Spec("echo ready; sleep 60", change: definition => definition with { Environment = new Dictionary<string, string> { ["TOKEN"] = secret } });
        await SubmitAsync(executor, spec);
        await LineAsync(executor, spec.Name, "ready");
        Assert.Empty(ProcessesWith(secret));
    }

    [Fact]
    public async Task Variables_of_the_user_do_not_reach_what_runs_outside_the_sandbox()
    {
        // A PATH without bwrap and cat, and a library to preload, must concern the program alone.
        var report = await RunAsync("echo $PATH $LD_PRELOAD 2>/dev/null", definition => definition with
        {
            Environment = new Dictionary<string, string> { ["PATH"] = "/nowhere", ["LD_PRELOAD"] = "/nowhere/evil.so" },
        });
        Assert.Contains("/nowhere /nowhere/evil.so", Texts(report));
        Assert.Equal(0, report.ExitCode);
    }
}

[Trait("Needs", "python3")]
public sealed class PlainLocalExecutorTests : LocalExecutorContract
{
    protected override bool IsSandboxed => false;

    [Theory]
    [InlineData("/opt/ml/output")]
    [InlineData("/opt/ml/output/data/../../input/../code/run.sh/x")]
    public async Task Checkpoints_do_not_take_the_place_of_the_programs_own_files(string path)
    {
        Input("code/run.sh", "true");
        var executor = OpenWith(Options());
        var spec = Spec("true", change: definition => definition with
        {
            Image = "1.dkr.ecr.eu-central-1.amazonaws.com/pytorch-training:2.1",
            CheckpointS3Uri = "s3://inputs/c",
            CheckpointLocalPath = path,
        });
        spec = spec with
        {
            HyperParameters = new Dictionary<string, string> { ["sagemaker_program"] = "run.sh", ["sagemaker_submit_directory"] = "s3://inputs/code" },
        };
        var refused = await Assert.ThrowsAsync<ExecutionRefusedException>(() => executor.SubmitAsync(spec, CancellationToken.None));
        Assert.Contains("own files", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_only_a_sandbox_gives_is_refused_without_one()
    {
        var executor = OpenWith(Options());
        foreach (var spec in new[]
        {
            Spec("true", change: definition => definition with { NetworkIsolation = true }),
            Spec("true", change: definition => definition with { CheckpointS3Uri = "s3://inputs/c", CheckpointLocalPath = "/tmp/c" }),
        })
        {
            Assert.Contains("bubblewrap", executor.Refuse(spec.Definition, spec.HyperParameters, "us-east-1"), StringComparison.Ordinal);
            await Assert.ThrowsAsync<ExecutionRefusedException>(() => executor.SubmitAsync(spec, CancellationToken.None));
        }
    }
}
