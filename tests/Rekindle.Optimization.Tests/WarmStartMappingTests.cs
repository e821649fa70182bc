using Rekindle.Optimization.Bayesian;

namespace Rekindle.Optimization.Tests;

public sealed class WarmStartMappingTests
{
    private static readonly Dictionary<string, string> None = [];

    [Theory]
    [InlineData("0", ObservationUse.AsIs, null)]
    [InlineData("1.0", ObservationUse.AsIs, null)]
    [InlineData("1.5", ObservationUse.OutsideRange, MappingIssue.OutsideRange)]
    [InlineData("-0.25", ObservationUse.OutsideRange, MappingIssue.OutsideRange)]
    [InlineData("1.75", ObservationUse.ParentModelOnly, MappingIssue.FarOutside)]
    [InlineData("1000", ObservationUse.Dropped, MappingIssue.OutOfReach)]
    [InlineData("auto", ObservationUse.Dropped, MappingIssue.NotANumber)]
    public void A_number_counts_by_its_distance_from_the_childs_range(string value, ObservationUse use, MappingIssue? issue)
    {
        var mapping = Map(Problem([new ContinuousParameter("x", 0, 1)]), Parent([new ContinuousParameter("x", -2000, 2000)], None, ("x", value)));

        Assert.Equal(use, mapping.Use);
        Assert.Equal(issue is { } expected ? [new ValueIssue("x", value, expected)] : [], mapping.Issues);
    }

    [Fact]
    public void A_scaling_that_became_logarithmic_measures_distances_by_itself_and_has_no_place_for_zero()
    {
        var child = Problem([new ContinuousParameter("x", 0.01, 1, Scaling.Logarithmic)]);
        var parent = Parent([new ContinuousParameter("x", 0, 20, Scaling.Linear)], None, ("x", "0.5"), ("x", "9"), ("x", "20"), ("x", "0.0"));

        var mapping = Assert.Single(WarmStartMapping.Of(child, Warm(parent))).Observations;

        Assert.Equal(
            [ObservationUse.AsIs, ObservationUse.OutsideRange, ObservationUse.ParentModelOnly, ObservationUse.Dropped], mapping.Select(each => each.Use));
        Assert.Equal(MappingIssue.OffScale, Assert.Single(mapping[3].Issues).Issue);
    }

    [Theory]
    [InlineData("4", ObservationUse.AsIs, null)]
    [InlineData("4.0", ObservationUse.AsIs, null)]
    [InlineData("4.5", ObservationUse.OutsideRange, MappingIssue.NotWhole)]
    [InlineData("12", ObservationUse.OutsideRange, MappingIssue.OutsideRange)]
    [InlineData("auto", ObservationUse.Dropped, MappingIssue.NotANumber)]
    [InlineData("", ObservationUse.Dropped, MappingIssue.NotANumber)]
    [InlineData(null, ObservationUse.Dropped, MappingIssue.Missing)]
    public void What_was_static_and_is_tunable_now_stands_where_the_static_value_was(string? value, ObservationUse use, MappingIssue? issue)
    {
        var child = Problem([new ContinuousParameter("x", 0, 1), new IntegerParameter("n", 1, 10)]);
        var statics = value is null ? None : new Dictionary<string, string> { ["n"] = value };

        var mapping = Map(child, Parent([new ContinuousParameter("x", 0, 1)], statics, ("x", "0.5")));

        Assert.Equal(use, mapping.Use);
        Assert.Equal(issue is { } expected ? [new ValueIssue("n", value, expected)] : [], mapping.Issues);
    }

    [Fact]
    public void Removed_categories_are_used_apart_and_added_ones_need_nothing()
    {
        var child = Problem([new CategoricalParameter("c", ["adam", "rmsprop", "nag"])]);
        var parent = Parent([new CategoricalParameter("c", ["sgd", "adam"])], None, ("c", "sgd"), ("c", "adam"));

        var mapping = Assert.Single(WarmStartMapping.Of(child, Warm(parent))).Observations;

        Assert.Equal([ObservationUse.OutsideRange, ObservationUse.AsIs], mapping.Select(each => each.Use));
        Assert.Equal([new ValueIssue("c", "sgd", MappingIssue.UnknownCategory)], mapping[0].Issues);
    }

