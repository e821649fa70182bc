using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.Tests.Executors.Contract;

/// <summary>What is needed for one execution to give way to another, and to be started again.</summary>
public abstract partial class ExecutorContract
{
    private protected static TrainingDefinition AsSpot(TrainingDefinition definition) => definition with { ManagedSpot = true };

    [Fact]
    public async Task An_execution_that_was_reset_starts_anew_and_its_log_goes_on()
    {
        var executor = Open();
        var spec = Spec("echo begins; [ -e $M/model/left ] && echo left; touch $M/model/left; printf 'half a line'; exit 3");
        await SubmitAsync(executor, spec);
        var first = await EndOfAsync(executor, spec.Name);
        Assert.Equal(["begins", "half a line"], Texts(first));
        for (var i = 0; i < 2; i++)
        {
            // A removal that was cut short is repeated.
            await executor.ResetAsync(spec.Name, CancellationToken.None);
            var gone = await executor.ObserveAsync(spec.Name, first.NextPosition, CancellationToken.None);
            Assert.Equal((ExecutionState.Absent, first.NextPosition), (gone.State, gone.NextPosition));
            Assert.Equal(["begins", "half a line"], (await executor.ReadLogAsync(spec.Name, 0, backwards: false, CancellationToken.None)).Lines.Select(line => line.Text));
        }

        await executor.SubmitAsync(spec, CancellationToken.None);
        // Another server finds it just the same.
        var server = Open();
        _ = await EndOfAsync(executor, spec.Name);
        var second = await server.ObserveAsync(spec.Name, first.NextPosition, CancellationToken.None);

        Assert.Equal((ExecutionState.Exited, 3), (second.State, second.ExitCode));
        Assert.Equal(["begins", "half a line"], Texts(second).Where(text => text.Length > 0));
        Assert.All(second.Lines, line => Assert.True(line.Offset >= first.NextPosition));
        var log = await server.ReadLogAsync(spec.Name, 0, backwards: false, CancellationToken.None);
        Assert.Equal(["begins", "half a line", "begins", "half a line"], log.Lines.Select(line => line.Text));
    }

    [Fact]
    public async Task Resetting_ends_what_still_runs_and_does_nothing_where_there_is_nothing()
    {
        var executor = Open();
        await executor.ResetAsync("unknown", CancellationToken.None);
        Assert.Equal(ExecutionState.Absent, (await executor.ObserveAsync("unknown", 0, CancellationToken.None)).State);
        var mark = Mark();
        var spec = Spec($"echo ready; sleep {mark}");
        await SubmitAsync(executor, spec);
        await LineAsync(executor, spec.Name, "ready");
        await executor.ResetAsync(spec.Name, CancellationToken.None);
        await NoProcessWithAsync(mark);
        Assert.Equal(ExecutionState.Absent, (await executor.ObserveAsync(spec.Name, 0, CancellationToken.None)).State);
    }

    [Fact]
    public async Task Managed_spot_training_waits_behind_the_rest_and_the_load_says_who_waits()
    {
        var executor = Open(slots: 1);
        var first = Spec("echo ready; while [ ! -e $M/model/end ]; do sleep 0.02; done");
        var spot = Spec("echo spot", change: AsSpot);
        var later = Spec("echo later; while :; do sleep 0.02; done");
        await SubmitAsync(executor, first);
        await LineAsync(executor, first.Name, "ready");
        await SubmitAsync(executor, spot);
        await SubmitAsync(executor, later);

        var load = executor.Load();
        var running = Assert.Single(load.Executions, execution => execution.WaitsFor.Count == 0);
        Assert.Equal(first.Name, running.Name);
        var slot = Assert.Single(running.Holds).Key;
        Assert.Equal(1, load.Places[slot]);
        Assert.Equal([later.Name, spot.Name], load.Executions.Where(execution => execution.WaitsFor.Count > 0).Select(execution => execution.Name));
        Assert.All(load.Executions.Where(execution => execution.WaitsFor.Count > 0), execution => Assert.Equal(slot, Assert.Single(execution.WaitsFor).Key));

        await executor.StopAsync(first.Name, TimeSpan.Zero, CancellationToken.None);
        await LineAsync(executor, later.Name, "later");
        Assert.Equal(ExecutionState.Queued, (await executor.ObserveAsync(spot.Name, 0, CancellationToken.None)).State);
        await executor.StopAsync(later.Name, TimeSpan.Zero, CancellationToken.None);
        Assert.Equal(["spot"], Texts(await EndOfAsync(executor, spot.Name)));
    }
}
