using Microsoft.Extensions.Logging.Abstractions;
using Rekindle.Server.Driving;
using Rekindle.Server.Storage;
using Rekindle.Server.TrainingJobs;
using Rekindle.Server.TuningJobs;

namespace Rekindle.Server.Tests.Driving;

/// <summary>Managed spot training that gives way under drivers that may be dropped at any point.</summary>
public sealed class InterruptionDriverTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static TuningJobDefinition Spot(bool checkpoints)
    {
        var definition = TuningJobRun.Definition(jobs: 1, parallel: 1);
        return definition with { Training = definition.Training with { ManagedSpot = true, CheckpointS3Uri = checkpoints ? "s3://bucket/checkpoints" : null } };
    }

    /// <summary>The first program reports twice and runs until it is stopped; the second reports twice more and is done.</summary>
    /// <param name="secondNeverStarts">Whether a place that can't start it comes in between.</param>
    private static SimulatedExecutor TwoAttempts(bool secondNeverStarts = false)
    {
        SimulatedExecutor? executor = null;
        executor = new SimulatedExecutor(spec => executor!.Starts[spec.Name] switch
        {
            1 => new SimulatedExecutor.Outcome(
                "score=0.1\nscore=0.2\n", RunsUntilStopped: true, PrintsAtOnce: true, LastLog: "score=0.3\n", Metrics: "{\"loss\":9}\n{\"loss\":8}\n"),
            2 when secondNeverStarts => new SimulatedExecutor.Outcome("") { NeverStarts = "the disk is full" },
            _ => new SimulatedExecutor.Outcome("score=0.4\n", PrintsAtOnce: true, LastLog: "score=0.5\n", Metrics: "{\"loss\":7}\n"),
        });
        return executor;
    }

    private static async Task<TrainingJob> InterruptAsync(TuningJobRun run, long id)
    {
        var job = (await run.UntilAsync(id, snapshot => snapshot.TrainingJobs.Any(t => t.Progress.Secondary == SecondaryStatus.Training))).TrainingJobs[0];
        Assert.True(await run.Store.RequestInterruptionAsync(job.Id, "It was interrupted", TimeProvider.System.GetUtcNow(), Token));
        run.Signal.Raise();
        return job;
    }

    private static async Task AssertResumedAsync(TuningJobRun run, long id, SimulatedExecutor executor, bool checkpoints, int starts = 2)
    {
        var job = Assert.Single((await run.UntilEndedAsync(id)).TrainingJobs);
        Assert.Equal((TrainingJobStatus.Completed, 0.5, 1), (job.Progress.Status, job.Progress.ObjectiveValue, job.Progress.Interruptions));
        Assert.Null(job.InterruptionRequestedAt);
        Assert.Equal(starts, executor.Starts[job.Name]);
        Assert.Equal(
            [SecondaryStatus.Starting, SecondaryStatus.Training, SecondaryStatus.Interrupted, SecondaryStatus.Starting, SecondaryStatus.Training, SecondaryStatus.Uploading, SecondaryStatus.Completed],
            job.Transitions.Select(step => step.Status));
        var curves = await run.Store.ReadMetricAsync(job.Id, "score", -1, 10, Token);
        var losses = await run.Store.ReadMetricAsync(job.Id, "loss", -1, 10, Token);
        Assert.Equal(
            checkpoints ? [(1, 0.1), (2, 0.2), (3, 0.3), (4, 0.4), (5, 0.5)] : [(1, 0.4), (2, 0.5)],
            curves.Select(reading => (reading.Ordinal, reading.Value)));
        Assert.Equal(checkpoints ? [(1, 9.0), (2, 8.0), (3, 7.0)] : [(1, 7.0)], losses.Select(reading => (reading.Ordinal, reading.Value)));
        Assert.InRange(job.Progress.RanUntil(job.Progress.TrainingEndTime!.Value), TimeSpan.Zero, job.Progress.TrainingEndTime.Value - job.Progress.TrainingStartTime!.Value);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task It_waits_again_and_goes_on_with_what_it_reported_where_it_has_checkpoints(bool checkpoints)
    {
        var executor = TwoAttempts();
        await using var run = new TuningJobRun(executor);
        StopReason? reason = null;
        DateTimeOffset? asked = null;
        executor.BeforeStop = async name =>
        {
            var row = (await run.Store.FindTrainingJobAsync(name, CancellationToken.None))!;
            (reason, asked) = (row.StopReason, row.InterruptionRequestedAt);
        };
        var id = await run.CreateAsync(Spot(checkpoints));
        await run.StartDriversAsync();

        _ = await InterruptAsync(run, id);

        await AssertResumedAsync(run, id, executor, checkpoints);
        Assert.Null(reason);
        Assert.NotNull(asked);
    }

    [Fact]
    public async Task One_whose_next_program_could_not_be_started_at_first_goes_on_all_the_same()
    {
        var executor = TwoAttempts(secondNeverStarts: true);
        await using var run = new TuningJobRun(executor);
        var id = await run.CreateAsync(Spot(checkpoints: true));
        await run.StartDriversAsync();

        _ = await InterruptAsync(run, id);

        await AssertResumedAsync(run, id, executor, checkpoints: true, starts: 3);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_kill_before_any_of_its_steps_is_stored_changes_nothing(bool checkpoints)
    {
        var reached = await Task.WhenAll(Enumerable.Range(1, 10).Select(victim => KillAtAsync(victim, checkpoints)));

        // That it gave way, that it waits again, that it trains, and its end.
        Assert.All(reached.Take(4), Assert.True);
        Assert.False(reached[^1]);
    }

    /// <summary>One of the commits after the request fails, and the drivers are dropped there and started again. False when there were not so many.</summary>
    private static async Task<bool> KillAtAsync(int victim, bool checkpoints)
    {
        var (commits, armed) = (0, false);
        var died = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var executor = TwoAttempts();
        await using var run = new TuningJobRun(executor, beforeStore: (_, arguments) =>
        {
            if (!Volatile.Read(ref armed) || !arguments.OfType<IReadOnlyList<Change>>().Any(changes => changes.Count > 0)) return;
            if (Interlocked.Increment(ref commits) != victim) return;
            died.TrySetResult();
            throw new IOException("The process is gone.");
        });
        var id = await run.CreateAsync(Spot(checkpoints));
        await run.StartDriversAsync();
        await run.UntilAsync(id, snapshot => snapshot.TrainingJobs.Any(t => t.Progress is { Secondary: SecondaryStatus.Training, LogPosition: > 0 }));
        Volatile.Write(ref armed, true);
        _ = await InterruptAsync(run, id);
        await Task.WhenAny(died.Task, run.UntilEndedAsync(id));
        var isReached = died.Task.IsCompleted;
        await run.DropDriversAsync();
        await run.StartDriversAsync();
        await AssertResumedAsync(run, id, executor, checkpoints);
        return isReached;
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_kill_around_the_removal_of_what_the_program_left_changes_nothing(bool after)
    {
        var executor = TwoAttempts();
        var died = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var resets = 0;
        executor.AroundReset = (_, isAfter) =>
        {
            if (isAfter != after || Interlocked.Increment(ref resets) > 1) return;
            died.TrySetResult();
            throw new IOException("The process is gone.");
        };
        await using var run = new TuningJobRun(executor);
        var id = await run.CreateAsync(Spot(checkpoints: true));
        await run.StartDriversAsync();
        _ = await InterruptAsync(run, id);
        await died.Task.WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System, Token);
        await run.DropDriversAsync();
        await run.StartDriversAsync();

        await AssertResumedAsync(run, id, executor, checkpoints: true);
        Assert.Equal(2, resets);
    }

    [Fact]
    public async Task A_stop_that_comes_while_it_gives_way_wins()
    {
        var executor = TwoAttempts();
        await using var run = new TuningJobRun(executor);
        executor.BeforeStop = name => run.Store.RequestTrainingJobStopAsync(name, TimeProvider.System.GetUtcNow(), CancellationToken.None);
        var id = await run.CreateAsync(Spot(checkpoints: true));
        await run.StartDriversAsync();
        _ = await InterruptAsync(run, id);

        var job = Assert.Single((await run.UntilEndedAsync(id)).TrainingJobs);

        Assert.Equal((TrainingJobStatus.Stopped, 0.3, 0), (job.Progress.Status, job.Progress.ObjectiveValue, job.Progress.Interruptions));
        Assert.Equal(1, executor.Starts[job.Name]);
        Assert.NotNull(job.Progress.ModelArtifact);
    }

    [Fact]
    public async Task A_stop_that_comes_while_it_waits_again_ends_it()
    {
        var executor = TwoAttempts();
        await using var run = new TuningJobRun(executor);
        executor.AroundReset = (name, isAfter) =>
        {
            if (isAfter) run.Store.RequestTrainingJobStopAsync(name, TimeProvider.System.GetUtcNow(), CancellationToken.None).GetAwaiter().GetResult();
        };
        var id = await run.CreateAsync(Spot(checkpoints: true));
        await run.StartDriversAsync();
        _ = await InterruptAsync(run, id);

        var job = Assert.Single((await run.UntilEndedAsync(id)).TrainingJobs);

        Assert.Equal((TrainingJobStatus.Stopped, 0.3, 1), (job.Progress.Status, job.Progress.ObjectiveValue, job.Progress.Interruptions));
        Assert.Equal(1, executor.Starts[job.Name]);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task A_look_at_who_waits_asks_managed_spot_training_to_give_way(bool isSpot, bool comerWaits)
    {
        var executor = TwoAttempts();
        await using var run = new TuningJobRun(executor);
        var definition = Spot(checkpoints: true);
        var id = await run.CreateAsync(definition with { Training = definition.Training with { ManagedSpot = isSpot } });
        await run.StartDriversAsync();
        var job = (await run.UntilAsync(id, snapshot => snapshot.TrainingJobs.Any(t => t.Progress.Secondary == SecondaryStatus.Training))).TrainingJobs[0];
        var other = await run.CreateAsync(TuningJobRun.Definition(jobs: 1, parallel: 1), "other");
        run.Signal.Raise();
        var comer = (await run.UntilAsync(other, snapshot => snapshot.TrainingJobs.Count > 0)).TrainingJobs[0];
        await run.DropDriversAsync();
        executor.CurrentLoad = new ExecutorLoad(
            new Dictionary<string, int> { ["slots"] = 1 },
            [ExecutionLoad.Of(job.Name, "slots", true, 0, 0), .. comerWaits ? [ExecutionLoad.Of(comer.Name, "slots", false, 0, 0)] : Array.Empty<ExecutionLoad>()]);
        using var interruptions = new SpotInterruptions(
            run.Store, executor, run.Signal, new SpotOptions(true, TimeSpan.Zero), TimeProvider.System, NullLogger<SpotInterruptions>.Instance);

        var signalled = run.Signal.Next;
        await interruptions.LookAsync(Token);
        await interruptions.LookAsync(Token);

        var row = (await run.Store.ReadTrainingJobAsync(job.Id, Token))!;
        Assert.Equal(isSpot && comerWaits, row.InterruptionRequestedAt is not null);
        Assert.Equal(isSpot && comerWaits, signalled.IsCompleted);
        Assert.Equal(
            isSpot && comerWaits ? [$"The managed spot training was interrupted: the training job {comer.Name} waits for its place"] : [],
            row.Transitions.Where(step => step.Status == SecondaryStatus.Interrupted).Select(step => step.Message));
    }
}
