using Rekindle.Optimization.Bayesian;

namespace Rekindle.Optimization.Tests.Bayesian;

public sealed class ParentKnowledgeTests
{
    private static readonly Dictionary<string, string> None = [];

    [Fact]
    public void Parents_rows_are_measured_in_the_childs_range_and_far_ones_are_not_pooled()
    {
        var child = Problem([new ContinuousParameter("x", 0, 1)], None);
        var parent = Parent([new ContinuousParameter("x", -10, 10)], None, ("x", "-9"), ("x", "-0.4"), ("x", "0.5"), ("x", "1.4"), ("x", "2"));
        var knowledge = Know(child, WarmStartType.IdenticalDataAndAlgorithm, parent);
        Assert.Equal([-0.4, 0.5, 1.4], knowledge.Pool.Select(row => row.Point[0]));
        Assert.True(knowledge.CanPool);
    }

    [Fact]
    public void A_range_whose_scaling_became_logarithmic_drops_the_rows_it_cannot_place()
    {
        var child = Problem([new ContinuousParameter("x", 1e-4, 1, Scaling.Logarithmic)], None);
        var parent = Parent([new ContinuousParameter("x", 0, 1)], None, ("x", "0.0"), ("x", "0.01"), ("x", "1.0"));
        Assert.Equal([0.5, 1], Know(child, WarmStartType.IdenticalDataAndAlgorithm, parent).Pool.Select(row => Math.Round(row.Point[0], 9)));
    }

    [Fact]
    public void What_was_fixed_and_is_tuned_now_takes_the_parents_fixed_value()
    {
        var child = Problem([new ContinuousParameter("x", 0, 1), new IntegerParameter("n", 0, 9)], None);
        var parent = Parent([new ContinuousParameter("x", 0, 1)], new() { ["n"] = "4" }, ("x", "0.25"));
        Assert.Equal([0.25, 0.45], Assert.Single(Know(child, WarmStartType.TransferLearning, parent).Pool).Point);
        var unreadable = Parent([new ContinuousParameter("x", 0, 1)], new() { ["n"] = "many" }, ("x", "0.25"));
        Assert.Empty(Know(child, WarmStartType.TransferLearning, unreadable).Pool);
        Assert.Empty(Know(child, WarmStartType.TransferLearning, unreadable).Queue);
    }

    [Fact]
    public void What_was_tuned_and_is_fixed_now_stays_a_coordinate_at_the_childs_value()
    {
        var child = Problem([new ContinuousParameter("x", 0, 1)], new() { ["y"] = "2.5" });
        var parent = new ParentHistory("p", new SearchSpace([new ContinuousParameter("x", 0, 1), new ContinuousParameter("y", 0, 10)]), None,
            [new(new([new("x", "0.5"), new("y", "7.5")]), 1)]);
        var knowledge = Know(child, WarmStartType.TransferLearning, parent);
        Assert.Equal([0.5, 0.75], Assert.Single(knowledge.Pool).Point);
        Assert.Equal([0.1, 0.25], knowledge.Model.Of(child.Space.At([0.1])));
        Assert.True(child.Space.Contains(child.Space.Write(knowledge.Queue[0].Point)));
    }

    [Fact]
    public void A_fixed_value_that_is_no_number_is_apart_from_the_numbers_that_a_parent_tuned()
    {
        var child = Problem([new ContinuousParameter("x", 0, 1)], new() { ["y"] = "auto" });
        var parent = new ParentHistory("p", new SearchSpace([new ContinuousParameter("x", 0, 1), new ContinuousParameter("y", 0, 10)]), None,
            [new(new([new("x", "0.5"), new("y", "7.5")]), 1)]);
        var knowledge = Know(child, WarmStartType.TransferLearning, parent);
        Assert.Equal([false, true], knowledge.Model.Categorical);
        Assert.NotEqual(Assert.Single(knowledge.Pool).Point[1], knowledge.Model.Of(child.Space.At([0.1]))[1]);
    }

    [Fact]
    public void Categories_are_matched_by_text_and_unknown_ones_are_kept_apart()
    {
        var child = Problem([new CategoricalParameter("c", ["new", "b", "a"])], None);
        var parent = Parent([new CategoricalParameter("c", ["a", "b", "gone", "lost"])], None, ("c", "gone"), ("c", "a"), ("c", "lost"), ("c", "gone"));
        var codes = Know(child, WarmStartType.IdenticalDataAndAlgorithm, parent).Pool.Select(row => row.Point[0]).ToList();
        Assert.Equal(2, codes[1]);
        Assert.True(codes[0] >= 3 && codes[2] >= 3);
        Assert.NotEqual(codes[0], codes[2]);
        Assert.Equal(codes[0], codes[3]);
    }

    [Theory]
    [InlineData(Goal.Minimize, "0.1")]
    [InlineData(Goal.Maximize, "0.3")]
    public void The_queue_holds_the_best_of_each_parent_the_newest_first_inside_the_childs_range(Goal goal, string oldBest)
    {
        var child = Problem([new ContinuousParameter("x", 0, 0.5)], None, goal);
        var old = Parent([new ContinuousParameter("x", 0, 1)], None, ("x", "0.1"), ("x", "0.2"), ("x", "0.3"));
        var young = Parent([new ContinuousParameter("x", 0, 1)], None, ("x", "0.9"));
        var queue = Know(child, WarmStartType.TransferLearning, old, young).Queue.Select(queued => child.Space.Write(queued.Point).Values["x"]);
        Assert.Equal(["0.5", oldBest], queue);
    }

    [Fact]
    public void A_parent_at_its_limit_is_cut_down_to_the_models_size()
    {
        var values = Enumerable.Range(0, 1000).Select(i => (double)(i * 7919 % 1000)).ToList();
        var chosen = Subset.Of(values, Goal.Minimize, 100);
        Assert.Equal(100, chosen.Distinct().Count());
        Assert.Equal(chosen.Order(), chosen);
        Assert.True(Enumerable.Range(0, 1000).Where(i => values[i] < 25).All(chosen.Contains));
        Assert.True(chosen.Max(i => values[i]) > 900);
    }

    private static TuningProblem Problem(Parameter[] parameters, Dictionary<string, string> statics, Goal goal = Goal.Minimize) =>
        new(new SearchSpace(parameters), goal, statics, 40, 1);

    private static ParentKnowledge Know(TuningProblem child, WarmStartType type, params ParentHistory[] parents) =>
        new(child, new WarmStart(type, parents), 100);

    private static ParentHistory Parent(Parameter[] parameters, Dictionary<string, string> statics, params (string Name, string Text)[] rows) =>
        new("p", new SearchSpace(parameters), statics,
            [.. rows.Select((row, i) => new Observation(new([new(row.Name, row.Text)]), i))]);
}
