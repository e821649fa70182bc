using Rekindle.Optimization.EarlyStopping;
using Rekindle.Server.Storage;
using Rekindle.Server.TrainingJobs;
using Rekindle.Server.TuningJobs;

namespace Rekindle.Server.Tests.TuningJobs;

/// <summary>The objective is an accuracy: more is better.</summary>
public sealed class EarlyStoppingTests
{
    private static readonly TuningJobDefinition Auto = Given.Definition with { EarlyStopping = true, MaxParallelTrainingJobs = 20, MaxTrainingJobs = 20 };

    private static readonly TuningJobDefinition Hyperband = Given.Definition with
    {
        Strategy = StrategyKind.Hyperband,
        Hyperband = new HyperbandResources(1, 9),
        MaxParallelTrainingJobs = 20,
        MaxTrainingJobs = 20,
    };

    [Fact]
    public void Auto_stops_what_is_worse_than_the_median()
    {
        var snapshot = Snapshot(Auto, [.. FiveCompleted(), (Given.TrainingJob(6), [0.2, 0.2, 0.2]), (Given.TrainingJob(7), [0.9, 0.9, 0.9])]);

        Assert.Equal([new TuningAction.StopTraining(6, StopReason.EarlyStopping)], Stops(snapshot));
    }

    /// <summary>A server that was away while it reported on, or a program that reports faster than its log is read.</summary>
    [Fact]
    public void Auto_stops_what_has_come_further_than_all_others_in_the_meantime() => Assert.Equal(
        [new TuningAction.StopTraining(6, StopReason.EarlyStopping)],
        Stops(Snapshot(Auto, [.. FiveCompleted(), (Given.TrainingJob(6), [.. Enumerable.Repeat(0.2, 50)])])));

    [Fact]
    public void Off_stops_nothing() =>
        Assert.Empty(Stops(Snapshot(Auto with { EarlyStopping = false }, [.. FiveCompleted(), (Given.TrainingJob(6), [0.2, 0.2, 0.2])])));

    [Fact]
    public void What_is_being_stopped_is_not_stopped_again()
    {
        var stopping = Given.TrainingJob(6).StopRequested(StopReason.EarlyStopping);

        Assert.Empty(Stops(Snapshot(Auto, [.. FiveCompleted(), (stopping, [0.2, 0.2, 0.2])])));
    }

    [Fact]
    public void What_has_ended_and_is_being_packed_is_not_stopped()
    {
        var packed = Given.TrainingJob(6);
        packed = packed with { Progress = packed.Progress with { Secondary = SecondaryStatus.Uploading } };

        Assert.Empty(Stops(Snapshot(Auto, [.. FiveCompleted(), (packed, [0.2, 0.2, 0.2])])));
        Assert.Empty(Stops(Snapshot(Hyperband, (packed, [.. Enumerable.Repeat(0.5, 9)]))));
    }

    [Fact]
    public void What_failed_is_compared_with_nobody()
    {
        var failed = FiveCompleted().Select(t => (Given.Failed((int)t.Job.Id), t.Values));

        Assert.Empty(Stops(Snapshot(Auto, [.. failed, (Given.TrainingJob(6), [0.2, 0.2, 0.2])])));
    }

    [Fact]
    public void The_end_of_the_tuning_job_is_the_better_reason()
    {
        var target = Auto with { Completion = new CompletionCriteria { TargetObjectiveMetricValue = 0.5 } };

        Assert.Equal(
            [new TuningAction.StopTraining(6, StopReason.TuningJobEnding)],
            Stops(Snapshot(target, [.. FiveCompleted(), (Given.TrainingJob(6), [0.2, 0.2, 0.2])])));
    }

    [Fact]
    public void Hyperband_lets_the_best_third_at_a_rung_run_on()
    {
        var snapshot = Snapshot(
            Hyperband,
            (Given.TrainingJob(1), [0.5]), (Given.TrainingJob(2), [0.4]), (Given.TrainingJob(3), [0.6, 0.6]), (Given.TrainingJob(4), [0.45, 0.9]));

        // The first had nobody to compare with, the third was the best by then; readings come in launch order here.
        Assert.Equal(
            [new TuningAction.StopTraining(2, StopReason.EarlyStopping), new TuningAction.StopTraining(4, StopReason.EarlyStopping)], Stops(snapshot));
    }

    [Fact]
    public void A_later_result_turns_no_verdict_round()
    {
        (TrainingJob, double[])[] early = [(Given.TrainingJob(1), [0.5]), (Given.TrainingJob(2), [0.4])];
        var before = Stops(Snapshot(Hyperband, early));

        Assert.Equal(before, Stops(Snapshot(Hyperband, [.. early, (Given.TrainingJob(3), [0.9])])));
    }

    [Theory]
    [InlineData(8, false, null)]
    [InlineData(9, false, StopReason.MaxResource)]
    [InlineData(9, true, null)]
    [InlineData(10, true, StopReason.MaxResource)]
    internal void Hyperband_ends_what_has_used_the_most_unless_it_is_about_to_end(int reports, bool endsByItself, StopReason? reason)
    {
        var definition = Hyperband with { Hyperband = new HyperbandResources(1, 9, endsByItself) };
        var stops = Stops(Snapshot(definition, (Given.TrainingJob(1), [.. Enumerable.Repeat(0.5, reports)])));

        Assert.Equal(reason is null ? [] : [new TuningAction.StopTraining(1, reason.Value)], stops);
    }

