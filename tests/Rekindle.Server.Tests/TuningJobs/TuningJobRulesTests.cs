using CsCheck;
using Rekindle.Server.TrainingJobs;
using Rekindle.Server.TuningJobs;

namespace Rekindle.Server.Tests.TuningJobs;

public sealed partial class TuningJobRulesTests
{
    private static readonly string[] OddBounds = ["", "1e-320", "1,5", "0.99999999999999994", "1e308"];

    private const string Ranges = "hyperParameterTuningJobConfig.parameterRanges";

    [Fact]
    public void Accepts_an_ordinary_tuning_job() => Assert.Empty(Check(Given.Definition));

    [Theory]
    [InlineData(599, false)]
    [InlineData(600, true)]
    public void Managed_spot_training_may_wait_and_run_for_no_less_than_it_may_run(int seconds, bool accepted)
    {
        var violations = Check(Given.Definition with { Training = Given.Training with { MaxRuntimeInSeconds = 600, MaxWaitTimeInSeconds = seconds } });
        Assert.Equal(accepted ? [] : [("MaxWaitTime", "trainingJobDefinition.stoppingCondition.maxWaitTimeInSeconds")], RulesAndPaths(violations));
    }

    /// <summary>The ranges of the guide's own snippet: a minimum of zero and automatic scaling.</summary>
    [Fact]
    public void Accepts_the_ranges_of_the_guide() =>
        Assert.Empty(Check(With(Given.Continuous("learning_rate", "0.0", "0.1"), Given.Continuous("momentum", "0.0", "0.99"))));

    [Theory]
    [InlineData("1e-5", true)]
    [InlineData("1E-4", true)]
    [InlineData("-7.5e-05", true)]
    [InlineData(".98", true)]
    [InlineData("5.", true)]
    [InlineData("+3", true)]
    [InlineData("0,1", false)]
    [InlineData("1_000", false)]
    [InlineData("1,000", false)]
    [InlineData("0x10", false)]
    [InlineData("inf", false)]
    [InlineData("-Infinity", false)]
    [InlineData("nan", false)]
    [InlineData("1e400", false)]
    [InlineData("", false)]
    [InlineData(" 1", false)]
    [InlineData("one", false)]
    [InlineData(null, false)]
    public void Bounds_of_continuous_ranges_are_finite_numbers_with_a_point(string? bound, bool accepted)
    {
        var violations = Check(With(Given.Continuous("x", bound!, "1000")));
        Assert.Equal(accepted ? [] : [("BoundIsNumber", $"{Ranges}.continuousParameterRanges.1.member.minValue")], RulesAndPaths(violations));
        Assert.All(violations, violation => Assert.Equal(
            $"Value '{bound}' at '{Ranges}.continuousParameterRanges.1.member.minValue' failed to satisfy constraint: "
            + "Member must be a finite number such as 0.1 or 1e-5 (hyperparameter x)",
            violation.Message));
    }

    [Theory]
    [InlineData("-9223372036854775808", "9223372036854775807", true)]
    [InlineData("9223372036854775806", "9223372036854775807", true)]
    [InlineData("5.0", "1e3", true)]
    [InlineData("0.4", "10", false)]
    [InlineData("1", "9223372036854775808", false)]
    [InlineData("1", "1e19", false)]
    [InlineData("a", "b", false)]
    public void Bounds_of_integer_ranges_are_whole(string min, string max, bool accepted) =>
        Assert.Equal(accepted, Check(With(Given.Integer("x", min, max), Given.Continuous("y", "0", "1"))).Count == 0);

    [Theory]
    [InlineData("1", "0", false)]
    [InlineData("1", "1", true)]
    [InlineData("-1", "1", true)]
    public void Minimum_is_not_above_maximum(string min, string max, bool accepted)
    {
        var numbers = Check(With(Given.Continuous("x", min, max), Given.Continuous("y", "0", "1")));
        Assert.Equal(accepted ? [] : ["MinNotAboveMax"], numbers.Select(violation => violation.Rule));
        Assert.Equal(accepted, Check(With(Given.Integer("x", min, max), Given.Continuous("y", "0", "1"))).Count == 0);
    }

    [Fact]
    public void Neighbouring_integers_that_no_double_can_tell_apart_are_compared_as_integers()
    {
        var violation = Assert.Single(Check(With(Given.Continuous("y", "0", "1"), Given.Integer("x", "9007199254740993", "9007199254740992"))));
        Assert.Equal("MinNotAboveMax", violation.Rule);
        Assert.Equal($"{Ranges}.integerParameterRanges.1.member.minValue", violation.Path);
    }

