using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.Tests.Executors.Contract;

public abstract partial class ExecutorContract
{
    [Fact]
    public async Task Reports_the_lines_and_the_exit_code_of_a_program()
    {
        var report = await RunAsync("echo out; sleep 0.1; echo err >&2; exit 7");
        Assert.Equal(ExecutionState.Exited, report.State);
        Assert.Equal(7, report.ExitCode);
        Assert.Equal(["out", "err"], Texts(report));
        Assert.NotNull(report.StartedAt);
        Assert.True(report.EndedAt >= report.StartedAt);
        Assert.Null(report.Failure);
    }

    [Fact]
    public async Task Gives_the_program_the_argument_train_and_nothing_on_its_input() =>
        Assert.Equal(["train 1 0"], Texts(await RunAsync("echo $1 $# $(cat | wc -c)")));

    [Theory]
    [InlineData("SEGV", 139)]
    [InlineData("KILL", 137)]
    [InlineData("ABRT", 134)]
    public async Task Reports_a_crash_as_128_and_the_signal(string signal, int code) =>
        Assert.Equal(code, (await RunAsync($"ulimit -c 0; kill -{signal} $$")).ExitCode);

    [Fact]
    public async Task Runs_once_although_submitted_by_two_executors_at_once()
    {
        var executors = new[] { Open(), Open(), Open() };
        var spec = Spec("echo ran >> $M/model/runs; sleep 0.2");
        _submitted.Add((executors[0], spec.Name));
        await Task.WhenAll(executors.SelectMany(executor => new[]
        {
            executor.SubmitAsync(spec, CancellationToken.None),
            executor.SubmitAsync(spec, CancellationToken.None),
        }));
        foreach (var executor in executors)
        {
            Assert.Equal(0, (await EndOfAsync(executor, spec.Name)).ExitCode);
            await executor.SubmitAsync(spec, CancellationToken.None);
            Assert.Equal(ExecutionState.Exited, (await executor.ObserveAsync(spec.Name, 0, CancellationToken.None)).State);
        }

        Assert.Equal("ran\n", await FileOfModelAsync(executors[0], spec, "runs"));
    }

    [Fact]
    public async Task An_unknown_execution_is_absent_and_stopping_or_removing_it_does_nothing()
    {
        var executor = Open();
        await executor.StopAsync("unknown", TimeSpan.FromSeconds(1), CancellationToken.None);
        await executor.RemoveAsync("unknown", CancellationToken.None);
        Assert.Equal(ExecutionState.Absent, (await executor.ObserveAsync("unknown", 0, CancellationToken.None)).State);
    }

    [Fact]
    public async Task A_removed_execution_is_absent_and_can_be_started_again()
    {
        var executor = Open();
        var spec = Spec("echo hello; mkdir $M/model/locked; touch $M/model/locked/file; chmod 000 $M/model/locked");
        for (var i = 0; i < 2; i++)
        {
            await SubmitAsync(executor, spec);
            Assert.Equal(["hello"], Texts(await EndOfAsync(executor, spec.Name)));
            await executor.RemoveAsync(spec.Name, CancellationToken.None);
            Assert.Equal(ExecutionState.Absent, (await executor.ObserveAsync(spec.Name, 0, CancellationToken.None)).State);
        }
    }

    [Fact]
    public async Task Removing_a_running_execution_ends_it()
    {
        var executor = Open();
        var mark = Mark();
        var spec = Spec($"trap '' TERM; echo ready; sleep {mark}");
        await SubmitAsync(executor, spec);
        await LineAsync(executor, spec.Name, "ready");
        await executor.RemoveAsync(spec.Name, CancellationToken.None);
        await NoProcessWithAsync(mark);
    }

    [Fact]
    public async Task Lines_are_seen_while_the_program_runs()
    {
        var executor = Open();
        var spec = Spec("echo first; while [ ! -e $M/model/go ]; do sleep 0.02; done");
        await SubmitAsync(executor, spec);
        Assert.Equal(ExecutionState.Running, (await LineAsync(executor, spec.Name, "first")).State);
        await executor.StopAsync(spec.Name, TimeSpan.FromSeconds(5), CancellationToken.None);
        Assert.Equal(143, (await EndOfAsync(executor, spec.Name)).ExitCode);
    }

    [Fact]
    public async Task A_last_line_without_an_end_is_reported_when_the_program_has_ended() =>
        Assert.Equal(["a", "loss=1"], Texts(await RunAsync("echo a; printf loss=1")));

    [Fact]
    public async Task A_character_written_in_two_halves_is_read_as_one() =>
        Assert.Equal(["gr\u00fc\u00dfe \U0001F525"], Texts(await RunAsync(@"printf 'gr\303'; sleep 0.1; printf '\274\303\237e \360\237'; sleep 0.1; printf '\224\245\n'")));

    [Fact]
    public async Task A_flood_is_cut_at_the_cap_and_does_not_hold_up_the_program()
    {
        var executor = Open(logCapBytes: 1 << 20);
        var spec = Spec("head -c 20000000 /dev/zero & head -c 20000000 /dev/zero >&2; wait; touch $M/model/done");
        await SubmitAsync(executor, spec);
        var report = await EndOfAsync(executor, spec.Name);
        Assert.Equal(0, report.ExitCode);
        Assert.True(report.LogCapped);
        Assert.InRange(report.NextPosition, 1 << 19, 1 << 20);
        Assert.Equal("", await FileOfModelAsync(executor, spec, "done"));
    }

