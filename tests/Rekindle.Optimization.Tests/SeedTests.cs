using Rekindle.Optimization.EarlyStopping;

namespace Rekindle.Optimization.Tests;

public sealed class SeedTests
{
    public static TheoryData<string> Strategies => ["random", "bayesian", "hyperband"];

    [Theory]
    [MemberData(nameof(Strategies))]
    public void A_batch_equals_single_calls_with_the_earlier_ones_pending(string name)
    {
        var objective = Objectives.Mixed;
        var strategy = Create(name, objective.Problem(100, parallel: 4));
        var batch = strategy.Suggest(History.Empty, 9, Seed.For(17, 0)).Select(s => s.Configuration).ToList();
        for (var k = 0; k < batch.Count; k++)
        {
            var history = new History([], [.. batch.Take(k)], [], null);
            Assert.Equal(batch[k], strategy.Suggest(history, 1, Seed.For(17, k)).Single().Configuration);
        }
    }

    [Theory]
    [MemberData(nameof(Strategies))]
    public void The_start_does_not_depend_on_which_evaluations_have_ended(string name)
    {
        var objective = Objectives.Mixed;
        var strategy = Create(name, objective.Problem(100, parallel: 4));
        var batch = strategy.Suggest(History.Empty, 6, Seed.For(17, 0)).Select(s => s.Configuration).ToList();
        var ended = new History(
            [new(batch[0], 1), new(batch[3], 2)], [batch[1]], [batch[2]], null);
        Assert.Equal(batch[4], strategy.Suggest(ended, 1, Seed.For(17, 4)).Single().Configuration);
    }

    [Theory]
    [InlineData("random")]
    [InlineData("bayesian")]
    public void A_child_with_its_parents_seed_repeats_none_of_its_points(string name)
    {
        Parameter[] parameters = [new ContinuousParameter("x", 0, 1), new IntegerParameter("n", 1, 50), new CategoricalParameter("c", ["a", "b"])];
        var problem = new TuningProblem(new SearchSpace(parameters), Goal.Minimize, new Dictionary<string, string>(), 40, 1);
        var options = new BayesianOptions { PoolSize = 64 };
        for (var seed = 0; seed < 1000; seed++)
        {
            Strategy strategy = name == "random" ? new RandomStrategy(problem) : new BayesianStrategy(problem, options);
            var own = strategy.Suggest(History.Empty, 5, Seed.For(seed, 0)).Select(s => s.Configuration).ToList();
            var parent = new ParentHistory("parent", problem.Space, new Dictionary<string, string>(),
                [.. own.Select((c, i) => new Observation(c, i))]);
            // Pooling needs a fit, so most seeds check the space-filling start of a transfer without its parents' best.
            var type = seed % 50 == 0 ? WarmStartType.IdenticalDataAndAlgorithm : WarmStartType.TransferLearning;
            var history = new History([], [], [], new WarmStart(type, [parent]));
            var child = strategy.Suggest(history, 3, Seed.For(seed, 0)).Where(s => s.Origin != SuggestionOrigin.Parent || type == WarmStartType.IdenticalDataAndAlgorithm);
            Assert.DoesNotContain(child, s => own.Contains(s.Configuration));
            // A model may keep x and change the rest; a draw that hits the same x would be the same draw.
            Assert.DoesNotContain(child, s => s.Origin != SuggestionOrigin.Model && own.Any(o => o.Values["x"] == s.Configuration.Values["x"]));
        }
    }

