using Rekindle.Server.Tests.TuningJobs;
using Rekindle.Server.TrainingJobs;
using static Rekindle.Server.Tests.TrainingJobs.TrainingCase;

namespace Rekindle.Server.Tests.TrainingJobs;

/// <summary>What is decided about managed spot training that has to give way, and afterwards.</summary>
public sealed class InterruptionStepTests
{
    private static readonly DateTimeOffset Asked = Now.AddSeconds(-60);

    private static TrainingDefinition Spot { get; } = Given.Training with { ManagedSpot = true, CheckpointS3Uri = "s3://b/checkpoints" };

    /// <summary>One that runs since a minute after its creation and is asked to give way a minute before now.</summary>
    private static TrainingJob Interrupted(TrainingDefinition? definition = null)
    {
        var job = In(Row("training"), SecondaryStatus.Interrupted) with { Definition = definition ?? Spot, InterruptionRequestedAt = Asked };
        return job with { Progress = job.Progress with { ObjectiveValue = 0.5, MetricsPosition = 40 } };
    }

    private static TrainingJob GivenWay(TrainingDefinition? definition = null)
    {
        var job = Interrupted(definition);
        return job with { Progress = Decide(job, Ended()).Progress };
    }

    /// <summary>One that runs again, since ten minutes before now, having run for ten minutes before.</summary>
    private static TrainingJob Resumed()
    {
        var job = In(Row("training"), SecondaryStatus.Training) with { Definition = Spot };
        return job with
        {
            Progress = job.Progress with { Interruptions = 1, RanBefore = TimeSpan.FromMinutes(10), ResumedAt = Now.AddMinutes(-10) },
        };
    }

    private static ExecutionReport Ended(int exitCode = 143, bool? wasSignalled = true) =>
        Report(ExecutionStateName.Exited) with { ExitCode = exitCode, WasSignalled = wasSignalled };

    [Fact]
    public void A_program_that_has_to_give_way_is_told_to_end_and_its_row_says_so_before()
    {
        var decision = Decide(Interrupted(), Report(ExecutionStateName.Running));
        Assert.Equal((TrainingCommand.Stop, null), (decision.Command, decision.RequestStop));
        Assert.Empty(decision.Transitions);
        Assert.Equal(SecondaryStatus.Interrupted, decision.Progress.Secondary);
    }

    [Theory]
    [InlineData(ExecutionStateName.Exited)]
    [InlineData(ExecutionStateName.Lost)]
    [InlineData(ExecutionStateName.Absent)]
    public void When_it_has_ended_how_long_it_ran_is_noted_and_nothing_else_ends(ExecutionStateName state)
    {
        var job = Interrupted();
        var decision = Decide(job, state == ExecutionStateName.Exited ? Ended() : Report(state));
        var ended = state == ExecutionStateName.Exited ? Now.AddSeconds(-5) : Now;
        Assert.Equal(TrainingCommand.GiveWay, decision.Command);
        Assert.Empty(decision.Transitions);
        Assert.False(decision.ForgetsReadings);
        Assert.Equal(
            job.Progress with
            {
                SeenRunning = false,
                Interruptions = 1,
                RanBefore = ended - job.Progress.TrainingStartTime!.Value,
                MetricsBase = 40,
                LastModifiedTime = Now,
            },
            decision.Progress);
        Assert.True((job with { Progress = decision.Progress }).HasGivenWay);
    }

    [Fact]
    public void All_of_the_log_is_read_before()
    {
        var decision = Decide(Interrupted(), Ended() with { NextPosition = 500, MoreLines = true }, Reading(0.7, 450));
        Assert.Equal((TrainingCommand.ReadOn, 0.7, 0), (decision.Command, decision.Progress.ObjectiveValue, decision.Progress.Interruptions));
    }

