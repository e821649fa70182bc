using Rekindle.Server.TrainingJobs;
using Rekindle.Server.TuningJobs;

namespace Rekindle.Server.Tests.TuningJobs;

public sealed class AlgorithmChoiceTests
{
    [Fact]
    public void A_tuning_job_with_one_algorithm_has_no_choice() =>
        Assert.Equal([0], AlgorithmChoice.InOrder(new TuningSnapshot(Given.Job(Given.Definition), [Given.Completed(1, 0.5)])));

    [Fact]
    public void Each_algorithm_gets_a_start_in_turns()
    {
        List<TrainingJob> launched = [];
        List<int> order = [];
        for (var index = 1; index <= 15; index++)
        {
            var next = AlgorithmChoice.InOrder(Snapshot(3, 60, launched))[0];
            order.Add(next);
            launched.Add(Given.TrainingJob(index) with { Algorithm = next });
        }

        Assert.Equal([0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2], order);
    }

    [Fact]
    public void A_small_budget_makes_the_start_short()
    {
        // 8 training jobs for two algorithms: two each, then the better one goes on.
        var launched = Results(8, (0, 0.1), (1, 0.5), (0, 0.1), (1, 0.6));
        Assert.Equal([1, 0], AlgorithmChoice.InOrder(Snapshot(2, 8, launched)));
    }

    [Fact]
    public void The_algorithm_that_still_rises_is_preferred_to_one_that_stands_still_slightly_above()
    {
        (int, double)[] results =
        [
            (0, 0.80), (1, 0.5), (0, 0.80), (1, 0.5), (0, 0.80), (1, 0.6), (0, 0.80), (1, 0.7), (0, 0.80), (1, 0.78), (0, 0.79), (1, 0.77), (0, 0.5),
            (1, 0.5),
        ];
        Assert.Equal([1, 0], AlgorithmChoice.InOrder(Snapshot(2, 60, Results(60, results))));
    }

    [Fact]
    public void Every_fourth_training_job_goes_to_the_algorithm_with_the_fewest()
    {
        (int, double)[] results =
            [(0, 0.9), (1, 0.1), (0, 0.9), (1, 0.1), (0, 0.9), (1, 0.1), (0, 0.9), (1, 0.1), (0, 0.9), (1, 0.1), (0, 0.9)];
        Assert.Equal(1, AlgorithmChoice.InOrder(Snapshot(2, 60, Results(60, results)))[0]);
        Assert.Equal(0, AlgorithmChoice.InOrder(Snapshot(2, 60, Results(60, [.. results, (1, 0.1)])))[0]);
    }

    [Fact]
    public void Small_is_good_where_the_objective_is_minimised()
    {
        var launched = Results(8, (0, 0.1), (1, 0.5), (0, 0.1), (1, 0.6));
        var snapshot = Snapshot(2, 8, launched);
        var definition = snapshot.Job.Definition with { Objective = new ObjectiveMetric("loss", ObjectiveGoal.Minimize) };
        Assert.Equal([0, 1], AlgorithmChoice.InOrder(snapshot with { Job = snapshot.Job with { Definition = definition } }));
    }

    [Fact]
    public void An_algorithm_whose_start_failed_comes_last_even_when_it_had_the_fewest()
    {
        List<TrainingJob> launched = [.. Enumerable.Range(1, 11).Select(index => index % 2 == 0
            ? Given.Failed(index) with { Algorithm = 1 }
            : Given.Completed(index, 0.5))];
        Assert.Equal([0, 1], AlgorithmChoice.InOrder(Snapshot(2, 60, launched)));
    }

    [Fact]
    public void A_slow_algorithm_whose_start_still_runs_is_not_taken_for_a_failed_one()
    {
        List<TrainingJob> launched = [.. Enumerable.Range(1, 11).Select(index => index % 2 == 0
            ? Given.TrainingJob(index) with { Algorithm = 1 }
            : Given.Completed(index, 0.5))];
        Assert.Equal([1, 0], AlgorithmChoice.InOrder(Snapshot(2, 60, launched)));
    }

    [Fact]
    public void Values_at_the_ends_of_doubles_are_compared_like_others()
    {
        var launched = Results(8, (0, 1e308), (1, -1e308), (0, 1e308), (1, 1.7e308));
        Assert.Equal(1, AlgorithmChoice.InOrder(Snapshot(2, 8, launched))[0]);
    }

    private static List<TrainingJob> Results(int budget, params (int Algorithm, double Value)[] results) =>
        [.. results.Take(budget).Select((result, i) => Given.Completed(i + 1, result.Value) with { Algorithm = result.Algorithm })];

    private static TuningSnapshot Snapshot(int algorithms, int budget, IReadOnlyList<TrainingJob> launched)
    {
        var definition = Given.Definition;
        var further = new TunedAlgorithm
        {
            Objective = definition.Objective,
            Ranges = definition.Ranges,
            StaticHyperParameters = definition.StaticHyperParameters,
            Training = definition.Training,
        };
        return new TuningSnapshot(
            Given.Job(definition with { MaxTrainingJobs = budget, Further = [.. Enumerable.Repeat(further, algorithms - 1)], AlgorithmCount = algorithms }),
            launched);
    }
}
