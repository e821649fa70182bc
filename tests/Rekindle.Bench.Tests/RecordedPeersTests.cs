using Rekindle.Bench.Problems;
using Rekindle.Bench.Quality;
using Rekindle.Bench.WarmStarts;
using Rekindle.Optimization;

namespace Rekindle.Bench.Tests;

public sealed class RecordedPeersTests
{
    private static readonly CurveSet Peers = RecordedPeers.Load(BenchmarkData.Folder);

    /// <summary>Figures computed when the runs were recorded, by another program.</summary>
    [Theory]
    [InlineData("branin", "optuna5_gp", 5, 50, 2.39741e-06)]
    [InlineData("stab_pima_a", "optuna5_tpe", 10, 50, 0.174507)]
    [InlineData("emb20", "random", 20, 100, 0.177093)]
    [InlineData("amt_lr_noisy", "optuna31_tpe", 10, 25, 0.0986779)]
    [InlineData("amt_lr_noisy", "optuna31_tpe", 10, 50, 0.0376399)]
    public void Mean_regrets_are_those_of_the_record(string name, string peer, int seeds, int evaluations, double regret)
    {
        var problem = BenchmarkData.Catalog[name];

        Assert.Equal(seeds, Peers.Of(peer, problem).Count);
        Assert.Equal(1, Peers.MeanRegret(peer, problem, evaluations)!.Value / regret, 1e-4);
    }

    [Fact]
    public void A_standing_ranks_every_method_on_the_problems_it_was_run_on()
    {
        var synthetic = BenchmarkData.Catalog.Problems.Where(p => p.Group == ProblemGroup.Synthetic).ToList();

        var standings = Standing.Of(Peers, synthetic);

        Assert.Equal("optuna5_gp", standings[0].Method);
        Assert.Equal(4, standings.Single(s => s.Method == "bayesopt").Problems);
        Assert.Equal((20, 20), standings.Single(s => s.Method == "random").Seeds);
        Assert.Equal("optuna5_gp", Standing.BestPeer(Peers, BenchmarkData.Catalog["branin"]));
    }

    [Fact]
    public void A_copy_of_the_best_peer_is_no_worse_and_ties_with_it()
    {
        var branin = BenchmarkData.Catalog["branin"];
        var copies = Peers.Of("optuna5_gp", branin).Select(c => c with { Method = QualityFigures.Ours });

        var figures = new QualityFigures([branin], Peers, copies);

        Assert.Equal((1, 1), figures.NoWorseThanBestPeer());
        Assert.Equal((2.5, 5), figures.WinsOverBestPeer());
        Assert.InRange(figures.EvaluationsToPeerLevel(branin, RecordedPeers.Tpe)!.Value, 5, 50);
    }

    [Fact]
    public void Pairs_come_with_their_parents_for_every_seed()
    {
        var (pairs, recorded) = WarmPair.Load(BenchmarkData.Folder, BenchmarkData.Catalog);

        Assert.Equal(["boston_a>boston_b", "boston_a>diabetes_a", "diabetes_a>diabetes_b", "ionosphere_a>pima_a", "pima_a>pima_b"], pairs.Select(p => p.Name).Order());
        Assert.All(pairs, pair =>
        {
            Assert.Equal(10, pair.ParentBySeed.Count);
            Assert.All(pair.ParentBySeed.Values, parent => Assert.Equal(50, parent.Observations.Count));
            Assert.All(pair.ParentBySeed[0].Observations, o => Assert.True(parentSpace(pair).Contains(o.Configuration)));
            Assert.Equal(10, recorded.Of("o5tpe_cold", pair.Child).Count);
        });
        var pima = pairs.Single(p => p.Name == "pima_a>pima_b");
        Assert.Equal(0.245, recorded.MeanRegret("o5tpe_add", pima.Child, 20)!.Value, 0.001);
        var honest = pima.WarmStart(3, WarmStartType.TransferLearning, flipped: false).Parents[0].Observations;
        var flipped = pima.WarmStart(3, WarmStartType.TransferLearning, flipped: true).Parents[0].Observations;
        Assert.Equal(honest.Select(o => -o.Value), flipped.Select(o => o.Value));

        static SearchSpace parentSpace(WarmPair pair) => pair.ParentBySeed[0].Space;
    }

    [Fact]
    public void The_parents_values_are_those_of_the_tables()
    {
        var (pairs, _) = WarmPair.Load(BenchmarkData.Folder, BenchmarkData.Catalog);
        var parent = pairs.First(p => p.Name.StartsWith("pima_a", StringComparison.Ordinal)).ParentBySeed[4];

        Assert.All(parent.Observations, o => Assert.Equal(BenchmarkData.Catalog["stab_pima_a"].True(o.Configuration), o.Value, 1e-8));
    }
}
