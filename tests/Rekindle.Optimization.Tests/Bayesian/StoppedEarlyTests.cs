using Rekindle.Optimization.Bayesian;

namespace Rekindle.Optimization.Tests.Bayesian;

/// <summary>What was stopped early would have come further: models hold its value loosely.</summary>
public sealed class StoppedEarlyTests
{
    private static readonly TuningProblem Problem = Objectives.Branin.Problem(60);

    [Fact]
    public void Own_results_that_were_stopped_early_have_four_times_the_noise()
    {
        var plain = Models(Results(stopped: false), null).Cold!.Rows.Noise;
        var stopped = Models(Results(stopped: true), null).Cold!.Rows.Noise;
        Assert.All(plain, factor => Assert.Equal(1, factor));
        Assert.Equal([.. Enumerable.Range(0, plain.Length).Select(i => i % 3 == 0 ? 4.0 : 1.0)], stopped);
    }

    [Fact]
    public void Results_of_parents_that_were_stopped_early_have_it_too()
    {
        var models = Models(Results(stopped: false), Parents(stopped: true));
        foreach (var process in (GaussianProcess[])[models.Related!, models.Pooled!])
        {
            var lead = process.Rows.Kinship.Leading;
            Assert.Equal([.. Enumerable.Range(0, lead).Select(i => i % 3 == 0 ? 4.0 : 1.0)], process.Rows.Noise[..lead]);
            Assert.All(process.Rows.Noise[lead..], factor => Assert.Equal(1, factor));
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData(WarmStartType.IdenticalDataAndAlgorithm)]
    [InlineData(WarmStartType.TransferLearning)]
    public void They_change_what_is_suggested_and_leave_no_trace_in_what_is_kept(WarmStartType? type)
    {
        var plain = History(stopped: false, type);
        var stopped = History(stopped: true, type);
        var expected = Suggest(new BayesianStrategy(Problem), plain);
        Assert.Equal(expected, Suggest(new BayesianStrategy(Problem), plain with { Completed = [.. plain.Completed.Select(o => o with { StoppedEarly = false })] }));

        var kept = new BayesianStrategy(Problem);
        var doubtful = Suggest(kept, stopped);
        Assert.NotEqual(expected, doubtful);
        Assert.Equal(expected, Suggest(kept, plain));
        Assert.Equal(doubtful, Suggest(kept, stopped));
    }

    private static List<(Configuration, double?)> Suggest(BayesianStrategy strategy, History history) =>
        [.. strategy.Suggest(history, 2, new Seed(4)).Select(suggestion => (suggestion.Configuration, suggestion.Explanation!.PredictedMean))];

    // With parents, they alone differ.
    private static History History(bool stopped, WarmStartType? type) => new(
        Results(stopped && type is null), [], [], type is { } kind ? Parents(stopped) with { Type = kind } : null);

    private static ModelChoice Models(IReadOnlyList<Observation> completed, WarmStart? warmStart) => new(
        Problem, new History(completed, [], [], warmStart), new ParentKnowledge(Problem, warmStart, 100), 100, 1, new ModelMemory(), warp: false,
        CancellationToken.None);

    private static WarmStart Parents(bool stopped) => new(
        WarmStartType.TransferLearning,
        [new ParentHistory("parent", Problem.Space, new Dictionary<string, string>(), [.. Observed(24, shift: 0.013, stopped)])]);

    private static IReadOnlyList<Observation> Results(bool stopped) => [.. Observed(21, shift: 0, stopped)];

    private static IEnumerable<Observation> Observed(int count, double shift, bool stopped) =>
        from i in Enumerable.Range(0, count)
        let u = new[] { ((0.37 * i) + shift) % 1, ((0.61 * i) + shift) % 1 }
        // Not quite smooth, so that noise is believed in.
        select new Observation(Problem.Space.Decode(u), Math.Sin(7 * u[0]) + (u[1] * u[1]) + (0.2 * (i % 4))) { StoppedEarly = stopped && i % 3 == 0 };
}
