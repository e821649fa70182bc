using Rekindle.Server.Tests.TuningJobs;
using Rekindle.Server.TrainingJobs;
using static Rekindle.Server.Tests.TrainingJobs.TrainingCase;

namespace Rekindle.Server.Tests.TrainingJobs;

/// <summary>What is decided about a training job on its way.</summary>
public sealed class TrainingStepTests
{
    /// <summary>Every combination of a row and a report, with the decision it must lead to.</summary>
    public static TheoryData<string, ExecutionStateName, string> Decisions => new()
    {
        { "new", ExecutionStateName.Absent, "Submit" },
        { "new", ExecutionStateName.Queued, "Wait Pending" },
        { "new", ExecutionStateName.Running, "Wait Training" },
        { "new", ExecutionStateName.Exited, "Collect Training Uploading" },
        { "new", ExecutionStateName.Lost, "Wait Failed=Retryable" },
        { "pending", ExecutionStateName.Absent, "Submit" },
        { "pending", ExecutionStateName.Queued, "Wait" },
        { "pending", ExecutionStateName.Running, "Wait Training" },
        { "pending", ExecutionStateName.Exited, "Collect Training Uploading" },
        { "pending", ExecutionStateName.Lost, "Wait Failed=Retryable" },
        { "training", ExecutionStateName.Absent, "Wait Failed=Retryable" },
        { "training", ExecutionStateName.Queued, "Wait" },
        { "training", ExecutionStateName.Running, "Wait" },
        { "training", ExecutionStateName.Exited, "Collect Uploading" },
        { "training", ExecutionStateName.Lost, "Wait Failed=Retryable" },
        { "uploading", ExecutionStateName.Absent, "Wait Failed=Retryable" },
        { "uploading", ExecutionStateName.Queued, "Wait" },
        { "uploading", ExecutionStateName.Running, "Wait" },
        { "uploading", ExecutionStateName.Exited, "Collect" },
        { "uploading", ExecutionStateName.Lost, "Wait Failed=Retryable" },
        { "stopping before its start", ExecutionStateName.Absent, "Cancel Stopped=Stopped" },
        { "stopping before its start", ExecutionStateName.Queued, "Stop" },
        { "stopping before its start", ExecutionStateName.Running, "Stop" },
        { "stopping before its start", ExecutionStateName.Exited, "Collect" },
        { "stopping before its start", ExecutionStateName.Lost, "Wait Stopped=Stopped" },
        { "stopping", ExecutionStateName.Absent, "Cancel Stopped=Stopped" },
        { "stopping", ExecutionStateName.Queued, "Stop" },
        { "stopping", ExecutionStateName.Running, "Stop" },
        { "stopping", ExecutionStateName.Exited, "Collect" },
        { "stopping", ExecutionStateName.Lost, "Wait Stopped=Stopped" },
        { "over its time", ExecutionStateName.Absent, "Cancel Stopped=MaxRuntimeExceeded" },
        { "over its time", ExecutionStateName.Queued, "Stop" },
        { "over its time", ExecutionStateName.Running, "Stop" },
        { "over its time", ExecutionStateName.Exited, "Collect" },
        { "over its time", ExecutionStateName.Lost, "Wait Stopped=MaxRuntimeExceeded" },
        { "completed", ExecutionStateName.Absent, "Wait" },
        { "completed", ExecutionStateName.Queued, "Wait" },
        { "completed", ExecutionStateName.Running, "Wait" },
        { "completed", ExecutionStateName.Exited, "Wait" },
        { "completed", ExecutionStateName.Lost, "Wait" },
    };

    [Theory]
    [MemberData(nameof(Decisions))]
    public void Each_row_and_report_lead_to_one_decision(string row, ExecutionStateName state, string expected)
    {
        var job = Row(row);
        var decision = Decide(job, Report(state));
        var said = decision.Command.ToString();
        if (decision.Progress.IsTerminal && !job.IsTerminal)
        {
            Assert.Equal(decision.Progress.Secondary, Assert.Single(decision.Transitions).Status);
            Assert.Equal(Now, decision.Progress.TrainingEndTime);
            said += $" {decision.Progress.Status}={decision.Progress.FailureKind?.ToString() ?? decision.Progress.Secondary.ToString()}";
        }
        else
        {
            said = string.Join(' ', [said, .. decision.Transitions.Select(transition => transition.Status)]);
        }

        Assert.Equal(expected, said);
        Assert.Null(decision.RequestStop);
    }

