using Rekindle.Server.Tests.TuningJobs;
using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.Tests.TrainingJobs;

public sealed class TrainingStepTests
{
    private const string Metric = "validation:accuracy";

    private static readonly DateTimeOffset Now = Given.Start.AddHours(1);

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

    /// <summary>The states under a public name, as theories need it.</summary>
    public enum ExecutionStateName { Absent, Queued, Running, Exited, Lost }

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
    public void Whoever_misses_values_is_told_why()
    {
        var job = Row("training");
        var message = Assert.Single(TrainingStep.Finish(
            job, job.Progress, Report(ExecutionStateName.Exited) with { LogCapped = true }, null, null, ["One.", "Two."], Now).Transitions).Message;
        Assert.Equal(
            "Training job completed, but its log holds no number for the objective metric. One. Two. Its log reached the largest size and was cut.", message);
    }

    [Fact]
    public void A_program_that_could_not_be_started_again_and_again_has_failed_for_no_reason_of_the_user()
    {
        var decision = TrainingStep.GaveUp(Row("new").Progress, "No more processes.", Now);
        Assert.Equal((TrainingJobStatus.Failed, FailureKind.Retryable), (decision.Progress.Status, decision.Progress.FailureKind));
        Assert.Equal("InternalServerError: the training program could not be started: No more processes.", decision.Progress.FailureReason);
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

    [Theory]
    [InlineData(0, null, 0.5, "Completed", "Succeeded", null)]
    [InlineData(0, null, null, "Completed", "Failed", null)]
    [InlineData(1, null, 0.5, "Failed", "Failed", "AlgorithmError: , exit code: 1")]
    [InlineData(1, "out of memory", null, "Failed", "Failed", "AlgorithmError: out of memory, exit code: 1")]
    [InlineData(137, "", 0.5, "Failed", "Failed", "AlgorithmError: , exit code: 137")]
    [InlineData(null, null, 0.5, "Failed", "Failed", "AlgorithmError: , exit code: ")]
    public void An_exit_is_judged_by_its_code(int? exitCode, string? failure, double? objective, string status, string objectiveStatus, string? reason)
    {
        var decision = Finish(Row("training"), objective, Report(ExecutionStateName.Exited) with { ExitCode = exitCode, Failure = failure });
        Assert.Equal(
            (status, objectiveStatus, reason, exitCode),
            (decision.Progress.Status.ToString(), decision.Progress.ObjectiveStatus.ToString(), decision.Progress.FailureReason, decision.Progress.ExitCode));
        Assert.Equal(status == "Failed" ? FailureKind.NonRetryable : null, decision.Progress.FailureKind);
        Assert.Equal("s3://b/model.tar.gz", decision.Progress.ModelArtifact);
        Assert.Equal(Now, decision.Progress.TrainingEndTime);
        Assert.Equal(status, Assert.Single(decision.Transitions).Status.ToString());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(143)]
    public void An_exit_after_a_stop_request_is_stopped_whatever_the_code(int exitCode)
    {
        var decision = Finish(Row("stopping"), 0.5, Report(ExecutionStateName.Exited) with { ExitCode = exitCode, Failure = "interrupted" });
        Assert.Equal((TrainingJobStatus.Stopped, SecondaryStatus.Stopped), (decision.Progress.Status, decision.Progress.Secondary));
        Assert.Equal((ObjectiveStatus.Succeeded, null), (decision.Progress.ObjectiveStatus, decision.Progress.FailureReason));
        Assert.Equal(ObjectiveStatus.Failed, Finish(Row("stopping"), null, Report(ExecutionStateName.Exited)).Progress.ObjectiveStatus);
    }

    [Theory]
    [InlineData(StopReason.User, SecondaryStatus.Stopped, "Training job stopped")]
    [InlineData(StopReason.MaxRuntime, SecondaryStatus.MaxRuntimeExceeded, "Training job runtime exceeded MaxRuntimeInSeconds provided")]
    [InlineData(StopReason.EarlyStopping, SecondaryStatus.Stopped, "Training job was stopped early: others were better at the same point")]
    [InlineData(StopReason.TuningJobEnding, SecondaryStatus.Stopped, "Training job was stopped because its tuning job ended")]
    public void The_reason_of_a_stop_is_told(object reason, object secondary, string message)
    {
        var job = Row("stopping") with { StopReason = (StopReason)reason };
        var decision = Finish(job, 0.5, Report(ExecutionStateName.Exited));
        Assert.Equal((SecondaryStatus)secondary, decision.Progress.Secondary);
        Assert.Equal(message, Assert.Single(decision.Transitions).Message);
    }

    [Fact]
    public void A_success_whose_model_can_not_be_stored_has_failed()
    {
        var decision = TrainingStep.Finish(
            Row("training"), Row("training").Progress with { ObjectiveValue = 0.5 }, Report(ExecutionStateName.Exited), null, "The disk is full.", [], Now);
        Assert.Equal((TrainingJobStatus.Failed, ObjectiveStatus.Failed), (decision.Progress.Status, decision.Progress.ObjectiveStatus));
        Assert.Equal("ClientError: The disk is full.", decision.Progress.FailureReason);
        Assert.Null(decision.Progress.ModelArtifact);
    }

    [Fact]
    public void A_program_that_could_not_start_has_failed_for_a_reason_of_the_user()
    {
        var decision = TrainingStep.Refused(Row("new").Progress, "There is no such program.", Now);
        Assert.Equal((TrainingJobStatus.Failed, FailureKind.NonRetryable), (decision.Progress.Status, decision.Progress.FailureKind));
        Assert.Equal("ClientError: There is no such program.", decision.Progress.FailureReason);
    }

    [Fact]
    public void A_failure_reason_has_at_most_1024_characters_and_keeps_the_exit_code()
    {
        var decision = Finish(Row("training"), null, Report(ExecutionStateName.Exited) with { ExitCode = 3, Failure = new string('x', 1024) });
        Assert.Equal(1024, decision.Progress.FailureReason!.Length);
        Assert.StartsWith("AlgorithmError: xxx", decision.Progress.FailureReason, StringComparison.Ordinal);
        Assert.EndsWith("x, exit code: 3", decision.Progress.FailureReason, StringComparison.Ordinal);
        Assert.Equal(1024, TrainingStep.Refused(Row("new").Progress, new string('y', 5000), Now).Progress.FailureReason!.Length);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_failure_reason_is_not_cut_through_a_character(int shift)
    {
        var problem = new string('y', shift) + string.Concat(Enumerable.Repeat("\U0001F525", 600));
        var reason = TrainingStep.Refused(Row("new").Progress, problem, Now).Progress.FailureReason!;
        Assert.InRange(reason.Length, 1023, 1024);
        Assert.False(char.IsHighSurrogate(reason[^1]));
    }

    [Fact]
    public void Only_a_tuning_job_misses_an_objective()
    {
        var report = Report(ExecutionStateName.Exited);
        Assert.Contains("no number for the objective metric", Assert.Single(Finish(Row("training"), null, report).Transitions).Message, StringComparison.Ordinal);
        var own = Row("training") with { TuningJobId = null, LaunchIndex = 0 };
        Assert.Equal("Training job completed", Assert.Single(Finish(own, null, report).Transitions).Message);
    }

    /// <summary>Between its end and the first look at it there is time to decide that it is to be stopped.</summary>
    [Theory]
    [InlineData("EarlyStopping", 1, TrainingJobStatus.Failed)]
    [InlineData("EarlyStopping", 0, TrainingJobStatus.Completed)]
    [InlineData("MaxResource", 0, TrainingJobStatus.Completed)]
    [InlineData("User", 0, TrainingJobStatus.Stopped)]
    [InlineData("TuningJobEnding", 1, TrainingJobStatus.Stopped)]
    [InlineData("MaxRuntime", 0, TrainingJobStatus.Stopped)]
    public void What_ended_before_it_was_to_be_stopped_for_its_reports_ends_as_it_ended(string reason, int exitCode, object status)
    {
        var report = Report(ExecutionStateName.Exited) with { ExitCode = exitCode };
        var job = Row("training").StopRequested(Enum.Parse<StopReason>(reason)) with { StopRequestedAt = report.EndedAt!.Value.AddMilliseconds(1) };

        Assert.Equal((TrainingJobStatus)status, Finish(job, 0.5, report).Progress.Status);
        Assert.Equal(TrainingJobStatus.Stopped, Finish(job with { StopRequestedAt = report.EndedAt }, 0.5, report).Progress.Status);
    }

    private static readonly string[] Rows =
        ["new", "pending", "training", "uploading", "stopping before its start", "stopping", "over its time", "completed"];

    private static TrainingJob Row(string name)
    {
        var fresh = Given.TrainingJob(1);
        var training = In(fresh, SecondaryStatus.Training);
        training = training with
        {
            Progress = training.Progress with { SeenRunning = true, TrainingStartTime = Given.Start.AddMinutes(1), LogPosition = 100 },
        };
        return name switch
        {
            "new" => fresh,
            "pending" => In(fresh, SecondaryStatus.Pending),
            "training" => training,
            "uploading" => In(training, SecondaryStatus.Uploading),
            "stopping before its start" => fresh.StopRequested(),
            "stopping" => training.StopRequested(),
            "over its time" => training.StopRequested(StopReason.MaxRuntime),
            "completed" => training.Ended(TrainingJobStatus.Completed, 0.5),
            _ => throw new ArgumentOutOfRangeException(nameof(name), name, "No such row."),
        };
    }

    private static TrainingJob In(TrainingJob job, SecondaryStatus secondary) => job with { Progress = job.Progress with { Secondary = secondary } };

    private static ExecutionReport Report(ExecutionStateName state) => new()
    {
        State = Enum.Parse<ExecutionState>(state.ToString()),
        ExitCode = state == ExecutionStateName.Exited ? 0 : null,
        StartedAt = state >= ExecutionStateName.Running ? Given.Start.AddMinutes(1) : null,
        EndedAt = state == ExecutionStateName.Exited ? Now.AddSeconds(-5) : null,
        NextPosition = 100,
    };

    private static MetricReading Reading(double value, long offset) => new(Metric, offset, value, Now);

    private static TrainingDecision Decide(TrainingJob job, ExecutionReport report, params IReadOnlyList<MetricReading> readings) =>
        TrainingStep.Decide(job, report, readings, Metric, Now);

    private static TrainingDecision Finish(TrainingJob job, double? objective, ExecutionReport report) =>
        TrainingStep.Finish(job, job.Progress with { ObjectiveValue = objective }, report, new("s3://b/model.tar.gz", null), null, [], Now);
}
