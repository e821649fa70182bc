using Rekindle.Optimization.Bayesian;

namespace Rekindle.Optimization.Tests.Bayesian;

public sealed class FixedAxisTests
{
    private static readonly SearchSpace Space = new([new ContinuousParameter("x", 0, 1)]);

    [Theory]
    [InlineData("30", "30", "30")]
    [InlineData("30", "30.0", "3e1")]
    [InlineData("gpu", "gpu", "gpu")]
    public void A_value_that_is_the_same_everywhere_has_no_coordinate(string mine, string first, string second)
    {
        Assert.All(Columns(mine, Static(first), Static(second)), column => Assert.Equal(0, column));
    }

    [Fact]
    public void Numbers_lie_half_a_unit_apart_at_most()
    {
        Assert.Equal([0.5, 0, 0.25], Columns("30", Static("10"), Static("20")));
    }

    [Fact]
    public void Numbers_over_two_decades_are_measured_by_their_logarithms()
    {
        Assert.Equal([0.5, 0, 0.25], Columns("1", Static("0.01"), Static("0.1")).Select(column => Math.Round(column, 12)));
    }

    [Fact]
    public void Texts_are_equal_or_not()
    {
        var columns = Columns("adam", Static("sgd"), Static("adam"), Static("10"));

        Assert.Equal(columns[0], columns[2]);
        Assert.Equal(3, columns.Distinct().Count());
    }

    [Fact]
    public void A_value_that_a_parent_tuned_is_measured_in_its_range()
    {
        Assert.Equal([0.5, 0.1], Columns("5", Tuned(0, 10, "1")));
    }

    [Fact]
    public void A_text_in_one_parent_does_not_cost_its_observations_where_nobody_tunes_numbers_now()
    {
        Assert.Equal(3, Columns("5", Tuned(1, 10, "2"), Static("auto")).Distinct().Count());
    }

    [Fact]
    public void Numbers_out_of_any_proportion_do_no_harm()
    {
        Assert.All(Columns("1e308", Static("-1e308"), Static("0")), column => Assert.True(double.IsFinite(column)));
        Assert.All(Columns("1e300", Tuned(0, 1, "0.5")), column => Assert.True(double.IsFinite(column)));
    }

    [Fact]
    public void The_same_task_under_another_fixed_value_may_be_tried_again_at_a_parents_point()
    {
        var space = new SearchSpace([new CategoricalParameter("c", ["a", "b", "c"])]);
        var problem = new TuningProblem(space, Goal.Minimize, Fixed("30"), 3, 1);
        History After(string epochs) => History.Empty with
        {
            WarmStart = new WarmStart(
                WarmStartType.IdenticalDataAndAlgorithm,
                [new ParentHistory("p", space, Fixed(epochs), [Observed("c", "a", 1), Observed("c", "b", 2)])]),
        };

        IEnumerable<string> Drawn(string epochs) => Enumerable.Range(1, 20)
            .Select(seed => new RandomStrategy(problem).Suggest(After(epochs), 1, Seed.For(seed, 1))[0].Configuration.Values["c"]);

        Assert.All(Drawn("30"), value => Assert.Equal("c", value));
        Assert.Contains(Drawn("3"), value => value is "a" or "b");
    }

    /// <summary>The last coordinate of the child's point, then of each parent's; zeros when there is none but that of x.</summary>
    private static IReadOnlyList<double> Columns(string mine, params IReadOnlyList<ParentHistory> parents)
    {
        var model = new ModelSpace(new TuningProblem(Space, Goal.Minimize, Fixed(mine), 10, 1), parents);
        Space.TryRead(new Configuration([new("x", "0")]), out var point);
        return [model.Of(point!)[^1], .. parents.Select(parent => model.Of(parent.Observations[0].Configuration, parent.StaticHyperParameters)![^1])];
    }

    private static ParentHistory Static(string value) => new("p" + value, Space, Fixed(value), [Observed("x", "0", 1)]);

    private static ParentHistory Tuned(double least, double greatest, string value) => new(
        "tuned",
        new SearchSpace([.. Space.Parameters, new ContinuousParameter("epochs", least, greatest)]),
        new Dictionary<string, string>(),
        [new Observation(new Configuration([new("x", "0"), new("epochs", value)]), 1)]);

    private static Dictionary<string, string> Fixed(string value) => new() { ["epochs"] = value };

    private static Observation Observed(string name, string text, double value) => new(new Configuration([new(name, text)]), value);
}