    [Theory]
    [InlineData("Continuous", "Logarithmic", "1e-9", "1", true)]
    [InlineData("Continuous", "Logarithmic", "0", "1", false)]
    [InlineData("Continuous", "Logarithmic", "-1", "1", false)]
    [InlineData("Integer", "Logarithmic", "1", "64", true)]
    [InlineData("Integer", "Logarithmic", "0", "64", false)]
    [InlineData("Continuous", "ReverseLogarithmic", "0", "0.999", true)]
    [InlineData("Continuous", "ReverseLogarithmic", "0", "1", false)]
    [InlineData("Continuous", "ReverseLogarithmic", "-0.1", "0.5", false)]
    [InlineData("Integer", "ReverseLogarithmic", "0", "0", false)]
    [InlineData("Continuous", "Auto", "0", "1", true)]
    [InlineData("Continuous", "Linear", "-1", "1", true)]
    public void Scaling_fits_the_range(string kind, string scaling, string min, string max, bool accepted)
    {
        var range = Given.Continuous("x", min, max, Enum.Parse<RangeScaling>(scaling)) with { Kind = Enum.Parse<ParameterKind>(kind) };
        var violations = Check(With(range, Given.Continuous("y", "0", "1")));
        Assert.Equal(accepted, violations.Count == 0);
        Assert.All(violations, violation => Assert.EndsWith("1.member.scalingType", violation.Path, StringComparison.Ordinal));
    }

