using CsCheck;
using Rekindle.Optimization.EarlyStopping;

namespace Rekindle.Optimization.Tests;

public sealed class HyperbandStrategyTests
{
    private static readonly Gen<IReadOnlyList<Reading>> Readings =
        Gen.Select(Gen.OneOf(Spaces.Value, Gen.Const(double.NaN)).Array[0, 12], Gen.Bool, (values, rare) =>
            (IReadOnlyList<Reading>)[.. values.Select((value, k) => new Reading(rare ? 1 + (4 * k) : k + 1, value))]);

    [Fact]
    public void Suggestions_are_in_range_and_new_whatever_was_reported() =>
        Gen.Select(Spaces.Space, Gen.Int[1, 3], Gen.ULong)
            .SelectMany((space, count, seed) => History(space).Select(history => (space, count, seed, history)))
            .Sample(t =>
            {
                var suggestions = Strategy(new TuningProblem(t.space, Goal.Minimize, new Dictionary<string, string>(), 20, 2))
                    .Suggest(t.history, t.count, new Seed(t.seed));
                Assert.All(suggestions, s => Assert.True(t.space.Contains(s.Configuration), s.ToString()));
                Assert.True(suggestions.Count == t.count || t.space.Combinations < t.count + t.history.Launched);
            }, iter: 200);

    [Fact]
    public void The_same_history_gets_the_same_answer_from_an_old_instance_and_a_new_one()
    {
        var problem = Objectives.Hartmann3.Problem(60);
        var old = Strategy(problem);
        foreach (var ended in (int[])[4, 12, 24, 25])
        {
            var history = Climbed(ended);
            var expected = Strategy(problem).Suggest(history, 2, Seed.For(3, ended)).Select(s => s.Configuration);
            Assert.Equal(expected, old.Suggest(history, 2, Seed.For(3, ended)).Select(s => s.Configuration));
        }
    }

    [Fact]
    public void Evaluations_that_were_stopped_early_teach_the_search_where_not_to_go()
    {
        // Good for x < 0.3 only, which shows at the first report already; everything else was stopped there.
        var space = new SearchSpace([new ContinuousParameter("x", 0, 1), new ContinuousParameter("y", 0, 1)]);
        var problem = new TuningProblem(space, Goal.Minimize, new Dictionary<string, string>(), 60, 1);
        var completed = new RandomStrategy(problem).Suggest(Optimization.History.Empty, 24, Seed.For(1, 0)).Select(s =>
        {
            var x = Objectives.Number(s.Configuration, "x");
            var value = Math.Abs(x - 0.15);
            return x < 0.3
                ? new Observation(s.Configuration, value) { Readings = [new(1, value + 1), new(3, value + 0.5), new(9, value)] }
                : new Observation(s.Configuration, value + 1) { Readings = [new(1, value + 1)], StoppedEarly = true };
        }).ToList();

        var suggestions = Strategy(problem).Suggest(new History(completed, [], [], null), 6, Seed.For(1, 24));

        Assert.All(suggestions, s => Assert.Equal(SuggestionOrigin.Model, s.Origin));
        Assert.True(suggestions.Count(s => Objectives.Number(s.Configuration, "x") < 0.3) >= 5, string.Join(' ', suggestions));
    }

    [Fact]
    public void An_explanation_tells_at_which_resource_results_are_compared_and_shows_measured_values()
    {
        var history = Climbed(24);
        var explanation = Strategy(Objectives.Hartmann3.Problem(60)).Suggest(history, 1, Seed.For(3, 24)).Single().Explanation!;

        Assert.EndsWith(" Results are compared at resource 9.", explanation.Reason, StringComparison.Ordinal);
        Assert.Equal(SuggestionModel.Own, explanation.Model);
        var known = history.Completed.Single(o => o.Configuration.Equals(explanation.Nearest!.Configuration));
        Assert.Equal(known.Value, explanation.Nearest!.Value);
    }

    [Fact]
    public void The_start_is_the_space_filling_one()
    {
        var problem = Objectives.Hartmann3.Problem(60);

        Assert.Equal(
            new BayesianStrategy(problem).Suggest(Optimization.History.Empty, 5, Seed.For(3, 0)).Select(s => s.Configuration),
            Strategy(problem).Suggest(Optimization.History.Empty, 5, Seed.For(3, 0)).Select(s => s.Configuration));
    }

    private static HyperbandStrategy Strategy(TuningProblem problem) => new(problem, new SuccessiveHalving(problem.Goal, 1, 9));

    /// <summary>Random points on Hartmann: a third came to resource 3, a ninth to 9.</summary>
    private static History Climbed(int count)
    {
        var objective = Objectives.Hartmann3;
        var points = new RandomStrategy(objective.Problem(60)).Suggest(Optimization.History.Empty, count, Seed.For(8, 0));
        return new History(
            [
                .. points.Select((s, i) =>
                {
                    var value = objective.Value(s.Configuration);
                    Reading[] all = [new(1, value + 2), new(3, value + 1), new(9, value)];
                    var rungs = i % 9 == 0 ? 3 : i % 3 == 0 ? 2 : 1;
                    return new Observation(s.Configuration, all[rungs - 1].Value) { Readings = all[..rungs], StoppedEarly = rungs < 3 };
                }),
            ],
            [], [], null);
    }

    private static Gen<History> History(SearchSpace space) =>
        from history in Spaces.History(space)
        from readings in Readings.Array[history.Completed.Count]
        from pending in Readings.Array[history.Pending.Count]
        from stopped in Gen.Bool.Array[history.Completed.Count]
        select history with
        {
            Completed = [.. history.Completed.Select((o, i) => o with { Readings = readings[i], StoppedEarly = stopped[i] })],
            PendingReadings = pending,
        };
}