    /// <summary>However little the parent knows, and whether or not the child comes to believe it.</summary>
    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    [InlineData(3, 1)]
    [InlineData(25, 1)]
    [InlineData(25, -1)]
    public void An_identical_child_suggests_nothing_that_its_parent_has_evaluated(int known, int sign)
    {
        var space = new SearchSpace([new IntegerParameter("a", 1, 60), new CategoricalParameter("b", ["x", "y"])]);
        var objective = new Objective("steps", space, 0, c => Math.Abs(Objectives.Number(c, "a") - 17) + (c.Values["b"] == "x" ? 0 : 5));
        var theirs = new List<Observation>();
        Objectives.Run(new RandomStrategy(objective.Problem(50)), objective, known, 3, null, theirs);
        // The best point of all is among what the parent knows.
        theirs[0] = new Observation(new([new("a", "17"), new("b", "x")]), 0);
        var parent = new ParentHistory("parent", space, new Dictionary<string, string>(), [.. theirs.Select(o => o with { Value = sign * o.Value })]);
        var own = new List<Observation>();
        Objectives.Run(
            new BayesianStrategy(objective.Problem(50)), objective, 14, 3, new WarmStart(WarmStartType.IdenticalDataAndAlgorithm, [parent]), own);
        Assert.DoesNotContain(own, o => theirs.Any(t => t.Configuration.Equals(o.Configuration)));
    }

    [Fact]
    public void Zero_is_a_seed_like_any_other_and_neighbours_differ()
    {
        var strategy = new RandomStrategy(Objectives.Branin.Problem(10));
        var first = Enumerable.Range(-2, 5).Select(s => strategy.Suggest(History.Empty, 1, Seed.For(s, 0)).Single().Configuration).ToHashSet();
        Assert.Equal(5, first.Count);
        Assert.Equal(Seed.For(0, 3), Seed.For(0, 0).Next(3));
        Assert.Equal(Seed.For(9, 0).Stream, Seed.For(9, 500).Stream);
    }

    [Fact]
    public void Random_draws_look_uniform_over_one_job()
    {
        var strategy = new RandomStrategy(Objectives.Branin.Problem(1000));
        var positions = strategy.Suggest(History.Empty, 2000, Seed.For(5, 0)).Select(s => Objectives.Branin.Space.Encode(s.Configuration)!).ToList();
        for (var d = 0; d < 2; d++)
        {
            Assert.InRange(positions.Average(p => p[d]), 0.47, 0.53);
            Assert.InRange(positions.Average(p => Math.Pow(p[d] - 0.5, 2)), 0.075, 0.092);
        }

        Assert.InRange(positions.Average(p => (p[0] - 0.5) * (p[1] - 0.5)), -0.01, 0.01);
        // Successive draws come from successive seeds: they must not move together.
        Assert.InRange(positions.Zip(positions.Skip(1)).Average(p => (p.First[0] - 0.5) * (p.Second[0] - 0.5)), -0.01, 0.01);
    }

    [Fact]
    public void Random_search_in_a_discrete_space_spends_the_parents_points_last()
    {
        var space = new SearchSpace([new IntegerParameter("n", 1, 10)]);
        var problem = new TuningProblem(space, Goal.Minimize, new Dictionary<string, string>(), 10, 1);
        var parent = new ParentHistory("p", space, new Dictionary<string, string>(),
            [.. Enumerable.Range(1, 4).Select(n => new Observation(new([new("n", NumberText.Format(n))]), 1))]);
        foreach (var strategy in new Strategy[] { new RandomStrategy(problem), new BayesianStrategy(problem) })
        {
            var history = new History([], [], [], new WarmStart(WarmStartType.IdenticalDataAndAlgorithm, [parent]));
            var order = strategy.Suggest(history, 10, Seed.For(1, 0)).Select(s => int.Parse(s.Configuration.Values["n"], null)).ToList();
            Assert.Equal(Enumerable.Range(5, 6), order.Take(6).Order());
            Assert.Equal(Enumerable.Range(1, 4), order.Skip(6).Order());
        }
    }

    private static Strategy Create(string name, TuningProblem problem) => name switch
    {
        "random" => new RandomStrategy(problem),
        "hyperband" => new HyperbandStrategy(problem, new SuccessiveHalving(problem.Goal, 1, 9)),
        _ => new BayesianStrategy(problem),
    };
}