    [Fact]
    public void Counts_positions_within_the_list_of_the_kind()
    {
        var violations = Check(With(
            Given.Integer("a", "1", "2"), Given.Continuous("b", "0", "1"), Given.Integer("c", "x", "2"), Given.Categorical("d", "v"), Given.Categorical("e", "v", "v")));
        Assert.Equal(
            [
                ("BoundIsNumber", $"{Ranges}.integerParameterRanges.2.member.minValue"),
                ("CategoricalValues", $"{Ranges}.categoricalParameterRanges.2.member.values"),
            ],
            RulesAndPaths(violations));
        Assert.Contains("value 'v' of the categorical hyperparameter e is specified 2 times", violations[1].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_stands_only_once_over_ranges_and_statics()
    {
        var definition = With(Given.Continuous("a", "0", "1"), Given.Categorical("a", "x"), Given.Integer("s", "1", "9")) with
        {
            StaticHyperParameters = Given.Statics(("s", "1"), ("A", "another name, since case counts")),
        };
        Assert.Equal(
            [
                ("UniqueNames", $"{Ranges}.categoricalParameterRanges.1.member.name"),
                ("UniqueNames", $"{Ranges}.integerParameterRanges.1.member.name"),
            ],
            RulesAndPaths(Check(definition)));
    }

    [Fact]
    public void The_injected_hyperparameter_can_not_be_tuned() => Assert.Equal(
        ["ReservedName"],
        Check(With(Given.Continuous("_tuning_objective_metric", "0", "1"))).Select(violation => violation.Rule));

    [Theory]
    [InlineData(1, 0)]
    [InlineData(30, 0)]
    [InlineData(31, 1)]
    public void At_most_thirty_hyperparameters_are_tunable(int count, int violations)
    {
        var ranges = Enumerable.Range(0, count).Select(i => i % 2 == 0 ? Given.Continuous($"x{i}", "0", "1") : Given.Categorical($"x{i}", "a", "b"));
        Assert.Equal(violations, Check(With([.. ranges])).Count(violation => violation.Rule == "RangeCount"));
    }

    [Theory]
    [InlineData(98, true)]
    [InlineData(99, false)]
    public void At_most_ninety_nine_hyperparameters_stand_beside_the_injected_one(int statics, bool accepted)
    {
        var definition = Given.Definition with { StaticHyperParameters = Enumerable.Range(0, statics).ToDictionary(i => $"s{i}", _ => "v") };
        Assert.Equal(accepted ? [] : ["HyperParameterCount"], Check(definition).Select(violation => violation.Rule));
    }

    [Fact]
    public void Something_must_be_tunable() => Assert.Equal(["AtLeastOneRange"], Check(With()).Select(violation => violation.Rule));

    [Fact]
    public void A_small_discrete_space_is_refused_in_the_sentence_of_the_service()
    {
        var violation = Assert.Single(Check(With(Given.Categorical("x", "a", "b", "c"))));
        Assert.Equal(
            "You don't have enough combinations of hyperparameter ranges. The total number of hyperparameter combinations for the provided ranges [3.0] "
            + "must be equal or greater than the value of MaxNumberOfJobs, [10]. Provide additional ranges.",
            violation.Message);
    }

    [Fact]
    public void Combinations_multiply_integers_and_categories_and_one_continuous_range_is_always_enough()
    {
        Assert.Empty(Check(With(Given.Integer("n", "1", "5", RangeScaling.Logarithmic), Given.Categorical("c", "a", "b"))));
        Assert.Single(Check(With(Given.Integer("n", "1", "3", RangeScaling.Logarithmic), Given.Categorical("c", "a", "b", "c"))));
        Assert.Single(Check(With(Given.Integer("n", "1", "3"), Given.Continuous("x", "0.5", "0.5"))));
        Assert.Empty(Check(With(Given.Integer("n", "1", "3"), Given.Continuous("x", "0.5", "0.6"))));
    }

    [Fact]
    public void A_grid_has_categorical_ranges_only()
    {
        var grid = With(Given.Integer("n", "1", "3"), Given.Categorical("c", "a", "b")) with { Strategy = StrategyKind.Grid, MaxTrainingJobs = 6 };
        Assert.Equal([("GridRanges", $"{Ranges}.integerParameterRanges.1.member")], RulesAndPaths(Check(grid)));
    }

    [Theory]
    [InlineData(5, false)]
    [InlineData(6, true)]
    [InlineData(7, false)]
    public void A_grid_runs_each_combination_once(int maxTrainingJobs, bool accepted)
    {
        var grid = With(Given.Categorical("n", "1", "2", "3"), Given.Categorical("c", "a", "b")) with
        {
            Strategy = StrategyKind.Grid,
            MaxTrainingJobs = maxTrainingJobs,
        };
        var violations = Check(grid);
        Assert.Equal(accepted ? [] : ["GridSize"], violations.Select(violation => violation.Rule));
        Assert.All(violations, violation => Assert.Contains(
            $"it is {maxTrainingJobs}, and the provided ranges have 6 combinations", violation.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void The_objective_metric_must_be_defined()
    {
        var violation = Assert.Single(Check(Given.Definition with { Objective = new("Validation:Accuracy", ObjectiveGoal.Maximize) }));
        Assert.Equal(
            "A metric is required for this hyperparameter tuning job objective. Provide a metric in the metric definitions. "
            + "Validation:Accuracy is none of those there are: validation:accuracy.", violation.Message);
    }

    [Fact]
    public void Each_unusable_metric_definition_is_named()
    {
        var definition = Given.Definition with
        {
            Training = Given.Training with { MetricDefinitions = [new("validation:accuracy", "good"), new("b", "bad"), new("c", "bad")] },
        };
        var violations = TuningJobRules.Check(definition, new(), metric => metric.Regex == "bad" ? $"The regex of {metric.Name} is bad." : null);
        Assert.Equal(
            [
                ("trainingJobDefinition.algorithmSpecification.metricDefinitions.2.member.regex", "The regex of b is bad."),
                ("trainingJobDefinition.algorithmSpecification.metricDefinitions.3.member.regex", "The regex of c is bad."),
            ],
            violations.Select(violation => (violation.Path, violation.Message)));
    }

    [Theory]
    [InlineData("Bayesian", 750, true)]
    [InlineData("Bayesian", 751, false)]
    [InlineData("Random", 10_000, true)]
    [InlineData("Random", 10_001, false)]
    public void Training_jobs_are_limited_by_the_strategy(string strategy, int count, bool accepted)
    {
        var violations = Check(Given.Definition with { Strategy = Enum.Parse<StrategyKind>(strategy), MaxTrainingJobs = count });
        Assert.Equal(accepted ? [] : ["TrainingJobLimit"], violations.Select(violation => violation.Rule));
        Assert.All(violations, violation => Assert.Equal(ViolationKind.ResourceLimit, violation.Kind));
    }

    [Fact]
    public void A_limit_the_operator_raised_holds_for_random_search_too()
    {
        var limits = new RuleLimits { MaxTrainingJobs = 20_000 };
        Assert.Equal(20_000, limits.MaxTrainingJobsFor(StrategyKind.Random));
        Assert.Equal(20_000, limits.MaxTrainingJobsFor(StrategyKind.Bayesian));
    }

    [Theory]
    [InlineData(100, true)]
    [InlineData(101, false)]
    public void Parallel_training_jobs_are_limited(int count, bool accepted)
    {
        var violations = Check(Given.Definition with { MaxParallelTrainingJobs = count });
        Assert.Equal(accepted ? [] : [("ParallelLimit", ViolationKind.ResourceLimit)], violations.Select(violation => (violation.Rule, violation.Kind)));
    }

    [Theory]
    [InlineData(48, true)]
    [InlineData(49, false)]
    public void Environment_entries_are_limited(int count, bool accepted)
    {
        var definition = Given.Definition with
        {
            Training = Given.Training with { Environment = Enumerable.Range(0, count).ToDictionary(i => $"V{i}", _ => "1") },
        };
        Assert.Equal(accepted ? [] : ["EnvironmentSize"], Check(definition).Select(violation => violation.Rule));
    }

    [Theory]
    [InlineData(24, true)]
    [InlineData(25, false)]
    public void Environment_entries_of_all_definitions_count_together(int ofSecond, bool accepted)
    {
        TrainingDefinition With(int count) => Given.Training with { Environment = Enumerable.Range(0, count).ToDictionary(i => $"V{i}", _ => "1") };
        var first = Given.Definition with { Training = With(24) };
        var second = new TunedAlgorithm
        {
            Objective = first.Objective,
            Ranges = first.Ranges,
            StaticHyperParameters = first.StaticHyperParameters,
            Training = With(ofSecond),
        };
        Assert.Equal(
            accepted ? [] : [("EnvironmentSize", 1)],
            Check(first with { Further = [second] }).Select(violation => (violation.Rule, violation.Algorithm)));
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    public void A_target_is_finite(double target) => Assert.Equal(
        ["TargetFinite"],
        Check(Given.Definition with { Completion = new() { TargetObjectiveMetricValue = target } }).Select(violation => violation.Rule));

    [Fact]
    public void Reports_all_mistakes_at_once()
    {
        var definition = With(Given.Continuous("x", "2", "1", RangeScaling.ReverseLogarithmic), Given.Integer("x", "0.5", "b")) with
        {
            Strategy = StrategyKind.Grid,
            MaxTrainingJobs = 1000,
            Objective = new("nothing", ObjectiveGoal.Minimize),
        };
        Assert.Equal(
            [
                "UniqueNames", "MinNotAboveMax", "ReverseLogarithmicFits", "BoundIsNumber", "BoundIsNumber", "GridRanges", "GridRanges",
                "ObjectiveMetricDefined", "TrainingJobLimit",
            ],
            Check(definition).Select(violation => violation.Rule));
    }

    /// <summary>The optimizer throws on a space it can't search; nothing that passes may get that far.</summary>
    [Fact]
    public void Whatever_is_let_in_can_be_searched()
    {
        var bound = Gen.OneOf(
            Gen.Int[-3, 3].Select(i => $"{i}"),
            Gen.Double[-2, 2].Select(Optimization.NumberText.Format),
            Gen.Double.Select(Optimization.NumberText.Format),
            Gen.Long.Select(i => $"{i}"),
            Gen.Int[0, 4].Select(i => OddBounds[i]));
        var range = Gen.Select(Gen.Int[0, 4], Gen.Enum<ParameterKind>(), bound, bound, Gen.Enum<RangeScaling>()).Select((name, kind, min, max, scaling) =>
            kind == ParameterKind.Categorical
                ? Given.Categorical($"h{name}", min, max)
                : Given.Continuous($"h{name}", min, max, scaling) with { Kind = kind });
        var let = 0;
        Gen.Select(range.Array[1, 4], Gen.Enum<StrategyKind>(), Gen.Int[1, 4]).Sample((ranges, strategy, count) =>
        {
            var definition = With(ranges) with
            {
                Strategy = strategy,
                MaxTrainingJobs = count,
                Hyperband = strategy == StrategyKind.Hyperband ? new HyperbandResources(1, count) : null,
            };
            if (Check(definition).Count == 0)
            {
                Interlocked.Increment(ref let);
                definition.ToStrategy();
                Assert.True(SearchProblem.ToSearchSpace(ranges).Combinations >= count);
            }
        }, iter: 5000);
        Assert.True(let > 50);
    }

    private static TuningJobDefinition With(params IReadOnlyList<ParameterRange> ranges) => Given.Definition with { Ranges = ranges };

    private static IReadOnlyList<Violation> Check(TuningJobDefinition definition) => TuningJobRules.Check(definition, new RuleLimits(), _ => null);

    private static IEnumerable<(string Rule, string Path)> RulesAndPaths(IReadOnlyList<Violation> violations) =>
        violations.Select(violation => (violation.Rule, violation.Path));
}
