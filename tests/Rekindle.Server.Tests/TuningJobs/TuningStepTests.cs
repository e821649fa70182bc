using Rekindle.Server.TrainingJobs;
using Rekindle.Server.TuningJobs;

namespace Rekindle.Server.Tests.TuningJobs;

public sealed class TuningStepTests
{
    private static readonly DateTimeOffset Now = Given.Start.AddMinutes(30);

    [Fact]
    public void Launches_as_many_as_may_run_at_once() =>
        Assert.Equal([new TuningAction.Launch(1, 3)], Decide(Given.Definition with { MaxParallelTrainingJobs = 3 }));

    [Fact]
    public void A_training_job_that_is_stopping_still_holds_its_place()
    {
        var definition = Given.Definition with { MaxParallelTrainingJobs = 2 };
        Assert.Empty(Decide(definition, Given.TrainingJob(1).StopRequested(), Given.TrainingJob(2)));
        Assert.Equal([new TuningAction.Launch(3, 1)], Decide(definition, Given.TrainingJob(1).Ended(TrainingJobStatus.Stopped, null), Given.TrainingJob(2)));
    }

    [Fact]
    public void Never_launches_more_than_asked_for()
    {
        var definition = Given.Definition with { MaxTrainingJobs = 3, MaxParallelTrainingJobs = 10 };
        Assert.Equal([new TuningAction.Launch(3, 1)], Decide(definition, Given.Completed(1, 0.1), Given.Completed(2, 0.2)));
        Assert.Empty(Decide(definition, Given.Completed(1, 0.1), Given.Completed(2, 0.2), Given.TrainingJob(3)));
    }

    [Fact]
    public void Completes_when_all_have_ended_and_one_succeeded() => Assert.Equal(
        [new TuningAction.End(TuningJobEnding.MaxTrainingJobs), Completed],
        Decide(Given.Definition with { MaxTrainingJobs = 2 }, Given.Failed(1), Given.Completed(2, 0.2)));

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Fails_when_fewer_than_five_were_asked_for_and_all_failed(int count) => Assert.Equal(
        [new TuningAction.End(TuningJobEnding.MaxTrainingJobs), new TuningAction.Finish(TuningJobStatus.Failed, Reason(count))],
        Decide(Given.Definition with { MaxTrainingJobs = count }, [.. Enumerable.Range(1, count).Select(Given.Failed)]));

    [Fact]
    public void Gives_up_after_five_failures() => Assert.Equal(
        [new TuningAction.End(TuningJobEnding.NothingSucceeded), new TuningAction.Finish(TuningJobStatus.Failed, Reason(5))],
        Decide(Given.Definition, [.. Enumerable.Range(1, 5).Select(Given.Failed)]));

    [Fact]
    public void Fails_where_all_ran_and_none_had_an_objective()
    {
        var definition = Given.Definition with { MaxTrainingJobs = 2 };
        var finish = Assert.IsType<TuningAction.Finish>(Decide(definition, [.. Enumerable.Range(1, 2).Select(i => Given.Completed(i, null))])[^1]);
        Assert.Equal(TuningJobStatus.Failed, finish.Status);
        Assert.StartsWith("No objective metric was found after running 2 training jobs.", finish.FailureReason, StringComparison.Ordinal);
    }

    [Fact]
    public void Gives_up_after_five_training_jobs_without_an_objective() => Assert.Equal(
        [
            new TuningAction.End(TuningJobEnding.NothingSucceeded),
            new TuningAction.Finish(
                TuningJobStatus.Failed,
                "No objective metric was found after running 5 training jobs. Make sure that the training program prints the metric "
                + "validation:accuracy in the form that the regular expression of its metric definition expects."),
        ],
        Decide(Given.Definition, [Given.Failed(1), .. Enumerable.Range(2, 4).Select(index => Given.Completed(index, null))]));

    [Fact]
    public void Goes_on_after_four_training_jobs_without_an_objective() => Assert.Equal(
        [new TuningAction.Launch(5, 2)],
        Decide(Given.Definition, [.. Enumerable.Range(1, 4).Select(index => Given.Completed(index, null))]));

    [Fact]
    public void Goes_on_after_four_failures() => Assert.Equal(
        [new TuningAction.Launch(5, 2)], Decide(Given.Definition, [.. Enumerable.Range(1, 4).Select(Given.Failed)]));

