namespace Rekindle.Optimization.Tests;

public sealed class NearPointsTests
{
    private static readonly SearchSpace Space = new(
        [new ContinuousParameter("lr", 0.001, 1, Scaling.Logarithmic), new CategoricalParameter("opt", ["adam", "sgd"])]);

    private static readonly TuningProblem Problem = new(Space, Goal.Minimize, new Dictionary<string, string>(), 10, 1);

    [Fact]
    public void Pairs_each_result_with_the_nearest_of_the_parents_in_the_childs_scaling()
    {
        // On the logarithmic scale of three decades a factor of 10^0.3 is 0.1 of the range; over two coordinates that is 0.1 / sqrt(2) = 0.0707.
        var pairs = Pairs([At("0.01", "adam", 1)], At("0.0199526231496888", "adam", 5), At("0.02", "adam", 6), At("0.01", "sgd", 7));

        var pair = Assert.Single(pairs);
        Assert.Equal(5, pair.Parent.Value);
        Assert.Equal(0.1 / Math.Sqrt(2), pair.Distance, 9);
    }

    [Fact]
    public void Other_categories_and_far_numbers_are_not_near()
    {
        Assert.Empty(Pairs([At("0.01", "adam", 1)], At("0.01", "sgd", 5), At("0.1", "adam", 6), At("0.01", "lion", 7)));
    }

    [Fact]
    public void Of_equally_near_points_the_first_is_taken()
    {
        Assert.Equal(5, Assert.Single(Pairs([At("0.01", "adam", 1)], At("0.01", "adam", 5), At("0.010", "adam", 6))).Parent.Value);
    }

    [Fact]
    public void What_the_parent_tuned_and_the_child_fixes_has_to_be_near_as_well()
    {
        var parents = new SearchSpace([.. Space.Parameters, new ContinuousParameter("drop", 0, 1)]);
        var problem = Problem with { StaticHyperParameters = new Dictionary<string, string> { ["drop"] = "0.5" } };
        Observation With(string drop, double value) => new(
            new Configuration(new Dictionary<string, string> { ["lr"] = "0.01", ["opt"] = "adam", ["drop"] = drop }), value);
        var warmStart = new WarmStart(
            WarmStartType.TransferLearning, [new ParentHistory("p", parents, new Dictionary<string, string>(), [With("0.9", 5), With("0.55", 6)])]);

        Assert.Equal(6, Assert.Single(NearPoints.Of(problem, warmStart, [At("0.01", "adam", 1)])).Parent.Value);
    }

    [Fact]
    public void What_was_measured_with_another_fixed_value_is_not_near()
    {
        var problem = Problem with { StaticHyperParameters = new Dictionary<string, string> { ["epochs"] = "30", ["device"] = "gpu" } };
        ParentHistory Parent(string name, string epochs, string device, double value) => new(
            name, Space, new Dictionary<string, string> { ["epochs"] = epochs, ["device"] = device }, [At("0.01", "adam", value)]);

        var pairs = NearPoints.Of(
            problem,
            new WarmStart(WarmStartType.TransferLearning, [Parent("a", "3", "gpu", 5), Parent("b", "30.0", "gpu", 6), Parent("c", "30", "cpu", 7)]),
            [At("0.01", "adam", 1)]);

        Assert.Equal(6, Assert.Single(pairs).Parent.Value);
    }

    private static IReadOnlyList<NearPair> Pairs(IReadOnlyList<Observation> child, params IReadOnlyList<Observation> parent) => NearPoints.Of(
        Problem,
        new WarmStart(WarmStartType.IdenticalDataAndAlgorithm, [new ParentHistory("p", Space, new Dictionary<string, string>(), parent)]),
        child);

    private static Observation At(string lr, string opt, double value) =>
        new(new Configuration(new Dictionary<string, string> { ["lr"] = lr, ["opt"] = opt }), value);
}