    [Fact]
    public void Nothing_is_stopped_before_the_least_resource()
    {
        var definition = Hyperband with { Hyperband = new HyperbandResources(3, 9) };

        Assert.Empty(Stops(Snapshot(definition, (Given.TrainingJob(1), [0.9, 0.9, 0.9]), (Given.TrainingJob(2), [0.1, 0.1]))));
        Assert.Equal(
            [new TuningAction.StopTraining(2, StopReason.EarlyStopping)],
            Stops(Snapshot(definition, (Given.TrainingJob(1), [0.9, 0.9, 0.9]), (Given.TrainingJob(2), [0.1, 0.1, 0.1]))));
    }

    [Fact]
    public void Only_the_ordinal_says_how_far_a_thinned_curve_is()
    {
        var job = Given.TrainingJob(1);
        var snapshot = Given.Snapshot(Given.Job(Hyperband), job) with
        {
            Curves = new Dictionary<long, LearningCurve> { [1] = new([new Reading(1, 0.5), new Reading(9, 0.5)], RanToEnd: false) },
        };

        Assert.Equal([new TuningAction.StopTraining(1, StopReason.MaxResource)], Stops(snapshot));
    }

    [Fact]
    public void The_history_of_Hyperband_has_the_curves_and_says_what_was_stopped()
    {
        var stopped = Given.TrainingJob(2).StopRequested(StopReason.EarlyStopping).Ended(TrainingJobStatus.Stopped, 0.4);
        var finished = Given.TrainingJob(3).StopRequested(StopReason.MaxResource).Ended(TrainingJobStatus.Stopped, 0.6);
        var history = SearchProblem.ToHistory(
            Snapshot(Hyperband, (Given.Completed(1, 0.5), [0.3, 0.5]), (stopped, [0.4]), (finished, [0.6]), (Given.TrainingJob(4), [0.7]), (Given.TrainingJob(5), [])),
            []);

        Assert.Equal([false, true, false], history.Completed.Select(o => o.StoppedEarly));
        Assert.Equal([(1, 0.3), (2, 0.5)], history.Completed[0].Readings.Select(r => (r.Resource, r.Value)));
        Assert.Equal([1, 0], history.PendingReadings.Select(readings => readings.Count));
    }

    [Fact]
    public void A_parent_says_what_was_stopped_early()
    {
        var stopped = Given.TrainingJob(2).StopRequested(StopReason.EarlyStopping).Ended(TrainingJobStatus.Stopped, 0.4);
        var finished = Given.TrainingJob(3).StopRequested(StopReason.MaxResource).Ended(TrainingJobStatus.Stopped, 0.6);
        var parent = SearchProblem.ToParentHistory(new ParentSnapshot(Given.Job(Hyperband), [Given.Completed(1, 0.5), stopped, finished]));

        Assert.Equal([(0.5, false), (0.4, true), (0.6, false)], parent.Observations.Select(o => (o.Value, o.StoppedEarly)));
    }

    [Fact]
    public void The_history_of_a_strategy_that_does_not_look_at_curves_has_none()
    {
        var history = SearchProblem.ToHistory(Snapshot(Auto, (Given.Completed(1, 0.5), [0.3, 0.5]), (Given.TrainingJob(2), [0.7])), []);

        Assert.Empty(Assert.Single(history.Completed).Readings);
        Assert.Empty(history.PendingReadings);
    }

    [Fact]
    public void What_was_stopped_early_says_nothing_about_convergence()
    {
        // Thirty results without progress; enough of them stopped.
        TrainingJob[] all =
        [
            Given.Completed(1, 0.9),
            .. Enumerable.Range(2, 29).Select(i => i % 3 == 0
                ? Given.Completed(i, 0.5)
                : Given.TrainingJob(i).StopRequested(StopReason.EarlyStopping).Ended(TrainingJobStatus.Stopped, 0.1)),
        ];
        var definition = Given.Definition with { MaxTrainingJobs = 100 };

        Assert.False(CompletionProgress.HasConverged(Given.Snapshot(Given.Job(definition), all)));
        Assert.Equal(29, CompletionProgress.CountNotImproving(Given.Snapshot(Given.Job(definition), all)));
        Assert.True(CompletionProgress.HasConverged(Given.Snapshot(Given.Job(definition), [.. all.Select(job => job with { StopReason = null })])));
    }

    private static IEnumerable<TuningAction.StopTraining> Stops(TuningSnapshot snapshot) =>
        TuningStep.Decide(snapshot, Given.Start.AddMinutes(30)).OfType<TuningAction.StopTraining>();

    private static IEnumerable<(TrainingJob Job, double[] Values)> FiveCompleted() =>
        Enumerable.Range(1, 5).Select(i => (Given.Completed(i, 0.8), (double[])[0.6, 0.7, 0.8, 0.8]));

    /// <summary>Reports come one a second, training job by training job.</summary>
    private static TuningSnapshot Snapshot(TuningJobDefinition definition, params (TrainingJob Job, double[] Values)[] trainingJobs) =>
        Given.Snapshot(Given.Job(definition), [.. trainingJobs.Select(t => t.Job)]) with
        {
            Curves = trainingJobs.Where(t => t.Values.Length > 0).ToDictionary(
                t => t.Job.Id,
                t => new LearningCurve(
                    [.. t.Values.Select((value, k) => new Reading(k + 1, value, (100 * t.Job.Id) + k))], EarlyStopping.RanToEnd(t.Job))),
        };
}