    [Fact]
    public void Five_failures_after_a_success_end_nothing() => Assert.Equal(
        [new TuningAction.Launch(7, 2)], Decide(Given.Definition, [Given.Completed(1, 0.1), .. Enumerable.Range(2, 5).Select(Given.Failed)]));

    /// <summary>Large configurations fail at once and small ones are still running: the first success must not end up in a failed tuning job.</summary>
    [Fact]
    public void After_five_failures_those_still_running_are_waited_for_and_a_success_resumes_the_search()
    {
        TrainingJob[] failures = [.. Enumerable.Range(1, 5).Select(Given.Failed)];
        Assert.Empty(Decide(Given.Definition, [.. failures, Given.TrainingJob(6)]));
        Assert.Equal([new TuningAction.Launch(7, 2)], Decide(Given.Definition, [.. failures, Given.Completed(6, 0.5)]));
        Assert.Equal(
            [new TuningAction.End(TuningJobEnding.NothingSucceeded), new TuningAction.Finish(TuningJobStatus.Failed, Reason(5))],
            Decide(Given.Definition, [.. failures, Given.Failed(6)]));
    }

    [Theory]
    [InlineData("Maximize", 0.9, 0.9, true)]
    [InlineData("Maximize", 0.9, 0.95, true)]
    [InlineData("Maximize", 0.9, 0.89, false)]
    [InlineData("Minimize", 0.1, 0.1, true)]
    [InlineData("Minimize", 0.1, 0.05, true)]
    [InlineData("Minimize", 0.1, 0.11, false)]
    public void Reaching_the_target_ends_the_search_and_stops_the_rest(string goal, double target, double value, bool reached)
    {
        var definition = Given.Definition with
        {
            Objective = new("validation:accuracy", Enum.Parse<ObjectiveGoal>(goal)),
            Completion = new() { TargetObjectiveMetricValue = target },
        };
        TuningAction[] expected = reached
            ? [new TuningAction.End(TuningJobEnding.TargetReached), new TuningAction.StopTraining(2, StopReason.TuningJobEnding)]
            : [new TuningAction.Launch(3, 1)];
        Assert.Equal(expected, Decide(definition, Given.Completed(1, value), Given.TrainingJob(2)));
    }

    [Fact]
    public void The_target_counts_also_when_all_are_launched_and_some_still_run()
    {
        var definition = Given.Definition with { MaxTrainingJobs = 2, Completion = new() { TargetObjectiveMetricValue = 0.9 } };
        Assert.Equal(
            [new TuningAction.End(TuningJobEnding.TargetReached), new TuningAction.StopTraining(2, StopReason.TuningJobEnding)],
            Decide(definition, Given.Completed(1, 0.95), Given.TrainingJob(2)));
    }

    [Theory]
    [InlineData(TrainingJobStatus.Failed, ObjectiveStatus.Failed)]
    [InlineData(TrainingJobStatus.InProgress, ObjectiveStatus.Pending)]
    public void Only_a_final_objective_reaches_the_target(object status, object objectiveStatus)
    {
        var job = Given.TrainingJob(1);
        job = job with
        {
            Progress = job.Progress with { Status = (TrainingJobStatus)status, ObjectiveStatus = (ObjectiveStatus)objectiveStatus, ObjectiveValue = 1 },
        };
        var definition = Given.Definition with { Completion = new() { TargetObjectiveMetricValue = 0.9 }, MaxParallelTrainingJobs = 1 };
        Assert.DoesNotContain(Decide(definition, job), action => action is TuningAction.End);
    }

    [Fact]
    public void An_early_stopped_training_job_can_reach_the_target() => Assert.Equal(
        [new TuningAction.End(TuningJobEnding.TargetReached), Completed],
        Decide(Given.Definition with { Completion = new() { TargetObjectiveMetricValue = 0.9 } }, Given.TrainingJob(1).Ended(TrainingJobStatus.Stopped, 0.95)));

    [Theory]
    [InlineData("Maximize", new[] { 0.5, 0.5, 0.502, 0.3 }, true)]
    [InlineData("Maximize", new[] { 0.5, 0.5, 0.502, 0.6 }, false)]
    [InlineData("Maximize", new[] { 0.5, 0.5, 0.502 }, false)]
    [InlineData("Minimize", new[] { 0.5, 0.5, 0.502, 0.6 }, true)]
    [InlineData("Minimize", new[] { 0.5, 0.5, 0.502, 0.3 }, false)]
    public void Not_improving_ends_the_search(string goal, double[] objectives, bool ends)
    {
        var definition = Given.Definition with
        {
            Objective = new("validation:accuracy", Enum.Parse<ObjectiveGoal>(goal)),
            Completion = new() { MaxTrainingJobsNotImproving = 3 },
        };
        var actions = Decide(definition, [.. objectives.Select((value, i) => Given.Completed(i + 1, value)), Given.TrainingJob(9)]);
        Assert.Equal(ends, actions.Contains(new TuningAction.End(TuningJobEnding.NotImproving)));
        Assert.Equal(ends, actions.Contains(new TuningAction.StopTraining(9, StopReason.TuningJobEnding)));
    }

