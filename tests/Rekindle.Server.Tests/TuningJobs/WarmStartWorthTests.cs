using Rekindle.Server.Storage;
using Rekindle.Server.TuningJobs;
using Rekindle.Server.TuningJobs.WarmStart;

namespace Rekindle.Server.Tests.TuningJobs;

/// <summary>Cases computed by hand.</summary>
public sealed class WarmStartWorthTests
{
    private static readonly TuningJobDefinition Parent = Given.Definition with { Ranges = [Given.Continuous("x", "0", "1", RangeScaling.Linear)] };
    private static readonly TuningJobDefinition Child = Parent with { WarmStart = WarmStartKind.IdenticalDataAndAlgorithm };

    [Fact]
    public void It_paid_when_the_parents_best_was_passed_with_no_more_training_jobs_than_it_took()
    {
        var worth = Of(Child, TuningJobStatus.InProgress, [(0.5, 0.4), (0.6, null), (0.7, 0.9), (0.8, 0.95)], (0.1, 0.2), (0.2, 0.3), (0.3, 0.8));

        Assert.Equal((Worth.Paid, 4, 3, 3), (worth.Verdict, worth.TrainingJobs, worth.Results, worth.TrainingJobsToPass));
        Assert.Equal((0.95, 0.8), (worth.Best!.Value, worth.ParentsBest!.Value));
        Assert.Equal(
            "It paid: its training job 3 passed the parents' best of 0.8, which had taken parent 3 training jobs, and its own best is 0.95.", worth.Sentence);
    }

