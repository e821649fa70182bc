using Rekindle.Optimization.Bayesian;

namespace Rekindle.Optimization.Tests.Bayesian;

/// <summary>Suggestions while very much is pending, as when a thousand are asked for at once.</summary>
public sealed class LargeBatchTests
{
    [Fact]
    public void A_large_batch_keeps_its_distance_and_lies_better_than_chance()
    {
        var space = new SearchSpace(Enumerable.Range(0, 4).Select(i => new ContinuousParameter($"x{i}", 0, 1)));
        var random = new RandomStream(5);
        var completed = Enumerable.Range(0, 25).Select(_ => space.Decode([.. Enumerable.Range(0, 4).Select(_ => random.NextDouble())])).ToList();
        var history = History.Empty with { Completed = [.. completed.Select(c => new Observation(c, Loss(c)))] };

        var batch = new BayesianStrategy(new TuningProblem(space, Goal.Minimize, 500)).Suggest(history, 220, new Seed(3));

        Assert.Equal(220, batch.Count);
        Assert.All(batch, suggestion => Assert.Equal(SuggestionOrigin.Model, suggestion.Origin));
        var points = batch.Select(suggestion => Numbers(suggestion.Configuration)).ToList();
        var gaps = points.SelectMany((a, i) => points.Take(i).Select(b => Math.Sqrt(a.Zip(b, (u, v) => (u - v) * (u - v)).Sum())));
        // Taken at their expectation instead of drawn, the older ones let dozens gather within a thousandth of each other.
        Assert.True(gaps.Min() > 0.01, $"Two suggestions lie {gaps.Min()} apart.");
        // The mean over the whole space is 4 (1/12 + 0.2^2).
        Assert.True(batch.Skip(64).Average(suggestion => Loss(suggestion.Configuration)) < 0.4);
    }

    [Fact]
    public void A_finite_space_is_used_up_by_a_large_batch()
    {
        var space = new SearchSpace([new IntegerParameter("a", 1, 15), new CategoricalParameter("b", [.. Enumerable.Range(0, 14).Select(i => $"v{i}")])]);
        var known = Enumerable.Range(0, 10).Select(i => space.Decode([i / 10.0, (9 - i) / 10.0])).Distinct().ToList();
        var history = History.Empty with { Completed = [.. known.Select((c, i) => new Observation(c, i))] };

        var batch = new BayesianStrategy(new TuningProblem(space, Goal.Maximize, 500)).Suggest(history, 300, new Seed(1));

        Assert.Equal((15 * 14) - known.Count, batch.Count);
        Assert.Equal(15 * 14, batch.Select(suggestion => suggestion.Configuration).Concat(known).Distinct().Count());
    }

    [Theory]
    [InlineData(3)]
    [InlineData(70)]
    public void Draws_of_many_pending_points_average_to_the_mean_and_go_through_their_outcomes(int count)
    {
        var random = new RandomStream(8);
        var points = Enumerable.Range(0, 12).Select(_ => new[] { random.NextDouble(), random.NextDouble() }).ToArray();
        var process = GaussianProcess.Fit(new Rows(points, [false, false], [.. points.Select(_ => 1.0)], []), [.. points.Select(x => x[0] - x[1])], Goal.Minimize, 1)!;
        var pending = Enumerable.Range(0, count).Select(_ => new[] { random.NextDouble(), random.NextDouble() }).ToList();
        double[] x = [0.3, 0.6];
        var before = Posterior.Of(process, [], new RandomStream(2))!;
        before.Predict([x], withGradient: false);
        var (mean, least) = (before.Means[0], before.Incumbents[0]);

        var after = Posterior.Of(process, pending, new RandomStream(2))!;
        after.Predict([x], withGradient: false);

        Assert.Equal(mean, Enumerable.Range(0, after.Count).Average(s => after.Means[s * Posterior.Lanes]), 1e-6);
        Assert.All(after.Incumbents.Zip(after.BestSeen), pair => Assert.InRange(pair.First - pair.Second, -1, 1));
        // The smallest fitted mean of each draw, by predictions at all rows.
        var fitted = points.Concat(pending).Select(row =>
        {
            after.Predict([row], withGradient: false);
            return Enumerable.Range(0, after.Count).Select(s => after.Means[s * Posterior.Lanes]).ToArray();
        }).ToList();
        for (var s = 0; s < after.Count; s++) Assert.Equal(fitted.Min(row => row[s]), after.Incumbents[s], 1e-6);
        Assert.True(after.Incumbents.Average() <= least);
    }

    [Theory]
    [InlineData(50)]
    [InlineData(400)]
    public void Up_to_64_pending_evaluations_cost_no_care_and_more_hardly_any_time(int results)
    {
        var all = Effort.Of(1000, results, 0);
        for (var pending = 1; pending <= Posterior.Few; pending++) Assert.Equal(all, Effort.Of(1000, results, pending));
        var work = Work(Posterior.Few);
        for (var pending = Posterior.Few + 1; pending <= 1000; pending++)
        {
            var effort = Effort.Of(1000, results, pending);
            Assert.True(effort.PoolSize > 20);
            Assert.True(Work(pending) < 10 * work, $"{pending} pending: {Work(pending) / work} times the work of {Posterior.Few}.");
        }

        double Work(int pending)
        {
            var effort = Effort.Of(1000, results, pending);
            return (effort.PoolSize + (8 * effort.Rounds * effort.Steps)) * Math.Pow(results + pending, 2);
        }
    }

    private static double[] Numbers(Configuration configuration) =>
        [.. configuration.Values.Values.Select(text => NumberText.TryParse(text, out var number) ? number : double.NaN)];

    private static double Loss(Configuration configuration) => Numbers(configuration).Sum(x => (x - 0.3) * (x - 0.3));
}
