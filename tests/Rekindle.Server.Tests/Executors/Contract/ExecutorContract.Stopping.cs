using System.Diagnostics;
using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.Tests.Executors.Contract;

public abstract partial class ExecutorContract
{
    [Fact]
    public async Task Stopping_lets_the_program_end_by_itself()
    {
        var executor = Open();
        var spec = Spec("trap 'echo saved > $M/model/state; echo bye; exit 3' TERM; echo ready; while :; do sleep 0.02; done");
        await SubmitAsync(executor, spec);
        await LineAsync(executor, spec.Name, "ready");
        await executor.StopAsync(spec.Name, TimeSpan.FromSeconds(30), CancellationToken.None);
        var report = await EndOfAsync(executor, spec.Name);
        Assert.Equal(3, report.ExitCode);
        Assert.NotEqual(false, report.WasSignalled);
        Assert.Equal("bye", Texts(report)[^1]);
        Assert.Equal("saved\n", await FileOfModelAsync(executor, spec, "state"));
    }

    [Fact]
    public async Task A_stop_that_comes_after_the_end_is_no_signal()
    {
        var executor = Open();
        var spec = Spec("echo done");
        await SubmitAsync(executor, spec);
        _ = await EndOfAsync(executor, spec.Name);
        await executor.StopAsync(spec.Name, TimeSpan.FromSeconds(30), CancellationToken.None);
        var report = await EndOfAsync(executor, spec.Name);
        Assert.Equal(0, report.ExitCode);
        Assert.NotEqual(true, report.WasSignalled);
    }

    [Fact]
    public async Task The_stop_signal_reaches_every_process_of_the_program_once()
    {
        var executor = Open();
        var spec = Spec("(trap 'echo child' TERM; while [ ! -e $M/model/end ]; do sleep 0.02; done) & trap 'echo parent' TERM; echo ready; while [ ! -e $M/model/end ]; do sleep 0.02; done; wait");
        await SubmitAsync(executor, spec);
        await LineAsync(executor, spec.Name, "ready");
        for (var i = 0; i < 3; i++)
        {
            await executor.StopAsync(spec.Name, TimeSpan.FromSeconds(1), CancellationToken.None);
        }

        var report = await EndOfAsync(executor, spec.Name);
        Assert.Equal(137, report.ExitCode);
        Assert.Equal(["child", "parent", "ready"], Texts(report).Order());
    }

    [Fact]
    public async Task A_program_that_ignores_the_signal_is_killed_after_the_grace()
    {
        var executor = Open();
        var mark = Mark();
        var spec = Spec($"trap '' TERM; echo ready; sleep {mark}");
        await SubmitAsync(executor, spec);
        await LineAsync(executor, spec.Name, "ready");
        var since = Stopwatch.GetTimestamp();
        await executor.StopAsync(spec.Name, TimeSpan.FromMilliseconds(400), CancellationToken.None);
        var report = await EndOfAsync(executor, spec.Name);
        Assert.Equal(137, report.ExitCode);
        Assert.InRange(Stopwatch.GetElapsedTime(since).TotalMilliseconds, 400, 3000);
        await NoProcessWithAsync(mark);
    }

    [Fact]
    public async Task A_stop_right_after_the_submission_is_not_lost()
    {
        var executor = Open();
        var specs = Enumerable.Range(0, 3).Select(_ => Spec("sleep 60")).ToList();
        foreach (var spec in specs)
        {
            await SubmitAsync(executor, spec);
            await executor.StopAsync(spec.Name, TimeSpan.FromSeconds(10), CancellationToken.None);
        }

        foreach (var spec in specs)
        {
            Assert.Equal(143, (await EndOfAsync(executor, spec.Name)).ExitCode);
        }
    }

    [Fact]
    public async Task Stopping_a_queued_execution_ends_it_without_running_it()
    {
        var executor = Open(slots: 1);
        var first = Spec("sleep 60");
        var second = Spec("echo ran");
        await SubmitAsync(executor, first);
        await SubmitAsync(executor, second);
        await executor.StopAsync(second.Name, TimeSpan.FromSeconds(1), CancellationToken.None);
        foreach (var server in new[] { executor, Open() })
        {
            await server.SubmitAsync(second, CancellationToken.None);
            var report = await server.ObserveAsync(second.Name, 0, CancellationToken.None);
            Assert.Equal(ExecutionState.Exited, report.State);
            Assert.Equal(143, report.ExitCode);
            Assert.Null(report.StartedAt);
            Assert.Empty(report.Lines);
        }
    }

    [Fact]
    public async Task A_queued_execution_starts_when_the_one_before_it_is_killed()
    {
        var executor = Open(slots: 1);
        var first = Spec("trap '' TERM; sleep 60");
        var second = Spec("echo ran");
        await SubmitAsync(executor, first);
        await SubmitAsync(executor, second);
        await executor.StopAsync(first.Name, TimeSpan.FromMilliseconds(50), CancellationToken.None);
        Assert.Equal(["ran"], Texts(await EndOfAsync(executor, second.Name)));
    }

