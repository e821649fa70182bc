namespace Rekindle.Optimization.Tests;

/// <summary>Histories that are long, wide or crowded: what made other tuners slow, repeat themselves or give up.</summary>
public sealed class LongHistoryTests
{
    [Theory]
    [InlineData(10)]
    [InlineData(50)]
    public void Parallel_workers_get_different_points(int workers)
    {
        var objective = Objectives.Mixed;
        var completed = Random(objective, 20);
        var strategy = new BayesianStrategy(objective.Problem(200, workers));
        var together = strategy.Suggest(new History(completed, [], [], null), workers, Seed.For(1, 20)).Select(s => s.Configuration).ToList();
        Assert.Equal(workers, together.Distinct().Count());
        Assert.DoesNotContain(together, completed.Select(o => o.Configuration).Contains);

        // One after the other, as a server asks: each sees the ones before as pending.
        var pending = new List<Configuration>();
        for (var k = 0; k < workers; k++)
            pending.Add(strategy.Suggest(new History(completed, pending, [], null), 1, Seed.For(1, 20 + k)).Single().Configuration);
        Assert.Equal(together, pending);
    }

    [Fact]
    public void Parallel_workers_share_out_a_small_space_to_the_last_point()
    {
        var space = new SearchSpace([new IntegerParameter("a", 1, 5), new CategoricalParameter("b", ["x", "y", "z"])]);
        var objective = new Objective("small", space, 1, c => Objectives.Number(c, "a"));
        var completed = Random(objective, 5);
        var rest = new BayesianStrategy(objective.Problem(40, 10)).Suggest(new History(completed, [], [], null), 50, Seed.For(1, 5));
        Assert.Equal(15, rest.Select(s => s.Configuration).Concat(completed.Select(o => o.Configuration)).Distinct().Count());
        Assert.Equal(10, rest.Count);
    }

    [Fact]
    public void Hundreds_of_results_of_thirty_integers_still_give_a_fresh_point()
    {
        var space = new SearchSpace(Enumerable.Range(0, 30).Select(i => new IntegerParameter("i" + i, 0, 3)));
        // Mostly equal values: the covariance is as singular as it gets.
        var objective = new Objective("flat", space, 0, c => Objectives.Number(c, "i0") < 1 ? 1 : 0);
        var completed = Random(objective, 480);
        var history = new History([.. completed, .. completed.Take(20)], [], [], null);
        var suggestion = new BayesianStrategy(objective.Problem(500)).Suggest(history, 1, Seed.For(1, 500)).Single();
        Assert.True(space.Contains(suggestion.Configuration));
        Assert.DoesNotContain(completed, o => o.Configuration.Equals(suggestion.Configuration));
    }

    [Fact]
    public void A_history_beyond_the_models_size_is_cut_and_the_newest_results_stay()
    {
        var objective = Objectives.Mixed;
        var completed = Random(objective, 400);
        var options = new BayesianOptions { MaxModelRows = 100, PoolSize = 64 };
        var lived = new BayesianStrategy(objective.Problem(1000), options);
        foreach (var n in new[] { 99, 100, 101, 151, 280, 400 })
        {
            var history = new History([.. completed.Take(n)], [], [], null);
            var suggestion = lived.Suggest(history, 1, Seed.For(1, n)).Single();
            Assert.Equal(SuggestionOrigin.Model, suggestion.Origin);
            Assert.DoesNotContain(completed.Take(n), o => o.Configuration.Equals(suggestion.Configuration));
            Assert.Equal(new BayesianStrategy(objective.Problem(1000), options).Suggest(history, 1, Seed.For(1, n)).Single(), suggestion);
        }
    }

    [Fact]
    public void Failed_configurations_are_avoided_and_so_is_their_neighbourhood()
    {
        // Everything with x above a half fails; what does not is best just below.
        var space = new SearchSpace([new ContinuousParameter("x", 0, 1), new ContinuousParameter("y", 0, 1)]);
        var strategy = new BayesianStrategy(new TuningProblem(space, Goal.Maximize, new Dictionary<string, string>(), 60, 1));
        var (completed, failed) = (new List<Observation>(), new List<Configuration>());
        for (var k = 0; k < 40; k++)
        {
            var next = strategy.Suggest(new History(completed, [], failed, null), 1, Seed.For(4, k)).Single().Configuration;
            Assert.DoesNotContain(next, failed);
            var x = Objectives.Number(next, "x");
            if (x > 0.5) failed.Add(next);
            else completed.Add(new Observation(next, x - Math.Pow(Objectives.Number(next, "y") - 0.3, 2)));
        }

        Assert.True(completed.Max(o => o.Value) > 0.45);
        Assert.True(failed.Count < 25, $"{failed.Count} failures");
    }

    [Fact]
    public async Task A_cancelled_search_says_so_and_leaves_the_strategy_as_it_was()
    {
        var objective = Objectives.Mixed;
        var strategy = new BayesianStrategy(objective.Problem(100));
        var history = new History(Random(objective, 30), [], [], null);
        using var source = new CancellationTokenSource();
        await source.CancelAsync();
        Assert.ThrowsAny<OperationCanceledException>(() => strategy.Suggest(history, 1, Seed.For(1, 30), source.Token));
        Assert.Equal(
            new BayesianStrategy(objective.Problem(100)).Suggest(history, 1, Seed.For(1, 30)), strategy.Suggest(history, 1, Seed.For(1, 30)));
    }

    private static List<Observation> Random(Objective objective, int count)
    {
        var points = new RandomStrategy(objective.Problem(count)).Suggest(History.Empty, count, Seed.For(8, 0));
        return [.. points.Select(s => new Observation(s.Configuration, objective.Value(s.Configuration)))];
    }
}