    [Fact]
    public void What_is_fixed_in_the_child_has_no_range_to_lie_outside_of()
    {
        var child = Problem([new ContinuousParameter("x", 0, 1)], new() { ["y"] = "3", ["c"] = "red" });
        Parameter[] parameters = [new ContinuousParameter("x", 0, 1), new ContinuousParameter("y", 0, 10), new CategoricalParameter("c", ["red", "blue"])];
        var parent = new ParentHistory("p", new SearchSpace(parameters), None, [new(new([new("x", "0.5"), new("y", "9"), new("c", "blue")]), 1)]);

        Assert.Equal(ObservationUse.AsIs, Map(child, parent).Use);
    }

    [Fact]
    public void Several_parents_of_different_spaces_are_accounted_for_one_by_one()
    {
        var child = Problem([new ContinuousParameter("x", 0, 1), new CategoricalParameter("c", ["a", "b"])], new() { ["n"] = "4" });
        var tuned = new ParentHistory(
            "tuned",
            new SearchSpace([new ContinuousParameter("x", 0, 2), new IntegerParameter("n", 1, 9)]),
            new Dictionary<string, string> { ["c"] = "z" },
            [new(new([new("x", "1.9"), new("n", "9")]), 1), new(new([new("x", "0.9"), new("n", "1")]), 2)]);
        var fixedTexts = new ParentHistory(
            "fixed",
            new SearchSpace([new CategoricalParameter("c", ["a", "b"])]),
            new Dictionary<string, string> { ["x"] = "default", ["n"] = "4" },
            [new(new([new("c", "a")]), 1)]);

        var mappings = WarmStartMapping.Of(child, Warm(tuned, fixedTexts));

        Assert.Equal(["tuned", "fixed"], mappings.Select(mapping => mapping.Name));
        Assert.Equal([ObservationUse.ParentModelOnly, ObservationUse.OutsideRange], mappings[0].Observations.Select(each => each.Use));
        Assert.Equal(["x", "c"], mappings[0].Observations[0].Issues.Select(issue => issue.HyperParameter));
        Assert.Equal([new ValueIssue("x", "default", MappingIssue.NotANumber)], Assert.Single(mappings[1].Observations).Issues);
    }

    [Fact]
    public void The_account_agrees_with_what_the_models_are_given()
    {
        var random = new Random(3);
        for (var round = 0; round < 300; round++)
        {
            var child = Problem([
                new ContinuousParameter("x", 0.01, 1, round % 2 == 0 ? Scaling.Logarithmic : Scaling.Linear),
                new IntegerParameter("n", 1, 8),
                new CategoricalParameter("c", ["a", "b"]),
            ]);
            var rows = Enumerable.Range(0, 6).Select(i => new Observation(
                new([
                    new("x", NumberText.Format((random.NextDouble() * 4) - 1)),
                    new("n", random.Next(4) == 0 ? "many" : NumberText.Format(random.Next(-4, 20))),
                    new("c", "abz"[random.Next(3)].ToString()),
                ]),
                i)).ToList();
            var parent = new ParentHistory("p", new SearchSpace([new ContinuousParameter("x", -9, 9)]), None, rows);

            var uses = Assert.Single(WarmStartMapping.Of(child, Warm(parent))).Observations.Select(each => each.Use).ToList();

            var space = new ModelSpace(child, [parent]);
            var points = rows.Select(row => space.Of(row.Configuration, None)).ToList();
            Assert.Equal(points.Select(point => point is null), uses.Select(use => use == ObservationUse.Dropped));
            Assert.Equal(points.Select(point => point is not null && space.IsNear(point)), uses.Select(use => use < ObservationUse.ParentModelOnly));
            Assert.Equal(rows.Select(row => child.Space.Contains(row.Configuration)), uses.Select(use => use == ObservationUse.AsIs));
        }
    }

    private static ObservationMapping Map(TuningProblem child, ParentHistory parent) =>
        Assert.Single(Assert.Single(WarmStartMapping.Of(child, Warm(parent))).Observations);

    private static WarmStart Warm(params ParentHistory[] parents) => new(WarmStartType.IdenticalDataAndAlgorithm, parents);

    private static TuningProblem Problem(Parameter[] parameters, Dictionary<string, string>? statics = null) =>
        new(new SearchSpace(parameters), Goal.Minimize, statics ?? None, 40, 1);

    private static ParentHistory Parent(Parameter[] parameters, Dictionary<string, string> statics, params (string Name, string Text)[] rows) =>
        new("p", new SearchSpace(parameters), statics, [.. rows.Select((row, i) => new Observation(new([new(row.Name, row.Text)]), i))]);
}
