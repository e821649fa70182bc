namespace Rekindle.Optimization.Tests;

public sealed class ExplanationTests
{
    private static readonly Objective Objective = Objectives.Hartmann3;

    [Fact]
    public void The_start_says_that_it_is_one_and_knows_nothing_else()
    {
        var strategy = new BayesianStrategy(Objective.Problem(40));
        var explanation = strategy.Suggest(History.Empty, 1, Seed.For(1, 0)).Single().Explanation!;
        Assert.Equal("Point 1 of a space-filling start of 6.", explanation.Reason);
        Assert.Equal(SuggestionModel.None, explanation.Model);
        Assert.Null(explanation.PredictedMean);
        Assert.Null(explanation.Nearest);
    }

    [Fact]
    public void A_models_suggestion_tells_its_expectation_and_the_nearest_result()
    {
        var completed = Random(30);
        var suggestion = new BayesianStrategy(Objective.Problem(40)).Suggest(new History(completed, [], [], null), 1, Seed.For(1, 30)).Single();
        var explanation = suggestion.Explanation!;
        Assert.Equal(SuggestionModel.Own, explanation.Model);
        Assert.Equal(SuggestionOrigin.Model, suggestion.Origin);
        Assert.NotNull(explanation.Acquisition);
        // What was expected and what came out: a smooth function is known to a few deviations after thirty results.
        var value = Objective.Value(suggestion.Configuration);
        Assert.InRange(value, explanation.PredictedMean!.Value - (6 * explanation.PredictedDeviation!.Value), explanation.PredictedMean.Value + (6 * explanation.PredictedDeviation.Value));
        var u = Objective.Space.Encode(suggestion.Configuration)!;
        var distances = completed.Select(o => Math.Sqrt(Objective.Space.Encode(o.Configuration)!.Zip(u).Sum(p => Math.Pow(p.First - p.Second, 2)))).ToList();
        Assert.Equal(distances.Min(), explanation.Nearest!.Distance, 1e-12);
        Assert.Equal(completed[distances.IndexOf(distances.Min())], new Observation(explanation.Nearest.Configuration, explanation.Nearest.Value));
    }

    [Fact]
    public void A_parents_point_names_the_parent_and_a_pooled_one_the_pool()
    {
        var parent = new ParentHistory("last week", Objective.Space, new Dictionary<string, string>(), Random(20));
        var strategy = new BayesianStrategy(Objective.Problem(40));
        var transfer = strategy.Suggest(new History([], [], [], new WarmStart(WarmStartType.TransferLearning, [parent])), 1, Seed.For(1, 0)).Single();
        Assert.Equal("last week", transfer.Explanation!.Parent);
        Assert.Equal(SuggestionOrigin.Parent, transfer.Origin);
        var pooled = strategy.Suggest(new History([], [], [], new WarmStart(WarmStartType.IdenticalDataAndAlgorithm, [parent])), 1, Seed.For(1, 0)).Single();
        Assert.Equal(SuggestionModel.Pooled, pooled.Explanation!.Model);
        Assert.Equal("Best expected objective, doubtful ones discounted, by the parents' results.", pooled.Explanation.Reason);
        Assert.NotNull(pooled.Explanation.PredictedMean);
    }

    [Fact]
    public void A_pool_that_failed_its_test_says_so()
    {
        var parent = new ParentHistory("p", Objective.Space, new Dictionary<string, string>(), [.. Random(20).Select(o => o with { Value = 1000 * o.Value })]);
        var history = new History(Random(12, 77), [], [], new WarmStart(WarmStartType.IdenticalDataAndAlgorithm, [parent]));
        var explanation = new BayesianStrategy(Objective.Problem(40)).Suggest(history, 1, Seed.For(1, 12)).Single().Explanation!;
        Assert.Contains("no longer pooled", explanation.Reason, StringComparison.Ordinal);
        Assert.NotEqual(SuggestionModel.Pooled, explanation.Model);
    }

    private static List<Observation> Random(int count, long seed = 5)
    {
        var completed = new List<Observation>();
        Objectives.Run(new RandomStrategy(Objective.Problem(count)), Objective, count, seed, null, completed);
        return completed;
    }
}