    [Theory]
    [InlineData("new", "StartAgain")]
    [InlineData("pending", "StartAgain")]
    [InlineData("training", "Wait")]
    [InlineData("stopping before its start", "Wait")]
    public void A_program_that_never_ran_for_no_fault_of_its_own_is_started_again_and_that_is_no_attempt(string row, string expected)
    {
        var decision = Decide(Row(row), Report(ExecutionStateName.Lost) with { NeverStarted = true });
        Assert.Equal(expected, decision.Command.ToString());
        if (expected == "StartAgain") Assert.Equal((Row(row).Progress, 0), (decision.Progress, decision.Transitions.Count));
    }

    [Theory]
    [InlineData("new", ExecutionStateName.Absent)]
    [InlineData("pending", ExecutionStateName.Queued)]
    [InlineData("training", ExecutionStateName.Running)]
    public void Managed_spot_training_ends_when_waiting_and_running_took_too_long(string row, ExecutionStateName state)
    {
        var waited = (int)(Now - Row(row).CreationTime).TotalSeconds;
        TrainingDecision Within(int seconds) =>
            Decide(Row(row) with { Definition = Given.Training with { MaxWaitTimeInSeconds = seconds } }, Report(state));

        Assert.Null(Within(waited + 1).RequestStop);
        Assert.Equal(StopReason.MaxWaitTime, Within(waited).RequestStop);
    }

    [Theory]
    [InlineData("new", ExecutionStateName.Absent)]
    [InlineData("pending", ExecutionStateName.Queued)]
    [InlineData("training", ExecutionStateName.Running)]
    public void The_wait_of_managed_spot_training_counts_by_a_clock_that_nobody_sets_where_there_is_one(string row, ExecutionStateName state)
    {
        var job = Row(row) with { Definition = Given.Training with { MaxWaitTimeInSeconds = 1 } };
        Assert.Null(Decide(job, Report(state) with { SinceCreation = TimeSpan.FromSeconds(0.9) }).RequestStop);
        job = job with { CreationTime = Now.AddDays(1) };
        Assert.Equal(StopReason.MaxWaitTime, Decide(job, Report(state) with { SinceCreation = TimeSpan.FromSeconds(1) }).RequestStop);
    }

    [Fact]
    public void A_wait_that_was_too_long_is_the_secondary_status()
    {
        var job = Row("pending").StopRequested(StopReason.MaxWaitTime);
        var decision = Decide(job, Report(ExecutionStateName.Exited) with { StartedAt = null });
        Assert.Equal((TrainingJobStatus.Stopped, SecondaryStatus.MaxWaitTimeExceeded), (decision.Progress.Status, decision.Progress.Secondary));
        Assert.Equal(
            "Training job waiting and running exceeded MaxWaitTimeInSeconds provided before its program started",
            Assert.Single(decision.Transitions).Message);
    }

    [Fact]
    public void Every_combination_is_in_the_table() => Assert.Equal(Rows.Length * Enum.GetValues<ExecutionState>().Length, Decisions.Count);

    [Theory]
    [InlineData("training", ExecutionStateName.Running)]
    [InlineData("completed", ExecutionStateName.Exited)]
    [InlineData("pending", ExecutionStateName.Queued)]
    public void Nothing_new_leaves_the_progress_as_it_is(string row, ExecutionStateName state)
    {
        var job = Row(row);
        Assert.Same(job.Progress, Decide(job, Report(state)).Progress);
    }

    [Fact]
    public void A_running_program_is_never_submitted_again()
    {
        var seen = Decide(Row("new"), Report(ExecutionStateName.Running)).Progress;
        Assert.True(seen.SeenRunning);
        Assert.Equal(Given.Start.AddMinutes(1), seen.TrainingStartTime);
        Assert.NotEqual(TrainingCommand.Submit, Decide(Row("new") with { Progress = seen }, Report(ExecutionStateName.Absent)).Command);
    }

    [Fact]
    public void A_queued_program_whose_queue_was_lost_is_submitted_again()
    {
        var queued = Decide(Row("new"), Report(ExecutionStateName.Queued)).Progress;
        Assert.False(queued.SeenRunning);
        Assert.Equal(TrainingCommand.Submit, Decide(Row("new") with { Progress = queued }, Report(ExecutionStateName.Absent)).Command);
    }