    [Fact]
    public void Passing_it_later_than_the_parent_found_it_is_no_gain_and_said_so()
    {
        var worth = Of(Child, TuningJobStatus.Completed, [(0.5, 0.4), (0.7, 0.9)], (0.1, 0.8), (0.2, 0.8));

        Assert.Equal((Worth.PaidLate, 2), (worth.Verdict, worth.TrainingJobsToPass));
        Assert.Contains("but only with its training job 2, where parent had taken 1 training job;", worth.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void Reaching_it_is_not_passing_it()
    {
        var worth = Of(Child, TuningJobStatus.Completed, [(0.5, 0.8), (0.7, 0.7)], (0.1, 0.8));

        Assert.Equal((Worth.NotPaid, (int?)null), (worth.Verdict, worth.TrainingJobsToPass));
        Assert.Equal("It did not pay: none of its 2 results passed the parents' best of 0.8, and the best of them is 0.8.", worth.Sentence);
    }

    [Theory]
    [InlineData(4, "TooEarly")]
    [InlineData(5, "NotYet")]
    public void A_running_child_is_judged_from_its_fifth_result_on(int results, string verdict) => Assert.Equal(
        verdict,
        Of(Child, TuningJobStatus.InProgress, [.. Enumerable.Range(1, results).Select(i => (i / 10.0, (double?)0.1))], (0.1, 0.8)).Verdict.ToString());

    [Fact]
    public void Without_results_there_is_nothing_to_judge()
    {
        Assert.Equal(Worth.TooEarly, Of(Child, TuningJobStatus.InProgress, [(0.1, null)], (0.1, 0.8)).Verdict);
        Assert.Equal(Worth.NoResult, Of(Child, TuningJobStatus.Failed, [(0.1, null)], (0.1, 0.8)).Verdict);
        Assert.Equal(Worth.NothingToLearn, Of(Child, TuningJobStatus.Completed, [(0.1, 0.5)]).Verdict);
        Assert.Equal(Worth.NoParents, WarmStartWorth.Of(Snapshot(Parent, TuningJobStatus.Completed, [(0.1, 0.5)]), [], 0, new()).Verdict);
        Assert.Contains("not on this server", WarmStartWorth.Of(Snapshot(Child, TuningJobStatus.Completed, [(0.1, 0.5)]), [], 2, new()).Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void A_best_that_the_child_cannot_try_is_no_yardstick()
    {
        var narrow = Child with { Ranges = [Given.Continuous("x", "0.5", "1", RangeScaling.Linear)] };
        var outside = Of(narrow, TuningJobStatus.Completed, [(0.6, 0.5)], (0.4, 0.8));
        Assert.Equal(Worth.SpaceDiffers, outside.Verdict);
        Assert.EndsWith("outside of what it searches, since its x is 0.4.", outside.Sentence, StringComparison.Ordinal);

        var other = Child with { StaticHyperParameters = Given.Statics(("epochs", "20"), ("sagemaker_job_name", "b"), ("k", "1.0")) };
        var before = Parent with { StaticHyperParameters = Given.Statics(("epochs", "10"), ("sagemaker_job_name", "a"), ("k", "1")) };
        var fixedElsewhere = Of(other, before, TuningJobStatus.Completed, [(0.6, 0.5)], (0.4, 0.8));
        Assert.EndsWith("since its epochs is 10 and not 20.", fixedElsewhere.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void A_transfer_that_passed_nothing_is_left_open()
    {
        var child = Child with { WarmStart = WarmStartKind.TransferLearning };

        var worth = Of(child, TuningJobStatus.Completed, [(0.1, 0.1), (0.2, 0.2), (0.3, 0.3), (0.4, 0.4)], (0.1, 1), (0.2, 2), (0.3, 3), (0.4, 4));

        Assert.Equal((Worth.NotComparable, 4, 1.0), (worth.Verdict, worth.NearPairs, worth.RankCorrelation));
        Assert.Contains("(near points rank with a correlation of 1 over 4 pairs)", worth.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void Minimized_objectives_are_passed_downwards()
    {
        var objective = new ObjectiveMetric("loss", ObjectiveGoal.Minimize);
        var worth = Of(Child with { Objective = objective }, Parent with { Objective = objective }, TuningJobStatus.Completed, [(0.5, 0.1)], (0.1, 0.2), (0.2, 0.9));

        Assert.Equal((Worth.Paid, 0.2, 1), (worth.Verdict, worth.ParentsBest!.Value, worth.TrainingJobsToPass));
    }

    [Fact]
    public void Shares_are_of_suggestions_with_a_known_origin()
    {
        var snapshot = Snapshot(Child, TuningJobStatus.InProgress, [(0.1, 0.1), (0.2, 0.1), (0.3, 0.1), (0.4, null)]);
        string?[] origins = ["Parent", "Model", "Model", null];
        snapshot = snapshot with { TrainingJobs = [.. snapshot.TrainingJobs.Zip(origins, (job, origin) => job with { Origin = origin })] };

        var worth = WarmStartWorth.Of(snapshot, [], 0, new());

        Assert.Equal([new("Parent", 1), new("Model", 2), new(null, 1)], worth.Origins);
        Assert.Equal(1.0 / 3, worth.FromParents!.Value, 15);
        Assert.Null(WarmStartWorth.Of(snapshot with { TrainingJobs = [snapshot.TrainingJobs[3]] }, [], 0, new()).FromParents);
    }

    [Fact]
    public void Near_points_are_ranked_where_both_looked_with_statics_in_their_place()
    {
        // The parent fixed y at 0.5; the child tunes it. Of the child's five points the last is too far in y: sqrt((0.3^2) / 2) = 0.21.
        var before = Parent with { StaticHyperParameters = Given.Statics(("y", "0.5")) };
        var child = Child with { Ranges = [.. Child.Ranges, Given.Continuous("y", "0", "1", RangeScaling.Linear)] };
        var snapshot = Snapshot(child, TuningJobStatus.InProgress, [(0.1, 4), (0.3, 3), (0.5, 2), (0.7, 1), (0.9, 9)]);
        string[] ys = ["0.5", "0.52", "0.48", "0.5", "0.8"];
        snapshot = snapshot with
        {
            TrainingJobs = [.. snapshot.TrainingJobs.Zip(ys, (job, y) => job with { TunedHyperParameters = Given.Statics(("x", job.TunedHyperParameters["x"]), ("y", y)) })],
        };
        var parent = Snapshot(before, TuningJobStatus.Completed, [(0.1, 1), (0.3, 2), (0.5, 3), (0.7, 4), (0.9, 5)]);

        var worth = WarmStartWorth.Of(snapshot, [new ParentSnapshot(parent.Job, parent.TrainingJobs)], 0, new());

        Assert.Equal((4, -1.0), (worth.NearPairs, worth.RankCorrelation));
    }

    private static WarmStartWorth Of(
        TuningJobDefinition child, TuningJobStatus status, IReadOnlyList<(double X, double? Value)> results, params (double X, double? Value)[] parents) =>
        Of(child, Parent, status, results, parents);

    private static WarmStartWorth Of(
        TuningJobDefinition child,
        TuningJobDefinition parent,
        TuningJobStatus status,
        IReadOnlyList<(double X, double? Value)> results,
        params (double X, double? Value)[] parents)
    {
        var before = Snapshot(parent, TuningJobStatus.Completed, parents);
        return WarmStartWorth.Of(
            Snapshot(child, status, results), [new ParentSnapshot(before.Job with { Id = 2, Name = "parent" }, before.TrainingJobs)], 0, new WarmStartOptions());
    }

    private static TuningSnapshot Snapshot(TuningJobDefinition definition, TuningJobStatus status, IReadOnlyList<(double X, double? Value)> results) => new(
        Given.Job(definition, status),
        [
            .. results.Index().Select(entry => Given.Completed(entry.Index + 1, entry.Item.Value) with
            {
                TunedHyperParameters = Given.Statics(("x", entry.Item.X.ToString("R", System.Globalization.CultureInfo.InvariantCulture))),
            }),
        ]);
}
