using Rekindle.Server.Driving;
using Rekindle.Server.Storage;
using Rekindle.Server.TrainingJobs;
using Rekindle.Server.TuningJobs;

namespace Rekindle.Server.Tests.Driving;

public sealed class TrainingDriverTests
{
    /// <summary>The errno of a full disk.</summary>
    private const int NoSpace = 28;

    private static SimulatedExecutor RunningOn(string log = "score=0.5\n") => new(_ => new SimulatedExecutor.Outcome(log, RunsUntilStopped: true));

    private static TuningJobDefinition With(Func<TrainingDefinition, TrainingDefinition> change)
    {
        var definition = TuningJobRun.Definition(jobs: 1, parallel: 1);
        return definition with { Training = change(definition.Training) };
    }

    [Fact]
    public async Task A_program_over_its_time_is_told_to_stop_only_after_the_reason_is_stored()
    {
        var executor = RunningOn();
        await using var run = new TuningJobRun(executor);
        StopReason? known = null;
        executor.BeforeStop = async name => known = (await run.Store.FindTrainingJobAsync(name, CancellationToken.None))!.StopReason;
        var id = await run.CreateAsync(With(training => training with { MaxRuntimeInSeconds = 1 }));
        await run.StartDriversAsync();

        var job = (await run.UntilAsync(id, snapshot => snapshot.TrainingJobs.Any(t => t.IsTerminal))).TrainingJobs[0];

        Assert.Equal(StopReason.MaxRuntime, known);
        Assert.Equal((TrainingJobStatus.Stopped, SecondaryStatus.MaxRuntimeExceeded), (job.Progress.Status, job.Progress.Secondary));
        Assert.Equal(0.5, job.Progress.ObjectiveValue);
    }

    [Fact]
    public async Task Lines_that_were_read_are_not_counted_again_when_storing_them_fails()
    {
        var failures = 0;
        await using var run = new TuningJobRun(
            new SimulatedExecutor(_ => new SimulatedExecutor.Outcome("score=0.1\nscore=0.2\nscore=0.3\n", PrintsAtOnce: true, LastLog: "score=0.4\n")),
            beforeStore: (_, arguments) =>
            {
                if (arguments.OfType<IReadOnlyList<Change>>().Any(changes => changes.Any(change => change is Change.AppendReadings))
                    && Interlocked.Increment(ref failures) == 1)
                {
                    throw new IOException("The disk is full.", NoSpace);
                }
            });
        var id = await run.CreateAsync(With(training => training));
        await run.StartDriversAsync();

        var job = Assert.Single((await run.UntilEndedAsync(id)).TrainingJobs);

        Assert.InRange(failures, 2, int.MaxValue);
        var curve = (await run.Store.ReadCurvesAsync([job.Id], "score", TestContext.Current.CancellationToken))[job.Id];
        Assert.Equal([(1, 0.1), (2, 0.2), (3, 0.3), (4, 0.4)], curve.Select(point => (point.Ordinal, point.Value)));
    }