    [Fact]
    public void A_program_stopped_in_the_queue_is_stopped_without_having_started()
    {
        var stopped = Decide(Row("stopping before its start"), Report(ExecutionStateName.Absent));
        Assert.Equal((TrainingJobStatus.Stopped, ObjectiveStatus.Failed), (stopped.Progress.Status, stopped.Progress.ObjectiveStatus));
        Assert.Equal("The training job was stopped before its program started.", Assert.Single(stopped.Transitions).Message);
        Assert.Null(stopped.Progress.TrainingStartTime);
    }

    [Fact]
    public void A_program_that_ran_and_is_gone_after_a_stop_keeps_its_objective()
    {
        var job = Row("stopping");
        job = job with { Progress = job.Progress with { ObjectiveValue = 0.7 } };
        var stopped = Decide(job, Report(ExecutionStateName.Lost));
        Assert.Equal((ObjectiveStatus.Succeeded, 0.7), (stopped.Progress.ObjectiveStatus, stopped.Progress.ObjectiveValue));
        Assert.Equal("Training job stopped", Assert.Single(stopped.Transitions).Message);
        Assert.Equal("Training job stopped", Assert.Single(Decide(job, Report(ExecutionStateName.Absent)).Transitions).Message);
    }

    [Fact]
    public void The_runtime_limit_is_measured_from_the_start_of_the_program()
    {
        var job = Row("training") with { Definition = Given.Training with { MaxRuntimeInSeconds = 60 } };
        var limit = job.Progress.TrainingStartTime!.Value.AddSeconds(60);
        var before = TrainingStep.Decide(job, Report(ExecutionStateName.Running), [], Metric, limit.AddTicks(-1));
        Assert.Equal((TrainingCommand.Wait, null), (before.Command, before.RequestStop));
        var at = TrainingStep.Decide(job, Report(ExecutionStateName.Running), [], Metric, limit);
        // Recorded before the program is told: were it the other way round, a kill in between would make a failure of it.
        Assert.Equal((TrainingCommand.Wait, StopReason.MaxRuntime), (at.Command, at.RequestStop));
        Assert.Equal(limit, at.Progress.LastModifiedTime);
        Assert.Equal(TrainingCommand.Stop, TrainingStep.Decide(job.StopRequested(StopReason.MaxRuntime), Report(ExecutionStateName.Running), [], Metric, limit).Command);
    }

    [Theory]
    [InlineData(59, null)]
    [InlineData(60, StopReason.MaxRuntime)]
    public void How_long_the_program_runs_counts_and_not_what_the_clock_was_set_to(int seconds, object? stop)
    {
        var job = Row("training") with { Definition = Given.Training with { MaxRuntimeInSeconds = 60 } };
        foreach (var hours in (int[])[-1, 0, 1])
        {
            var report = Report(ExecutionStateName.Running) with { RunningFor = TimeSpan.FromSeconds(seconds) };
            var decision = TrainingStep.Decide(job, report, [], Metric, job.Progress.TrainingStartTime!.Value.AddHours(hours));
            Assert.Equal((StopReason?)stop, decision.RequestStop);
        }
    }

    [Theory]
    [InlineData("training", ExecutionStateName.Lost)]
    [InlineData("training", ExecutionStateName.Absent)]
    [InlineData("uploading", ExecutionStateName.Lost)]
    public void A_lost_program_is_started_again_as_often_as_was_asked_for(string row, ExecutionStateName state)
    {
        var job = Row(row) with { Definition = Given.Training with { MaximumRetryAttempts = 2 } };
        for (var attempt = 1; attempt <= 3; attempt++)
        {
            job = job with { Transitions = [.. job.Transitions, new(SecondaryStatus.Starting, "Starting", Given.Start, null)] };
            var decision = Decide(job with { Progress = job.Progress with { ObjectiveValue = 0.5 } }, Report(state));
            if (attempt == 3)
            {
                Assert.Equal((TrainingJobStatus.Failed, FailureKind.Retryable), (decision.Progress.Status, decision.Progress.FailureKind));
                continue;
            }

            Assert.Equal(TrainingCommand.Restart, decision.Command);
            Assert.Equal(
                new TrainingProgress { Status = TrainingJobStatus.InProgress, Secondary = SecondaryStatus.Starting, LastModifiedTime = Now }, decision.Progress);
            Assert.Equal(SecondaryStatus.Starting, Assert.Single(decision.Transitions).Status);
        }
    }

    [Fact]
    public void A_program_that_was_to_be_stopped_is_not_started_again_when_it_is_lost()
    {
        var job = Row("stopping") with { Definition = Given.Training with { MaximumRetryAttempts = 2 } };
        Assert.Equal(TrainingJobStatus.Stopped, Decide(job, Report(ExecutionStateName.Lost)).Progress.Status);
    }

