namespace Rekindle.Optimization.Tests;

/// <summary>
/// Smoke tests of search quality: few seeds, fixed, with margins several times wider than the spread between seeds.
/// </summary>
public sealed class QualityTests
{
    private const int Seeds = 6;

    public static TheoryData<string, double> Margins => new() { { "branin", 1.0 }, { "hartmann3", 1.5 }, { "mixed", 0.3 } };

    /// <summary>Margins in decades of regret; measured gaps are 2.9, 4.9 and 0.8.</summary>
    [Theory]
    [MemberData(nameof(Margins))]
    public void Bayesian_search_beats_random_search(string name, double decades)
    {
        var objective = new[] { Objectives.Branin, Objectives.Hartmann3, Objectives.Mixed }.Single(o => o.Name == name);
        var bayesian = MeanLogRegret(seed => Objectives.Run(new BayesianStrategy(objective.Problem(40)), objective, 40, seed), objective);
        var random = MeanLogRegret(seed => Objectives.Run(new RandomStrategy(objective.Problem(40)), objective, 40, seed), objective);
        Assert.True(bayesian < random - decades, $"log10 regret {bayesian:f2} against random's {random:f2}");
    }

    private static double MeanLogRegret(Func<int, double[]> run, Objective objective) =>
        Enumerable.Range(0, Seeds).Average(seed => Math.Log10(run(seed)[^1] - objective.Optimum + 1e-9));
}