    [Fact]
    public void Not_improving_follows_the_order_in_which_training_jobs_ended()
    {
        var definition = Given.Definition with { Completion = new() { MaxTrainingJobsNotImproving = 3 } };
        TrainingJob[] jobs = [Given.Completed(1, 0.1), Given.Completed(2, 0.2), Given.Completed(3, 0.3), Given.Completed(4, 0.4)];
        Assert.DoesNotContain(Decide(definition, jobs), action => action is TuningAction.End);

        var backwards = jobs.Select(job => job with { Progress = job.Progress with { TrainingEndTime = Given.Start.AddHours(-job.LaunchIndex) } });
        Assert.Contains(new TuningAction.End(TuningJobEnding.NotImproving), Decide(definition, [.. backwards]));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Convergence_is_noted_and_ends_the_search_only_if_asked(bool complete)
    {
        var definition = Given.Definition with { MaxTrainingJobs = 100, Completion = new() { CompleteOnConvergence = complete } };
        TrainingJob[] settled = [.. Enumerable.Range(1, 25).Select(i => Given.Completed(i, 0.5))];
        TuningAction[] expected = complete
            ? [new TuningAction.NoteConvergence(), new TuningAction.End(TuningJobEnding.Converged), Completed]
            : [new TuningAction.NoteConvergence(), new TuningAction.Launch(26, 2)];
        Assert.Equal(expected, Decide(definition, settled));

        var noted = Given.Job(definition) with { ConvergenceDetectedTime = Given.Start };
        Assert.DoesNotContain(new TuningAction.NoteConvergence(), TuningStep.Decide(Given.Snapshot(noted, settled), Now));
    }

    [Fact]
    public void Waits_for_the_runtime_limit_and_stops_everything_at_it()
    {
        var definition = Given.Definition with { MaxRuntimeInSeconds = 1800 };
        var snapshot = Given.Snapshot(Given.Job(definition), Given.TrainingJob(1), Given.TrainingJob(2));
        Assert.Equal([new TuningAction.WaitUntil(Now)], TuningStep.Decide(snapshot, Now.AddTicks(-1)));
        Assert.Equal(
            [
                new TuningAction.End(TuningJobEnding.MaxRuntime),
                new TuningAction.StopTraining(1, StopReason.TuningJobEnding),
                new TuningAction.StopTraining(2, StopReason.TuningJobEnding),
            ],
            TuningStep.Decide(snapshot, Now));
    }

    [Fact]
    public void The_runtime_limit_holds_also_when_all_are_launched()
    {
        var definition = Given.Definition with { MaxTrainingJobs = 1, MaxRuntimeInSeconds = 1800 };
        var snapshot = Given.Snapshot(Given.Job(definition), Given.TrainingJob(1));
        Assert.Equal([new TuningAction.WaitUntil(Now)], TuningStep.Decide(snapshot, Now.AddTicks(-1)));
        Assert.Contains(new TuningAction.StopTraining(1, StopReason.TuningJobEnding), TuningStep.Decide(snapshot, Now));
    }

    [Theory]
    [InlineData(TuningJobEnding.SpaceExhausted)]
    [InlineData(TuningJobEnding.MaxTrainingJobs)]
    [InlineData(TuningJobEnding.NothingSucceeded)]
    public void The_runtime_limit_holds_also_after_launching_has_ended(object ending)
    {
        var job = Given.Job(Given.Definition with { MaxRuntimeInSeconds = 1800 }) with { Ending = (TuningJobEnding)ending };
        var snapshot = Given.Snapshot(job, Given.Completed(1, 0.5), Given.TrainingJob(2));
        Assert.Equal([new TuningAction.WaitUntil(Now)], TuningStep.Decide(snapshot, Now.AddTicks(-1)));
        Assert.Equal([new TuningAction.StopTraining(2, StopReason.TuningJobEnding)], TuningStep.Decide(snapshot, Now));
    }

    [Fact]
    public void A_used_up_space_lets_the_running_ones_end_unless_a_criterion_is_met()
    {
        var job = Given.Job(Given.Definition with { Completion = new() { TargetObjectiveMetricValue = 0.9 } }) with
        {
            Ending = TuningJobEnding.SpaceExhausted,
        };
        Assert.Empty(TuningStep.Decide(Given.Snapshot(job, Given.Completed(1, 0.5), Given.TrainingJob(2)), Now));
        Assert.Equal(
            [new TuningAction.StopTraining(2, StopReason.TuningJobEnding)],
            TuningStep.Decide(Given.Snapshot(job, Given.Completed(1, 0.95), Given.TrainingJob(2)), Now));
        Assert.Equal([Completed], TuningStep.Decide(Given.Snapshot(job, Given.Completed(1, 0.5), Given.Failed(2)), Now));
        Assert.Equal(
            [new TuningAction.Finish(TuningJobStatus.Failed, Reason(2))], TuningStep.Decide(Given.Snapshot(job, Given.Failed(1), Given.Failed(2)), Now));
    }

    [Fact]
    public void An_ending_that_was_decided_stays_though_the_stopped_ones_improved()
    {
        var definition = Given.Definition with { Completion = new() { MaxTrainingJobsNotImproving = 3 } };
        var job = Given.Job(definition) with { Ending = TuningJobEnding.NotImproving };
        var better = Given.TrainingJob(5).Ended(TrainingJobStatus.Stopped, 0.9);
        TrainingJob[] flat = [.. Enumerable.Range(1, 4).Select(i => Given.Completed(i, 0.5))];
        Assert.Equal(
            [new TuningAction.StopTraining(6, StopReason.TuningJobEnding)],
            TuningStep.Decide(Given.Snapshot(job, [.. flat, better, Given.TrainingJob(6)]), Now));
        Assert.Equal([Completed], TuningStep.Decide(Given.Snapshot(job, [.. flat, better]), Now));
    }

    [Fact]
    public void Asks_each_training_job_to_stop_only_once()
    {
        var job = Given.Job(Given.Definition) with { Ending = TuningJobEnding.TargetReached };
        Assert.Empty(TuningStep.Decide(Given.Snapshot(job, Given.Completed(1, 0.5), Given.TrainingJob(2).StopRequested()), Now));
    }

    [Fact]
    public void A_stop_request_stops_everything_and_then_the_tuning_job_is_stopped()
    {
        var job = Given.Job(Given.Definition, TuningJobStatus.Stopping);
        Assert.Equal(
            [new TuningAction.StopTraining(1, StopReason.User), new TuningAction.StopTraining(2, StopReason.User)],
            TuningStep.Decide(Given.Snapshot(job, Given.TrainingJob(1), Given.TrainingJob(2)), Now));
        Assert.Empty(TuningStep.Decide(Given.Snapshot(job, Given.TrainingJob(1).StopRequested(), Given.Failed(2)), Now));
        Assert.Equal(
            [new TuningAction.Finish(TuningJobStatus.Stopped, null)],
            TuningStep.Decide(Given.Snapshot(job, Given.TrainingJob(1).Ended(TrainingJobStatus.Stopped, null), Given.Failed(2)), Now));
        Assert.Equal([new TuningAction.Finish(TuningJobStatus.Stopped, null)], TuningStep.Decide(Given.Snapshot(job), Now));
    }

    [Theory]
    [InlineData(TuningJobStatus.Completed)]
    [InlineData(TuningJobStatus.Stopped)]
    [InlineData(TuningJobStatus.Failed)]
    public void A_terminal_tuning_job_needs_nothing(object status) =>
        Assert.Empty(TuningStep.Decide(Given.Snapshot(Given.Job(Given.Definition, (TuningJobStatus)status), Given.TrainingJob(1)), Now));

    private static TuningAction.Finish Completed { get; } = new(TuningJobStatus.Completed, null);

    private static string Reason(int attempts) =>
        $"No training job succeeded after {attempts} attempts. For additional details, please take a look at the training job failures by listing "
        + "training jobs for the hyperparameter tuning job.";

    private static IReadOnlyList<TuningAction> Decide(TuningJobDefinition definition, params IReadOnlyList<TrainingJob> trainingJobs) =>
        TuningStep.Decide(Given.Snapshot(Given.Job(definition), trainingJobs), Now);
}
