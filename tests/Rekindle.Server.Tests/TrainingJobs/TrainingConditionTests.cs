using Rekindle.Server.Tests.TuningJobs;
using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.Tests.TrainingJobs;

/// <summary>What an executor says beyond states and exit codes, and what becomes of it.</summary>
public sealed class TrainingConditionTests
{
    private static readonly DateTimeOffset Now = Given.Start.AddHours(1);
    private static readonly ExecutionReport Queued = new() { State = ExecutionState.Queued };
    private static readonly ExecutionReport Running = new() { State = ExecutionState.Running, StartedAt = Given.Start };
    private static readonly ExecutionReport Exited = new() { State = ExecutionState.Exited, ExitCode = 137, StartedAt = Given.Start, EndedAt = Now };

    [Fact]
    public void What_a_queued_program_waits_for_is_told_when_it_changes()
    {
        var job = Given.TrainingJob(1);
        foreach (var (condition, told) in new (string?, string?)[]
        {
            ("Downloading the training image a", "Downloading the training image a"),
            ("Downloading the training image a", null),
            (null, "Waiting for a free slot"),
            (null, null),
        })
        {
            (job, var message) = Next(job, Queued with { Condition = condition });
            Assert.Equal(told, message);
        }
    }

    [Fact]
    public void What_comes_and_goes_for_days_is_not_told_without_end()
    {
        var waiting = Given.TrainingJob(1);
        var running = Given.TrainingJob(2);
        for (var change = 0; change < 1000; change++)
        {
            (waiting, _) = Next(waiting, Queued with { Condition = $"problem {change}" });
            (running, _) = Next(running, Running with { Condition = $"problem {change}" });
        }

        Assert.InRange(waiting.Transitions.Count, 100, 250);
        Assert.InRange(running.Transitions.Count, 100, 250);
        (_, var message) = Next(waiting, Running);
        Assert.Equal("Training in progress.", message);
    }

    [Fact]
    public void What_a_running_program_suffers_from_is_told_once_and_so_is_that_it_is_over()
    {
        var job = Given.TrainingJob(1);
        foreach (var (condition, told) in new (string?, string?)[]
        {
            (null, "Training in progress."),
            (null, null),
            ("the engine is away", "Training in progress; the engine is away"),
            ("the engine is away", null),
            (null, "Training in progress."),
            (null, null),
        })
        {
            (job, var message) = Next(job, Running with { Condition = condition });
            Assert.Equal(told, message);
        }

        Assert.All(job.Transitions, transition => Assert.Equal(SecondaryStatus.Training, transition.Status));
    }

    [Fact]
    public void A_program_that_can_not_start_for_a_reason_of_the_users_fails_as_a_client_error()
    {
        var report = Exited with { ExitCode = null, StartedAt = null, EndedAt = null, Refusal = "No such image." };
        var failed = Decide(Given.TrainingJob(1), report).Progress;
        Assert.Equal((TrainingJobStatus.Failed, FailureKind.NonRetryable, "ClientError: No such image."), (failed.Status, failed.FailureKind, failed.FailureReason));
        Assert.Null(failed.TrainingStartTime);
        Assert.Equal(TrainingJobStatus.Stopped, Decide(Given.TrainingJob(1).StopRequested(), report).Progress.Status);
    }

    [Theory]
    [InlineData(null, null, "AlgorithmError: , exit code: 137")]
    [InlineData("no data", null, "AlgorithmError: no data, exit code: 137")]
    [InlineData(null, "Out of memory", "AlgorithmError: Out of memory, exit code: 137")]
    [InlineData("no data", "Out of memory", "AlgorithmError: no data Out of memory, exit code: 137")]
    public void What_ended_a_program_stands_between_its_own_words_and_its_exit_code(string? failure, string? reason, string expected)
    {
        var end = TrainingStep.Finish(Given.TrainingJob(1), Given.TrainingJob(1).Progress, Exited with { Failure = failure, Reason = reason }, null, null, [], Now);
        Assert.Equal(expected, end.Progress.FailureReason);
    }

    [Fact]
    public void The_longest_failure_gives_way_to_what_ended_the_program()
    {
        var report = Exited with { Failure = new('x', 1024), Reason = "Out of memory" };
        var reason = TrainingStep.Finish(Given.TrainingJob(1), Given.TrainingJob(1).Progress, report, null, null, [], Now).Progress.FailureReason!;
        Assert.Equal(1024, reason.Length);
        Assert.EndsWith("x Out of memory, exit code: 137", reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Why_a_program_was_lost_is_said()
    {
        var lost = Decide(Given.TrainingJob(1), new ExecutionReport { State = ExecutionState.Lost, Reason = "the container is gone." });
        Assert.Equal("InternalServerError: the container is gone.", lost.Progress.FailureReason);
        Assert.Equal(FailureKind.Retryable, lost.Progress.FailureKind);
    }

    private static (TrainingJob Job, string? Message) Next(TrainingJob job, ExecutionReport report)
    {
        var decision = Decide(job, report);
        return (job with { Progress = decision.Progress, Transitions = [.. job.Transitions, .. decision.Transitions] }, decision.Transitions is [var one] ? one.Message : null);
    }

    private static TrainingDecision Decide(TrainingJob job, ExecutionReport report) => TrainingStep.Decide(job, report, [], null, Now);
}
