using Rekindle.Server.Tests.TuningJobs;
using Rekindle.Server.TrainingJobs;
using static Rekindle.Server.Tests.TrainingJobs.TrainingCase;

namespace Rekindle.Server.Tests.TrainingJobs;

/// <summary>How a training job ends: by its exit, by a stop, or because it could not start.</summary>
public sealed class TrainingEndTests
{
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

    [Fact]
    public void A_failure_that_says_itself_whose_fault_it_was_is_taken_at_its_word()
    {
        var decision = Finish(Row("training"), null, Report(ExecutionStateName.Exited) with { ExitCode = 2, Failure = "ClientError: no such channel" });
        Assert.Equal("ClientError: no such channel, exit code: 2", decision.Progress.FailureReason);
    }

    [Theory]
    [InlineData(null, "AlgorithmError: , exit code: 1. The log ends with: ValueError: no data")]
    [InlineData("", "AlgorithmError: , exit code: 1. The log ends with: ValueError: no data")]
    [InlineData("reason", "AlgorithmError: reason, exit code: 1")]
    public void A_failure_without_a_reason_shows_what_the_program_printed_last(string? failure, string reason)
    {
        var decision = TrainingStep.Finish(
            Row("training"), Row("training").Progress, Report(ExecutionStateName.Exited) with { ExitCode = 1, Failure = failure }, null, null, [], Now, "ValueError: no data");
        Assert.Equal(reason, decision.Progress.FailureReason);
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
    [InlineData(StopReason.MaxWaitTime, SecondaryStatus.MaxWaitTimeExceeded, "Training job waiting and running exceeded MaxWaitTimeInSeconds provided")]
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

    /// <summary>Between the decision and its signal there is time as well.</summary>
    [Theory]
    [InlineData("EarlyStopping", 0, false, TrainingJobStatus.Completed)]
    [InlineData("MaxResource", 0, false, TrainingJobStatus.Completed)]
    [InlineData("EarlyStopping", 0, true, TrainingJobStatus.Stopped)]
    [InlineData("EarlyStopping", 0, null, TrainingJobStatus.Stopped)]
    [InlineData("EarlyStopping", 1, false, TrainingJobStatus.Stopped)]
    [InlineData("User", 0, false, TrainingJobStatus.Stopped)]
    [InlineData("MaxRuntime", 0, false, TrainingJobStatus.Stopped)]
    public void What_ended_well_before_a_signal_reached_it_was_not_stopped_for_its_reports(string reason, int exitCode, bool? signalled, object status)
    {
        var report = Report(ExecutionStateName.Exited) with { ExitCode = exitCode, WasSignalled = signalled };
        var job = Row("training").StopRequested(Enum.Parse<StopReason>(reason)) with { StopRequestedAt = report.EndedAt!.Value.AddSeconds(-1) };

        var end = Finish(job, 0.5, report).Progress;
        Assert.Equal(((TrainingJobStatus)status, ObjectiveStatus.Succeeded), (end.Status, end.ObjectiveStatus));
    }
}
