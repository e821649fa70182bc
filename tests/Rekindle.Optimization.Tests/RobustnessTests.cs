using CsCheck;
using Rekindle.Optimization.EarlyStopping;

namespace Rekindle.Optimization.Tests;

/// <summary>Nothing a job can live through makes a strategy throw, leave the ranges or repeat itself without need.</summary>
public sealed class RobustnessTests
{
    private static readonly BayesianOptions Small = new() { PoolSize = 64, MaxModelRows = 40 };

    [Fact]
    public void Random_suggestions_are_in_range_canonical_and_distinct() =>
        Gen.Select(Spaces.Space, Gen.Int[1, 20], Gen.ULong)
            .SelectMany((space, count, seed) => Spaces.History(space).Select(history => (space, count, seed, history)))
            .Sample(t => Check(t.space, new RandomStrategy(Problem(t.space)), t.history, t.count, new Seed(t.seed)), iter: 2000);

    [Fact]
    public void Bayesian_suggestions_are_in_range_canonical_and_distinct() =>
        Gen.Select(Spaces.Space, Gen.Int[1, 4], Gen.ULong)
            .SelectMany((space, count, seed) => Spaces.History(space).Select(history => (space, count, seed, history)))
            .Sample(t => Check(t.space, new BayesianStrategy(Problem(t.space), Small), t.history, t.count, new Seed(t.seed)), iter: 300);

    [Fact]
    public void Odd_parents_neither_throw_nor_push_suggestions_out_of_range() =>
        Gen.Select(Spaces.Space, Gen.Int[1, 3], Gen.ULong)
            .SelectMany((space, count, seed) => Spaces.WarmStart(space)
                .SelectMany(warmStart => Spaces.History(space, warmStart)).Select(history => (space, count, seed, history)))
            .Sample(t =>
            {
                Check(t.space, new BayesianStrategy(Problem(t.space), Small), t.history, t.count, new Seed(t.seed));
                Check(t.space, new RandomStrategy(Problem(t.space)), t.history, t.count, new Seed(t.seed));
            }, iter: 300);

    [Theory]
    [InlineData("constant")]
    [InlineData("linear")]
    [InlineData("huge beside tiny")]
    [InlineData("two hundred times the same")]
    [InlineData("two points 1e-12 apart")]
    public void Awkward_results_still_give_a_fresh_point(string kind)
    {
        var space = new SearchSpace(
            Enumerable.Range(0, 30).Select(i => i % 2 == 0
                ? (Parameter)new ContinuousParameter("c" + i, 0, 1)
                : new IntegerParameter("i" + i, 1, 100)));
        var random = new RandomStrategy(Problem(space));
        var points = random.Suggest(History.Empty, 40, Seed.For(1, 0)).Select(s => s.Configuration).ToList();
        List<Observation> completed = kind switch
        {
            "constant" => [.. points.Select(p => new Observation(p, 3.3))],
            "linear" => [.. points.Select(p => new Observation(p, Objectives.Number(p, "c0")))],
            "huge beside tiny" => [.. points.Select((p, i) => new Observation(p, i % 2 == 0 ? 1e308 : 1e-308))],
            "two hundred times the same" => [.. Enumerable.Range(0, 200).Select(i => new Observation(points[0], i % 3))],
            _ => [.. points.Take(1).Select(p => new Observation(p, 2)), .. points.Take(1).Select(Nudge)],
        };
        var strategy = new BayesianStrategy(Problem(space));
        Check(space, strategy, new History(completed, [], [], null), 2, Seed.For(1, 40));
        return;

        Observation Nudge(Configuration c) => new(new Configuration(c.Values.Select(v => v.Key == "c0"
            ? KeyValuePair.Create(v.Key, NumberText.Format(Math.Min(1, Objectives.Number(c, "c0") + 1e-12)))
            : v)), 1);
    }

    [Fact]
    public void A_history_of_failures_alone_is_answered_with_new_points()
    {
        var space = Objectives.Mixed.Space;
        var failed = new RandomStrategy(Problem(space)).Suggest(History.Empty, 30, Seed.For(1, 0)).Select(s => s.Configuration).ToList();
        Check(space, new BayesianStrategy(Problem(space)), new History([], [], failed, null), 3, Seed.For(1, 30));
    }

    [Fact]
    public void Results_outside_the_space_or_with_names_missing_are_survived()
    {
        var space = Objectives.Branin.Space;
        Configuration[] odd =
        [
            Configuration.Empty, new([new("x0", "1")]), new([new("x0", "1e300"), new("x1", "1")]), new([new("x0", "text"), new("x1", "")]),
        ];
        var history = new History([.. odd.Select(c => new Observation(c, 1))], odd, odd, null);
        Check(space, new BayesianStrategy(Problem(space, jobs: 8)), history, 2, Seed.For(1, 0));
        Check(space, new RandomStrategy(Problem(space)), history, 2, Seed.For(1, 0));
    }

