namespace Rekindle.Optimization.Tests;

/// <summary>
/// What parents are worth and what wrong parents cost, as mean regret over fixed seeds. The margins are wide against the measured
/// figures in the comments.
/// </summary>
public sealed class WarmStartQualityTests
{
    private const int Seeds = 6;
    private const int Jobs = 20;

    private static readonly Lazy<double[]> ColdHartmann = new(() => Regret(Objectives.Hartmann3, _ => null));
    private static readonly Lazy<double[]> ColdMixed = new(() => Regret(Objectives.Mixed, _ => null));

    [Fact]
    public void Identical_parents_put_the_first_suggestion_where_a_cold_start_gets_late()
    {
        // Hartmann: 0.08 at the first, 0.04 at the fifth; cold 1.8 at the fifth, 0.8 at the tenth.
        var warm = Regret(Objectives.Hartmann3, seed => Parents(WarmStartType.IdenticalDataAndAlgorithm, Objectives.Hartmann3, seed));
        Assert.True(warm[0] < 0.5 * ColdHartmann.Value[9]);
        Assert.True(warm[4] < 0.2 * ColdHartmann.Value[4]);

        // Mixed: 0.017 at the fifth against 0.137.
        var mixed = Regret(Objectives.Mixed, seed => Parents(WarmStartType.IdenticalDataAndAlgorithm, Objectives.Mixed, seed));
        Assert.True(mixed[4] < 0.4 * ColdMixed.Value[4]);
    }

    [Fact]
    public void Related_parents_beat_a_cold_start_in_the_first_five()
    {
        // Shifted Hartmann: 0.44 against 1.8 at the fifth.
        var related = Objectives.Hartmann(0.07);
        var warm = Regret(Objectives.Hartmann3, seed => Parents(WarmStartType.TransferLearning, related, seed));
        Assert.True(warm[4] < 0.6 * ColdHartmann.Value[4], $"{warm[4]} against {ColdHartmann.Value[4]}");

        // Mixed: 0.067 against 0.137.
        var mixed = Regret(Objectives.Mixed, seed => Parents(WarmStartType.TransferLearning, Objectives.Mixed, seed));
        Assert.True(mixed[4] < 0.8 * ColdMixed.Value[4], $"{mixed[4]} against {ColdMixed.Value[4]}");
    }

    [Theory]
    [InlineData(WarmStartType.TransferLearning)]
    [InlineData(WarmStartType.IdenticalDataAndAlgorithm)]
    public void Parents_that_say_the_opposite_do_not_ruin_the_search(WarmStartType type)
    {
        // Regret at 20: cold 0.005, transfer 0.003, falsely identical 0.012; a random search has 0.7, an unguarded pool over 1.
        var flipped = Regret(Objectives.Hartmann3, seed => Parents(type, Objectives.Hartmann3, seed, sign: -1));
        Assert.True(flipped[^1] < 0.15, $"{flipped[^1]}");
    }

    private static double[] Regret(Objective objective, Func<int, WarmStart?> parents)
    {
        var mean = new double[Jobs];
        for (var seed = 0; seed < Seeds; seed++)
        {
            // The budget of 40 leaves the cold start its full design; the run stops earlier to save time.
            var best = Objectives.Run(new BayesianStrategy(objective.Problem(40)), objective, Jobs, seed, parents(seed));
            for (var k = 0; k < Jobs; k++) mean[k] += (best[k] - objective.Optimum) / Seeds;
        }

        return mean;
    }

    private static WarmStart Parents(WarmStartType type, Objective source, int seed, double sign = 1) => new(type,
    [
        .. Enumerable.Range(0, 2).Select(p =>
        {
            var observations = new List<Observation>();
            var seen = source with { Value = c => sign * source.Value(c) };
            Objectives.Run(new RandomStrategy(source.Problem(30)), seen, 30, 1000 + (10 * seed) + p, null, observations);
            return new ParentHistory("parent" + p, source.Space, new Dictionary<string, string>(), observations);
        }),
    ]);
}