    [Fact]
    public void Without_a_place_for_checkpoints_what_it_reported_is_forgotten()
    {
        var decision = Decide(Interrupted(Spot with { CheckpointS3Uri = null }), Ended());
        Assert.Equal((TrainingCommand.GiveWay, true, null), (decision.Command, decision.ForgetsReadings, decision.Progress.ObjectiveValue));
        // Its log stays, and is not read again.
        Assert.Equal((100, 40, 40), (decision.Progress.LogPosition, decision.Progress.MetricsPosition, decision.Progress.MetricsBase));
    }

    [Theory]
    [InlineData(0, false, -5)]
    [InlineData(0, true, -61)]
    [InlineData(1, null, -61)]
    public void A_program_that_had_ended_by_itself_was_done(int exitCode, bool? wasSignalled, int endedAfter)
    {
        var report = Ended(exitCode, wasSignalled) with { EndedAt = Now.AddSeconds(endedAfter) };
        var decision = Decide(Interrupted(), report);
        Assert.Equal((TrainingCommand.Collect, SecondaryStatus.Uploading), (decision.Command, decision.Progress.Secondary));
        var end = TrainingStep.Finish(Interrupted(), decision.Progress, report, null, null, [], Now);
        Assert.Equal(exitCode == 0 ? TrainingJobStatus.Completed : TrainingJobStatus.Failed, end.Progress.Status);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(137)]
    public void However_it_ends_after_the_signal_it_gave_way(int exitCode) =>
        Assert.Equal(TrainingCommand.GiveWay, Decide(Interrupted(), Ended(exitCode)).Command);

    [Fact]
    public void One_that_was_packed_already_ends_as_it_did() =>
        Assert.Equal(TrainingCommand.Collect, Decide(In(Interrupted(), SecondaryStatus.Uploading), Ended(1)).Command);

    [Theory]
    [InlineData(ExecutionStateName.Exited)]
    [InlineData(ExecutionStateName.Absent)]
    [InlineData(ExecutionStateName.Lost)]
    public void What_it_left_is_removed_and_it_waits_again_and_doing_that_twice_is_the_same(ExecutionStateName state)
    {
        var job = GivenWay();
        var decision = Decide(job, Report(state), Reading(0.1, 450));
        Assert.Equal(TrainingCommand.Requeue, decision.Command);
        Assert.Equal(job.Progress with { Secondary = SecondaryStatus.Starting, LastModifiedTime = Now }, decision.Progress);
        Assert.Equal(SecondaryStatus.Starting, Assert.Single(decision.Transitions).Status);
        var waiting = job with { InterruptionRequestedAt = null, Progress = decision.Progress };
        Assert.Equal(TrainingCommand.Submit, Decide(waiting, Report(ExecutionStateName.Absent)).Command);
        Assert.Equal(SecondaryStatus.Pending, Assert.Single(Decide(waiting, Report(ExecutionStateName.Queued)).Transitions).Status);
    }

    [Fact]
    public void The_next_program_has_a_start_of_its_own_and_the_training_job_keeps_its_first()
    {
        var job = GivenWay();
        job = job with { InterruptionRequestedAt = null, Progress = Decide(job, Report(ExecutionStateName.Absent)).Progress };
        var decision = Decide(job, Report(ExecutionStateName.Running) with { StartedAt = Now.AddSeconds(-2), NextPosition = 130 }, Reading(0.6, 120));
        Assert.Equal(SecondaryStatus.Training, Assert.Single(decision.Transitions).Status);
        Assert.Equal((Given.Start.AddMinutes(1), Now.AddSeconds(-2)), (decision.Progress.TrainingStartTime, decision.Progress.AttemptStartTime));
        Assert.Equal((130, 0.6, true), (decision.Progress.LogPosition, decision.Progress.ObjectiveValue, decision.Progress.SeenRunning));
        Assert.Equal(job.Progress.RanBefore + TimeSpan.FromSeconds(2), decision.Progress.RanUntil(Now));
    }