    [Fact]
    public void A_finite_space_is_used_up_point_by_point_and_then_falls_silent()
    {
        var space = new SearchSpace(
            [new IntegerParameter("a", 1, 3), new CategoricalParameter("b", ["x", "y"]), new ContinuousParameter("c", 2, 2)]);
        Assert.Equal(6, space.Combinations);
        foreach (var strategy in new Strategy[]
        {
            new RandomStrategy(Problem(space)), new BayesianStrategy(Problem(space)), new GridStrategy(Problem(space)),
            new HyperbandStrategy(Problem(space), new SuccessiveHalving(Goal.Minimize, 1, 9)),
        })
        {
            var completed = new List<Observation>();
            for (var k = 0; k < 6; k++)
            {
                var one = strategy.Suggest(new History(completed, [], [], null), 1, Seed.For(3, k)).Single();
                Assert.DoesNotContain(completed, o => o.Configuration.Equals(one.Configuration));
                completed.Add(new Observation(one.Configuration, k));
            }

            Assert.Empty(strategy.Suggest(new History(completed, [], [], null), 1, Seed.For(3, 6)));
            Assert.Equal(6, strategy.Suggest(History.Empty, 10, Seed.For(3, 0)).Count);
        }
    }

    [Fact]
    public void The_same_question_gets_the_same_answer_on_every_thread()
    {
        var objective = Objectives.Mixed;
        var completed = new List<Observation>();
        Objectives.Run(new RandomStrategy(objective.Problem(40)), objective, 15, 5, null, completed);
        var parent = new ParentHistory("p", objective.Space, new Dictionary<string, string>(), completed);
        var pending = new RandomStrategy(objective.Problem(40)).Suggest(History.Empty, 3, Seed.For(9, 0)).Select(s => s.Configuration);
        var warmStart = new WarmStart(WarmStartType.TransferLearning, [parent]);
        var history = new History([.. completed.Take(12)], [.. pending], [completed[13].Configuration], warmStart);
        var shared = new BayesianStrategy(objective.Problem(40));
        var expected = new BayesianStrategy(objective.Problem(40)).Suggest(history, 2, Seed.For(9, 16));
        var answers = new IReadOnlyList<Suggestion>[8];
        // The shared instance keeps the parents' models, the fresh ones do not: both must agree.
        Parallel.For(0, answers.Length, i =>
            answers[i] = (i % 2 == 0 ? shared : new BayesianStrategy(objective.Problem(40))).Suggest(history, 2, Seed.For(9, 16)));
        Assert.All(answers, answer => Assert.Equal(expected, answer));
    }

    [Fact]
    public void Kept_parent_models_are_dropped_when_the_parents_change()
    {
        var objective = Objectives.Hartmann3;
        var shared = new BayesianStrategy(objective.Problem(40));
        var completed = new List<Observation>();
        Objectives.Run(new RandomStrategy(objective.Problem(40)), objective, 12, 5, null, completed);
        foreach (var sign in new[] { 1, -1 })
        {
            var observations = completed.Select(o => o with { Value = sign * o.Value }).ToList();
            var parent = new ParentHistory("p", objective.Space, new Dictionary<string, string>(), observations);
            var history = new History([], [], [], new WarmStart(WarmStartType.IdenticalDataAndAlgorithm, [parent]));
            Assert.Equal(
                new BayesianStrategy(objective.Problem(40)).Suggest(history, 1, Seed.For(1, 0)),
                shared.Suggest(history, 1, Seed.For(1, 0)));
        }
    }

    private static TuningProblem Problem(SearchSpace space, int jobs = 20) =>
        new(space, Goal.Minimize, new Dictionary<string, string>(), jobs, 2);

    private static void Check(SearchSpace space, Strategy strategy, History history, int count, Seed seed)
    {
        var suggestions = strategy.Suggest(history, count, seed);
        Assert.True(suggestions.Count == count || space.Combinations < count + history.Completed.Count + history.Pending.Count + history.Failed.Count);
        foreach (var suggestion in suggestions)
        {
            Assert.True(space.Contains(suggestion.Configuration), suggestion.ToString());
            Assert.True(space.TryRead(suggestion.Configuration, out var point));
            Assert.Equal(suggestion.Configuration, space.Write(point!));
        }

        // Twenty draws from a range of two neighbouring doubles cannot differ; anything roomier must not repeat.
        var roomy = space.Parameters.OfType<ContinuousParameter>().Any(p => p.Maximum - p.Minimum > 1e-6 * Math.Abs(p.Maximum) && p.Maximum > 1e-300);
        if (!roomy && double.IsPositiveInfinity(space.Combinations)) return;
        var used = history.Completed.Select(o => o.Configuration).Concat(history.Pending).Concat(history.Failed).ToHashSet();
        Assert.All(suggestions, s => Assert.True(used.Add(s.Configuration), $"{s} again"));
    }
}