    [Fact]
    public async Task A_metrics_file_gives_the_objective_though_the_log_says_another_and_nothing_is_counted_twice_when_storing_fails()
    {
        var failures = 0;
        await using var run = new TuningJobRun(
            new SimulatedExecutor(_ => new SimulatedExecutor.Outcome(
                "score=0.9\n", PrintsAtOnce: true, LastLog: "score=0.8\n", Metrics: "{\"score\":0.1,\"loss\":5}\nbroken\n{\"metric\":\"score\",\"value\":0.2}\n")),
            beforeStore: (_, arguments) =>
            {
                if (arguments.OfType<IReadOnlyList<Change>>().Any(changes => changes.Any(change => change is Change.AppendReadings))
                    && Interlocked.Increment(ref failures) == 1)
                {
                    throw new IOException("The disk is full.", NoSpace);
                }
            });
        var id = await run.CreateAsync(With(training => training));
        await run.StartDriversAsync();

        var job = Assert.Single((await run.UntilEndedAsync(id)).TrainingJobs);

        Assert.InRange(failures, 2, int.MaxValue);
        Assert.Equal((0.2, ObjectiveStatus.Succeeded), (job.Progress.ObjectiveValue, job.Progress.ObjectiveStatus));
        var curves = await run.Store.ReadCurvesAsync([job.Id], "score", TestContext.Current.CancellationToken);
        Assert.Equal([(1, 0.1), (2, 0.2)], curves[job.Id].Select(point => (point.Ordinal, point.Value)));
        Assert.Equal(["loss", "score"], (await run.Store.ReadLastMetricsAsync(job.Id, TestContext.Current.CancellationToken)).Select(reading => reading.Metric));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task A_clock_that_is_set_stops_no_program_and_ends_no_tuning_job(int hours)
    {
        var clock = new ClockOfOurs();
        await using var run = new TuningJobRun(RunningOn(), clock);
        var definition = With(training => training with { MaxRuntimeInSeconds = 600 }) with { MaxRuntimeInSeconds = 3000 };
        var id = await run.CreateAsync(definition, "job", clock.GetUtcNow());
        await run.StartDriversAsync();
        await run.UntilAsync(id, snapshot => snapshot.TrainingJobs.Any(t => t.Progress.Secondary == SecondaryStatus.Training));

        clock.Set(TimeSpan.FromHours(hours));
        // Another one that goes through all its steps by the new clock, its limit too: the first is looked at again and again meanwhile.
        var other = await run.CreateAsync(
            With(training => training with { MaxRuntimeInSeconds = 1 }) with { MaxRuntimeInSeconds = 3000 }, "other", clock.GetUtcNow());
        run.Signal.Raise();
        await run.UntilEndedAsync(other);

        var (job, trainingJobs) = (await run.Store.ReadTuningSnapshotAsync(id, TestContext.Current.CancellationToken))!;
        Assert.Equal((TuningJobStatus.InProgress, null), (job.Status, job.Ending));
        Assert.Null(Assert.Single(trainingJobs).StopRequestedAt);
    }

    [Fact]
    public async Task A_program_that_can_never_be_started_is_given_up_and_the_tuning_job_ends()
    {
        var attempts = 0;
        var executor = new SimulatedExecutor(_ =>
        {
            Interlocked.Increment(ref attempts);
            throw new InvalidDataException("This can't be started.");
        });
        await using var run = new TuningJobRun(executor, new ClockOfOurs(speed: 1000));
        var id = await run.CreateAsync(TuningJobRun.Definition(jobs: 1, parallel: 1));
        await run.StartDriversAsync();

        var (job, trainingJobs) = await run.UntilEndedAsync(id);

        Assert.Equal(TuningJobStatus.Failed, job.Status);
        var progress = Assert.Single(trainingJobs).Progress;
        Assert.Equal((TrainingJobStatus.Failed, FailureKind.Retryable), (progress.Status, progress.FailureKind));
        Assert.Equal("InternalServerError: the training program could not be started: This can't be started.", progress.FailureReason);
        Assert.Equal(10, attempts);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task While_nothing_can_be_started_training_jobs_wait_and_none_of_them_fails(bool isAccepted)
    {
        var clock = new ClockOfOurs(speed: 100);
        var (isMended, attempts) = (false, 0);
        var executor = new SimulatedExecutor(_ =>
        {
            Interlocked.Increment(ref attempts);
            return Volatile.Read(ref isMended) ? new SimulatedExecutor.Outcome("score=0.5\n")
                : isAccepted ? new SimulatedExecutor.Outcome("", NeverStarts: "The disk is full.")
                : throw new IOException("The disk is full.", NoSpace);
        });
        await using var run = new TuningJobRun(executor, clock)
        {
            Breakers = new CircuitBreakers(clock, () => new CircuitBreaker(TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(200))),
        };
        var id = await run.CreateAsync(TuningJobRun.Definition(jobs: 8, parallel: 4));
        await run.StartDriversAsync();

        var waiting = await run.UntilAsync(id, snapshot => Volatile.Read(ref attempts) > CircuitBreaker.FailuresToOpen
            && snapshot.TrainingJobs.Count == 4 && snapshot.TrainingJobs.All(job => job.Transitions is [.., { Status: SecondaryStatus.Pending }]));
        Assert.All(waiting.TrainingJobs, job => Assert.Equal(
            (true, TrainingJobStatus.InProgress),
            (job.Transitions[^1].Message.StartsWith("Waiting until this machine can start programs again, which is tried from time to time.", StringComparison.Ordinal), job.Progress.Status)));
        Volatile.Write(ref isMended, true);

        var (ended, trainingJobs) = await run.UntilEndedAsync(id);
        Assert.Equal((TuningJobStatus.Completed, 8), (ended.Status, trainingJobs.Count(job => job.Progress.Status == TrainingJobStatus.Completed)));
    }

    [Fact]
    public async Task One_that_can_never_be_started_keeps_no_other_waiting()
    {
        var clock = new ClockOfOurs(speed: 100);
        var attempts = 0;
        var executor = new SimulatedExecutor(spec => spec.Name.StartsWith("bad", StringComparison.Ordinal)
            ? throw new IOException($"The disk is full at attempt {Interlocked.Increment(ref attempts)}.", NoSpace)
            : new SimulatedExecutor.Outcome("score=0.5\n"));
        await using var run = new TuningJobRun(executor, clock);
        var bad = await run.CreateAsync(TuningJobRun.Definition(jobs: 1, parallel: 1), "bad", clock.GetUtcNow());
        await run.StartDriversAsync();
        await run.UntilAsync(bad, _ => Volatile.Read(ref attempts) >= CircuitBreaker.FailuresToOpen);

        var good = await run.CreateAsync(TuningJobRun.Definition(jobs: 3, parallel: 1), "good", clock.GetUtcNow());
        run.Signal.Raise();

        Assert.Equal(TuningJobStatus.Completed, (await run.UntilEndedAsync(good)).Job.Status);
    }

    [Fact]
    public async Task One_that_alone_can_not_be_started_is_given_up_and_the_others_train()
    {
        var executor = new SimulatedExecutor(spec => spec.Name.EndsWith("-001-" + spec.Name[^8..], StringComparison.Ordinal)
            ? throw new IOException("Not this one.", NoSpace)
            : new SimulatedExecutor.Outcome("score=0.5\n"));
        await using var run = new TuningJobRun(executor, new ClockOfOurs(speed: 1000));
        var id = await run.CreateAsync(TuningJobRun.Definition(jobs: 30, parallel: 2));
        await run.StartDriversAsync();

        var (ended, trainingJobs) = await run.UntilEndedAsync(id);

        Assert.Equal((TuningJobStatus.Completed, 29), (ended.Status, trainingJobs.Count(job => job.Progress.Status == TrainingJobStatus.Completed)));
        Assert.Equal(
            "InternalServerError: the training program could not be started: Not this one.",
            Assert.Single(trainingJobs, job => job.Progress.Status == TrainingJobStatus.Failed).Progress.FailureReason);
    }

    [Fact]
    public async Task One_that_is_alone_and_can_not_be_started_is_given_up_in_the_end()
    {
        var clock = new ClockOfOurs(speed: 1000);
        await using var run = new TuningJobRun(new SimulatedExecutor(_ => throw new IOException("The disk is full.", NoSpace)), clock)
        {
            Breakers = new CircuitBreakers(clock, () => new CircuitBreaker(TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(20))),
        };
        var id = await run.CreateAsync(TuningJobRun.Definition(jobs: 1, parallel: 1));
        await run.StartDriversAsync();

        var (_, trainingJobs) = await run.UntilEndedAsync(id);
        Assert.Equal(
            "InternalServerError: the training program could not be started: The disk is full.", Assert.Single(trainingJobs).Progress.FailureReason);
    }

    [Fact]
    public async Task A_tuning_job_that_waits_for_a_place_to_start_programs_can_be_stopped()
    {
        var clock = new ClockOfOurs(speed: 100);
        await using var run = new TuningJobRun(new SimulatedExecutor(_ => throw new IOException("The disk is full.", NoSpace)), clock);
        var id = await run.CreateAsync(TuningJobRun.Definition(jobs: 8, parallel: 4));
        await run.StartDriversAsync();
        await run.UntilAsync(id, snapshot => snapshot.TrainingJobs.Any(job => job.Transitions is [.., { Status: SecondaryStatus.Pending }]));

        await run.Store.RequestTuningJobStopAsync("job", clock.GetUtcNow(), TestContext.Current.CancellationToken);
        run.Signal.Raise();

        var (ended, trainingJobs) = await run.UntilEndedAsync(id);
        Assert.Equal(TuningJobStatus.Stopped, ended.Status);
        Assert.All(trainingJobs, job => Assert.Equal(TrainingJobStatus.Stopped, job.Progress.Status));
    }

    [Fact]
    public async Task A_program_that_starts_at_the_third_attempt_trains()
    {
        var attempts = 0;
        var executor = new SimulatedExecutor(_ =>
            Interlocked.Increment(ref attempts) < 3 ? throw new IOException("No room now.") : new SimulatedExecutor.Outcome("score=0.5\n"));
        await using var run = new TuningJobRun(executor, new ClockOfOurs(speed: 1000));
        var id = await run.CreateAsync(TuningJobRun.Definition(jobs: 1, parallel: 1));
        await run.StartDriversAsync();
        Assert.Equal(TuningJobStatus.Completed, (await run.UntilEndedAsync(id)).Job.Status);
    }

    [Fact]
    public async Task A_lost_program_is_started_again_when_that_was_asked_for_and_its_readings_are_the_new_ones()
    {
        var starts = 0;
        var executor = new SimulatedExecutor(_ => Interlocked.Increment(ref starts) == 1
            ? new SimulatedExecutor.Outcome("score=0.1\n", RunsUntilStopped: true)
            : new SimulatedExecutor.Outcome("score=0.7\n"));
        await using var run = new TuningJobRun(executor);
        var id = await run.CreateAsync(With(training => training with { MaximumRetryAttempts = 1 }));
        await run.StartDriversAsync();
        var name = (await run.UntilAsync(id, snapshot => snapshot.TrainingJobs.Any(t => t.Progress.Secondary == SecondaryStatus.Training))).TrainingJobs[0].Name;
        executor.Lose(name);

        var (job, trainingJobs) = await run.UntilEndedAsync(id);

        Assert.Equal(TuningJobStatus.Completed, job.Status);
        var ended = Assert.Single(trainingJobs);
        Assert.Equal((TrainingJobStatus.Completed, 0.7), (ended.Progress.Status, ended.Progress.ObjectiveValue));
        Assert.Equal(2, ended.Transitions.Count(step => step.Status == SecondaryStatus.Starting));
        Assert.Equal(0.7, Assert.Single(await run.Store.ReadMetricAsync(ended.Id, "score", -1, 10, CancellationToken.None)).Value);
    }

    [Fact]
    public async Task A_stop_while_the_model_is_packed_ends_as_stopped_and_packing_is_seen()
    {
        var executor = new SimulatedExecutor(_ => new SimulatedExecutor.Outcome("score=0.5\n"));
        await using var run = new TuningJobRun(executor);
        var packed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        executor.BeforeCollect = _ => packed.Task;
        var id = await run.CreateAsync(TuningJobRun.Definition(jobs: 1, parallel: 1));
        await run.StartDriversAsync();
        var name = (await run.UntilAsync(id, snapshot => snapshot.TrainingJobs.Any(t => t.Progress.Secondary == SecondaryStatus.Uploading))).TrainingJobs[0].Name;
        Assert.Equal(
            TrainingJobStatus.InProgress,
            await run.Store.RequestTrainingJobStopAsync(name, TimeProvider.System.GetUtcNow(), TestContext.Current.CancellationToken));
        packed.SetResult();

        var job = Assert.Single((await run.UntilEndedAsync(id)).TrainingJobs);

        Assert.Equal((TrainingJobStatus.Stopped, 0.5), (job.Progress.Status, job.Progress.ObjectiveValue));
        Assert.Equal(
            [SecondaryStatus.Starting, SecondaryStatus.Training, SecondaryStatus.Uploading, SecondaryStatus.Stopping, SecondaryStatus.Stopped],
            job.Transitions.Select(step => step.Status));
    }

    [Fact]
    public async Task A_program_that_is_stopped_before_it_started_is_cancelled_with_the_executor_first()
    {
        var tried = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var executor = new SimulatedExecutor(_ =>
        {
            tried.TrySetResult();
            throw new IOException("Not yet.");
        });
        var cancelled = new List<(string, TrainingJobStatus)>();
        await using var run = new TuningJobRun(executor);
        executor.BeforeStop = async name =>
            cancelled.Add((name, (await run.Store.FindTrainingJobAsync(name, CancellationToken.None))!.Progress.Status));
        var id = await run.CreateAsync(TuningJobRun.Definition(jobs: 1, parallel: 1));
        await run.StartDriversAsync();
        await tried.Task.WaitAsync(TestContext.Current.CancellationToken);
        await run.Store.RequestTuningJobStopAsync("job", TimeProvider.System.GetUtcNow(), TestContext.Current.CancellationToken);
        run.Signal.Raise();

        var job = Assert.Single((await run.UntilEndedAsync(id)).TrainingJobs);

        Assert.Equal((job.Name, TrainingJobStatus.Stopping), Assert.Single(cancelled));
        Assert.Equal((TrainingJobStatus.Stopped, null), (job.Progress.Status, job.Progress.TrainingStartTime));
    }

    [Fact]
    public async Task An_expression_that_never_ends_does_not_hold_up_the_training_job_and_is_told()
    {
        // A time-out for each of 5,000 lines would take many minutes.
        var log = string.Concat(Enumerable.Repeat(new string('x', 40) + "\n", 5000)) + "score=0.5\n";
        await using var run = new TuningJobRun(new SimulatedExecutor(_ => new SimulatedExecutor.Outcome(log)));
        var id = await run.CreateAsync(With(training => training with
        {
            MetricDefinitions = [.. training.MetricDefinitions, new MetricDefinition("slow", "(?!q)(x+x+)+y=(.*)")],
        }));
        await run.StartDriversAsync();

        var job = Assert.Single((await run.UntilEndedAsync(id)).TrainingJobs);

        Assert.Equal((TrainingJobStatus.Completed, 0.5), (job.Progress.Status, job.Progress.ObjectiveValue));
        Assert.Equal(
            "Training job completed. The regular expression of the metric \"slow\" took too long on this log and was switched off.",
            job.Transitions[^1].Message);
    }
}