    [Theory]
    [InlineData("sleep {0} &")]
    [InlineData("setsid sleep {0} &")]
    [InlineData("(setsid sh -c 'trap \"\" HUP TERM; sleep {0}' >/dev/null 2>&1 &) &")]
    [InlineData("nohup sleep {0} >/dev/null 2>&1 </dev/null &")]
    public async Task Processes_left_behind_end_with_the_program(string leave)
    {
        var mark = Mark();
        var report = await RunAsync(string.Format(System.Globalization.CultureInfo.InvariantCulture, leave, mark) + "\nsleep 0.1; echo done; exit 5");
        Assert.Equal(5, report.ExitCode);
        Assert.Equal("done", Texts(report)[^1]);
        await NoProcessWithAsync(mark);
    }

    [Fact]
    public async Task Killing_reaches_processes_that_left_their_session()
    {
        var executor = Open();
        var mark = Mark();
        var spec = Spec($"trap '' TERM; (setsid sleep {mark} &) & (sleep {mark} &) & echo ready; sleep {mark}");
        await SubmitAsync(executor, spec);
        await LineAsync(executor, spec.Name, "ready");
        await executor.StopAsync(spec.Name, TimeSpan.Zero, CancellationToken.None);
        Assert.Equal(137, (await EndOfAsync(executor, spec.Name)).ExitCode);
        await NoProcessWithAsync(mark);
    }

    [Fact]
    public async Task Another_server_adopts_what_runs_and_finds_the_whole_log()
    {
        var gone = Open();
        var spec = Spec("echo one; while [ ! -e $M/input/data/go ]; do sleep 0.02; done; echo two; exit 4");
        await SubmitAsync(gone, spec);
        await LineAsync(gone, spec.Name, "one");
        var next = Open();
        Assert.Equal(ExecutionState.Running, (await LineAsync(next, spec.Name, "one")).State);
        await next.SubmitAsync(spec, CancellationToken.None);
        await File.WriteAllTextAsync(Path.Combine(ExecutionsFolder, spec.Name, "opt-ml", "input", "data", "go"), "");
        var report = await EndOfAsync(next, spec.Name);
        Assert.Equal(["one", "two"], Texts(report));
        Assert.Equal(4, report.ExitCode);
    }

    [Fact]
    public async Task Another_server_carries_a_stop_to_its_end()
    {
        var gone = Open();
        var spec = Spec("trap 'echo asked' TERM; echo ready; while :; do sleep 0.02; done");
        await SubmitAsync(gone, spec);
        await LineAsync(gone, spec.Name, "ready");
        await gone.StopAsync(spec.Name, TimeSpan.FromMilliseconds(500), CancellationToken.None);
        await LineAsync(gone, spec.Name, "asked");
        (gone as IDisposable)?.Dispose();
        var next = Open();
        await next.StopAsync(spec.Name, TimeSpan.FromMinutes(10), CancellationToken.None);
        var report = await EndOfAsync(next, spec.Name);
        Assert.Equal(137, report.ExitCode);
        Assert.Equal(["ready", "asked"], Texts(report));
    }

    [Fact]
    public async Task Adopted_executions_hold_their_slots()
    {
        var gone = Open(slots: 1);
        var first = Spec("echo ready; sleep 60");
        await SubmitAsync(gone, first);
        await LineAsync(gone, first.Name, "ready");
        (gone as IDisposable)?.Dispose();
        var next = Open(slots: 1);
        var second = Spec("echo ran");
        await SubmitAsync(next, second);
        Assert.Equal(ExecutionState.Queued, (await next.ObserveAsync(second.Name, 0, CancellationToken.None)).State);
        await next.StopAsync(first.Name, TimeSpan.FromSeconds(10), CancellationToken.None);
        Assert.Equal(["ran"], Texts(await EndOfAsync(next, second.Name)));
    }

    [Fact]
    public async Task A_profile_has_slots_of_its_own_also_for_what_an_earlier_server_started()
    {
        var gone = OpenWithProfile("ml.small*", 1);
        var first = Spec("echo ready; sleep 60", change: definition => definition with { InstanceType = "ml.small.x" });
        await SubmitAsync(gone, first);
        await LineAsync(gone, first.Name, "ready");
        (gone as IDisposable)?.Dispose();
        var next = OpenWithProfile("ml.small*", 1);
        var second = Spec("echo ran", change: definition => definition with { InstanceType = "ml.small.y" });
        var other = Spec("echo other");
        await SubmitAsync(next, second);
        await SubmitAsync(next, other);
        Assert.Equal(["other"], Texts(await EndOfAsync(next, other.Name)));
        Assert.Equal(ExecutionState.Queued, (await next.ObserveAsync(second.Name, 0, CancellationToken.None)).State);
        await next.StopAsync(first.Name, TimeSpan.FromSeconds(10), CancellationToken.None);
        Assert.Equal(["ran"], Texts(await EndOfAsync(next, second.Name)));
    }
}
