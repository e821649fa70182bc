using Rekindle.Optimization.Bayesian;

namespace Rekindle.Optimization.Tests.Bayesian;

public sealed class ThetaChainTests
{
    [Fact]
    public void Refits_come_with_every_result_first_and_rarely_later()
    {
        for (var n = 1; n <= 60; n++) Assert.Equal(n, ThetaChain.RefitPoint(n));
        for (var n = 61; n < 1200; n++)
        {
            Assert.InRange(n - ThetaChain.RefitPoint(n), 0, Math.Max(5, n / 40));
            Assert.Equal(ThetaChain.RefitPoint(n), ThetaChain.RefitPoint(ThetaChain.RefitPoint(n)));
        }
    }

    /// <summary>A search that lived through its history and one that starts at its end must agree to the last bit.</summary>
    [Fact]
    public void Kept_fits_and_factors_give_the_suggestions_of_a_fresh_process()
    {
        var objective = Objectives.Mixed;
        var lived = new BayesianStrategy(objective.Problem(200));
        var points = new RandomStrategy(objective.Problem(200)).Suggest(History.Empty, 130, Seed.For(3, 0)).Select(s => s.Configuration).ToList();
        var completed = points.Select(p => new Observation(p, objective.Value(p))).ToList();
        foreach (var n in new[] { 25, 58, 61, 63, 64, 90, 91, 95, 128 })
        {
            // A pending point and a late result in the middle of the list, as parallel jobs have them.
            var known = completed.Take(n).Where((_, i) => i != n - 4 || n % 2 == 0).ToList();
            var history = new History(known, [points[n]], [points[129]], null);
            Assert.Equal(
                new BayesianStrategy(objective.Problem(200)).Suggest(history, 2, Seed.For(3, n)).Select(s => s.Configuration),
                lived.Suggest(history, 2, Seed.For(3, n)).Select(s => s.Configuration));
        }
    }
}