    [Fact]
    public void A_program_that_was_cancelled_in_the_queue_never_began_to_train()
    {
        var cancelled = Report(ExecutionStateName.Exited) with { ExitCode = 143, StartedAt = null, NextPosition = 0 };
        var decision = Decide(In(Row("new"), SecondaryStatus.Pending).StopRequested(), cancelled);
        Assert.Equal((TrainingJobStatus.Stopped, null), (decision.Progress.Status, decision.Progress.TrainingStartTime));
        Assert.False(decision.Progress.SeenRunning);
        Assert.Equal("The training job was stopped before its program started.", Assert.Single(decision.Transitions).Message);
    }

    [Fact]
    public void Reading_on_is_told_from_everything_that_has_to_be_stored_at_once()
    {
        var job = Row("training");
        var on = Decide(job, Report(ExecutionStateName.Running) with { NextPosition = 500 }, Reading(0.4, 450));
        Assert.True(TrainingStep.IsOnlyReadingOn(job.Progress, on));
        Assert.False(TrainingStep.IsOnlyReadingOn(job.Progress, Decide(job, Report(ExecutionStateName.Exited))));
        Assert.False(TrainingStep.IsOnlyReadingOn(Row("new").Progress, Decide(Row("new"), Report(ExecutionStateName.Running))));
        Assert.False(TrainingStep.IsOnlyReadingOn(job.Progress, on with { RequestStop = StopReason.MaxRuntime }));
    }

    [Fact]
    public void Waiting_in_the_queue_does_not_count_towards_the_runtime_limit()
    {
        var job = Row("pending") with { Definition = Given.Training with { MaxRuntimeInSeconds = 60 } };
        Assert.Equal(TrainingCommand.Wait, Decide(job, Report(ExecutionStateName.Queued)).Command);
    }

    [Theory]
    [InlineData(ExecutionStateName.Running)]
    [InlineData(ExecutionStateName.Exited)]
    [InlineData(ExecutionStateName.Lost)]
    public void The_whole_log_is_read_before_anything_is_concluded(ExecutionStateName state)
    {
        var decision = Decide(Row("training"), Report(state) with { NextPosition = 500, MoreLines = true }, Reading(0.4, 450));
        Assert.Equal(TrainingCommand.ReadOn, decision.Command);
        Assert.False(decision.Progress.IsTerminal);
        Assert.Equal((500, 0.4), (decision.Progress.LogPosition, decision.Progress.ObjectiveValue));
    }

    [Fact]
    public void The_last_reading_of_the_objective_metric_counts()
    {
        var decision = Decide(
            Row("training"), Report(ExecutionStateName.Running) with { NextPosition = 300 }, Reading(0.1, 200), Reading(0.3, 220), new("loss", 230, 9, Now));
        Assert.Equal(0.3, decision.Progress.ObjectiveValue);
        Assert.Equal(ObjectiveStatus.Pending, decision.Progress.ObjectiveStatus);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    public void A_number_that_is_not_finite_is_never_the_objective(double value)
    {
        var job = Row("training");
        job = job with { Progress = job.Progress with { ObjectiveValue = 0.2 } };
        var report = Report(ExecutionStateName.Running) with { NextPosition = 300 };
        Assert.Equal(0.2, Decide(job, report, Reading(value, 200)).Progress.ObjectiveValue);
        Assert.Equal(0.25, Decide(job, report, Reading(0.25, 190), Reading(value, 200)).Progress.ObjectiveValue);
        Assert.Null(Decide(Row("training"), report, Reading(value, 200)).Progress.ObjectiveValue);
    }

    [Fact]
    public void Steps_never_go_back_in_time()
    {
        var job = Row("training") with
        {
            Transitions = [new(SecondaryStatus.Training, "Training in progress.", Now.AddSeconds(-1), null)],
        };
        var uploading = Assert.Single(Decide(job, Report(ExecutionStateName.Exited) with { EndedAt = Now.AddSeconds(-2) }).Transitions);
        Assert.Equal(Now.AddSeconds(-1), uploading.StartTime);
        uploading = Assert.Single(Decide(job, Report(ExecutionStateName.Exited) with { EndedAt = Now.AddMilliseconds(-500) }).Transitions);
        Assert.Equal(Now.AddMilliseconds(-500), uploading.StartTime);
    }
}