    [Theory]
    [InlineData(1201, null)]
    [InlineData(1200, StopReason.MaxRuntime)]
    public void The_runtime_limit_counts_what_all_its_programs_ran(int seconds, object? stop)
    {
        var job = Resumed();
        job = job with { Definition = Spot with { MaxRuntimeInSeconds = seconds } };
        Assert.Equal((StopReason?)stop, Decide(job, Report(ExecutionStateName.Running)).RequestStop);
        Assert.Equal(
            (StopReason?)stop, Decide(job, Report(ExecutionStateName.Running) with { RunningFor = TimeSpan.FromMinutes(10) }).RequestStop);
    }

    [Fact]
    public void The_wait_limit_counts_from_its_creation_on_whatever_happened_since()
    {
        var waited = (int)(Now - Given.Start).TotalSeconds;
        var job = In(GivenWay(Spot with { MaxWaitTimeInSeconds = waited }), SecondaryStatus.Pending) with { InterruptionRequestedAt = null };
        Assert.Equal(StopReason.MaxWaitTime, Decide(job, Report(ExecutionStateName.Queued)).RequestStop);
        Assert.Equal(StopReason.MaxWaitTime, Decide(Resumed() with { Definition = job.Definition }, Report(ExecutionStateName.Running)).RequestStop);
    }

    [Fact]
    public void One_that_is_stopped_while_it_waits_again_keeps_what_it_reported_and_is_charged_for_what_ran()
    {
        var job = GivenWay() with { InterruptionRequestedAt = null };
        var cancelled = Ended() with { StartedAt = null };
        var decision = Decide(job.StopRequested(StopReason.MaxWaitTime), cancelled);
        Assert.Equal((TrainingJobStatus.Stopped, SecondaryStatus.MaxWaitTimeExceeded), (decision.Progress.Status, decision.Progress.Secondary));
        Assert.Equal((ObjectiveStatus.Succeeded, 0.5), (decision.Progress.ObjectiveStatus, decision.Progress.ObjectiveValue));
        Assert.Equal("Training job waiting and running exceeded MaxWaitTimeInSeconds provided", Assert.Single(decision.Transitions).Message);
        Assert.Equal(job.Progress.RanBefore, decision.Progress.RanUntil(Now));
    }

    [Fact]
    public void A_stop_wins_at_every_point_of_the_interruption()
    {
        Assert.Equal(TrainingCommand.Collect, Decide(Interrupted().StopRequested(), Ended()).Command);
        Assert.Equal(TrainingJobStatus.Stopped, Finish(Interrupted().StopRequested(), 0.5, Ended()).Progress.Status);
        Assert.Equal(TrainingJobStatus.Stopped, Decide(Interrupted().StopRequested(), Report(ExecutionStateName.Lost)).Progress.Status);
        // The program's end is stored, what it left is there or gone.
        var collected = Decide(GivenWay().StopRequested(), Ended());
        Assert.Equal((TrainingCommand.Collect, GivenWay().Progress.RanBefore), (collected.Command, collected.Progress.RanUntil(Now)));
        Assert.Equal(TrainingCommand.Cancel, Decide(GivenWay().StopRequested(), Report(ExecutionStateName.Absent)).Command);
        Assert.Equal(TrainingJobStatus.Stopped, Decide(GivenWay().StopRequested(), Report(ExecutionStateName.Absent)).Progress.Status);
    }

    [Fact]
    public void An_interruption_is_none_of_the_attempts_that_a_retry_strategy_counts()
    {
        SecondaryTransition starting = new(SecondaryStatus.Starting, "Starting", Given.Start, null);
        var job = Resumed() with { Definition = Spot with { MaximumRetryAttempts = 1 }, Transitions = [starting, starting] };
        var decision = Decide(job, Report(ExecutionStateName.Lost));
        Assert.Equal((TrainingCommand.Restart, true), (decision.Command, decision.ForgetsReadings));
        // What ran before was running time all the same.
        Assert.Equal((1, TimeSpan.FromMinutes(10), job.Progress.TrainingStartTime), (decision.Progress.Interruptions, decision.Progress.RanBefore, decision.Progress.TrainingStartTime));
        Assert.Equal(TrainingJobStatus.Failed, Decide(job with { Transitions = [starting, starting, starting] }, Report(ExecutionStateName.Lost)).Progress.Status);
    }
}