    /// <summary>The objective is what was printed last, however much came before it.</summary>
    [Fact]
    public async Task The_last_lines_of_a_flood_are_kept_and_the_gap_is_marked()
    {
        var executor = Open(logCapBytes: 1 << 16);
        var spec = Spec("seq 100000 | sed 's/^/line /'; echo loss=0.25");
        await SubmitAsync(executor, spec);
        var report = await EndOfAsync(executor, spec.Name);
        var lines = Texts(report);
        Assert.True(report.LogCapped);
        Assert.Equal("line 1", lines[0]);
        Assert.Equal("loss=0.25", lines[^1]);
        Assert.Equal("line 100000", lines[^2]);
        Assert.Single(lines, line => line.Contains("the middle of it was left out", StringComparison.Ordinal));
        Assert.All(lines[^1000..^1], line => Assert.StartsWith("line ", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_log_just_below_the_cap_is_kept_whole()
    {
        var executor = Open(logCapBytes: 1 << 16);
        var spec = Spec("head -c 48000 /dev/zero | tr '\\0' x; echo; echo loss=1");
        await SubmitAsync(executor, spec);
        var report = await EndOfAsync(executor, spec.Name);
        Assert.False(report.LogCapped);
        Assert.Equal([new string('x', 48000), "loss=1"], Texts(report));
    }

    [Fact]
    public async Task A_program_does_not_inherit_the_logs_limit_or_ignored_signals()
    {
        var executor = Open(logCapBytes: 512);
        var spec = Spec("head -c 100000 /dev/zero > $M/model/big; grep SigIgn /proc/self/status; ulimit -f");
        await SubmitAsync(executor, spec);
        var report = await EndOfAsync(executor, spec.Name);
        var lines = Texts(report);
        // 32 and 33 are the C library's own; it sets them anew in every program.
        Assert.Equal(0, Convert.ToInt64(lines[0].Split('\t')[1], 16) & ~0x180000000);
        Assert.Equal("unlimited", lines[1]);
    }

    [Fact]
    public async Task More_than_one_report_holds_comes_in_several()
    {
        var report = await RunAsync("i=0; while [ $i -lt 30000 ]; do echo \"line $i 0123456789012345678901234567890123456789012345678901234567890\"; i=$((i+1)); done");
        Assert.Equal(30_000, report.Lines.Count);
        Assert.StartsWith("line 29999 ", report.Lines[^1].Text, StringComparison.Ordinal);
        Assert.Equal(30_000, report.Lines.Select(line => line.Offset).Distinct().Count());
    }

    [Fact]
    public async Task Never_more_run_at_once_than_there_are_slots()
    {
        var executor = Open(slots: 2);
        var specs = Enumerable.Range(0, 5).Select(i => Spec(i < 2 ? "while [ ! -e $M/input/data/go ]; do sleep 0.02; done" : "sleep 0.15")).ToList();
        foreach (var spec in specs)
        {
            await SubmitAsync(executor, spec);
        }

        Assert.Equal(ExecutionState.Queued, (await executor.ObserveAsync(specs[4].Name, 0, CancellationToken.None)).State);
        foreach (var spec in specs.Take(2))
        {
            await File.WriteAllTextAsync(Path.Combine(ExecutionsFolder, spec.Name, "opt-ml", "input", "data", "go"), "");
        }

        var reports = await Task.WhenAll(specs.Select(spec => EndOfAsync(executor, spec.Name)));
        var changes = reports
            .SelectMany(report => new[] { (At: report.StartedAt!.Value, By: 1), (At: report.EndedAt!.Value, By: -1) })
            .OrderBy(change => change.At).ThenBy(change => change.By);
        var running = 0;
        foreach (var (_, by) in changes)
        {
            running += by;
            Assert.InRange(running, 0, 2);
        }
    }

    [Fact]
    public async Task Waiting_executions_start_in_order_of_submission()
    {
        var executor = Open(slots: 1);
        var specs = Enumerable.Range(0, 4).Select(_ => Spec("true")).ToList();
        foreach (var spec in specs)
        {
            await SubmitAsync(executor, spec);
        }

        var reports = await Task.WhenAll(specs.Select(spec => EndOfAsync(executor, spec.Name)));
        Assert.Equal(reports.Select(report => report.StartedAt), reports.Select(report => report.StartedAt).Order());
    }

    [Fact]
    public async Task The_log_is_read_in_whole_lines_from_both_ends()
    {
        var executor = Open();
        var spec = Spec("printf 'caf\\303\\251 one\\ntwo\\n'; while [ ! -e $M/input/data/go ]; do sleep 0.02; done; printf three");
        await SubmitAsync(executor, spec);
        await LineAsync(executor, spec.Name, "two");
        var head = await executor.ReadLogAsync(spec.Name, 0, backwards: false, CancellationToken.None);
        Assert.Equal([new LogLine(0, "caf\u00e9 one"), new LogLine(10, "two")], head.Lines);
        Assert.Equal(14, head.NextPosition);
        Assert.Equal(head.Lines, (await executor.ReadLogAsync(spec.Name, long.MaxValue, backwards: true, CancellationToken.None)).Lines);
        await File.WriteAllTextAsync(Path.Combine(ExecutionsFolder, spec.Name, "opt-ml", "input", "data", "go"), "");
        await EndOfAsync(executor, spec.Name);
        Assert.Equal([new LogLine(14, "three")], (await executor.ReadLogAsync(spec.Name, 14, backwards: false, CancellationToken.None)).Lines);
        Assert.Equal(head.Lines, (await executor.ReadLogAsync(spec.Name, 14, backwards: true, CancellationToken.None)).Lines);
    }

    private protected async Task<string> FileOfModelAsync(IExecutor executor, ExecutionSpec spec, string name)
    {
        var plain = spec with { Definition = spec.Definition with { CompressArtifacts = false } };
        await executor.CollectAsync(plain, CancellationToken.None);
        return await File.ReadAllTextAsync(Path.Combine(DataFolder, "s3", "artifacts", "out", spec.Name, "output", "model", name));
    }
}
