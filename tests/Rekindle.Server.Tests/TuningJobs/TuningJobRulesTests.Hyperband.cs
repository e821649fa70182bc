using Rekindle.Server.TuningJobs;

namespace Rekindle.Server.Tests.TuningJobs;

/// <summary>What Hyperband asks of a tuning job.</summary>
public sealed partial class TuningJobRulesTests
{
    [Fact]
    public void Hyperband_stops_training_jobs_itself()
    {
        var hyperband = Given.Definition with { Strategy = StrategyKind.Hyperband, Hyperband = new(1, 9) };
        Assert.Empty(Check(hyperband));
        Assert.Equal(["HyperbandEarlyStopping"], Check(hyperband with { EarlyStopping = true }).Select(violation => violation.Rule));
        Assert.Empty(Check(Given.Definition with { EarlyStopping = true }));
        Assert.Equal(["HyperbandOnly"], Check(hyperband with { Strategy = StrategyKind.Random }).Select(violation => violation.Rule));
    }

    [Theory]
    [InlineData(1, 1, null)]
    [InlineData(20_000, 20_000, null)]
    [InlineData(10, 9, "MinResource is 10 and MaxResource is 9. MinResource cannot be more than MaxResource.")]
    [InlineData(
        1, 20_001,
        "Value '20001' at 'hyperParameterTuningJobConfig.strategyConfig.hyperbandStrategyConfig.maxResource' failed to satisfy constraint: "
        + "Member must have value less than or equal to 20000")]
    [InlineData(
        1, null, "MaxResource parameter is not provided and could not be inferred from provided static hyperparameters of TrainingJobDefinition.")]
    public void Hyperband_needs_resources_in_order(int least, int? most, string? message)
    {
        var hyperband = Given.Definition with { Strategy = StrategyKind.Hyperband, Hyperband = new(least, most) };

        Assert.Equal(message is null ? [] : [message], Check(hyperband).Select(violation => violation.Message));
    }

    [Theory]
    [InlineData("epochs", "30", 30)]
    [InlineData("num_epochs", "\"12\"", 12)]
    [InlineData("n-epochs", "07", 7)]
    [InlineData("n_epochs", " 5 ", 5)]
    [InlineData("numepochs", "20001", 20001)]
    [InlineData("epochs", "0", null)]
    [InlineData("epochs", "3.5", null)]
    [InlineData("epochs", "many", null)]
    [InlineData("Epochs", "3", null)]
    [InlineData("num_round", "3", null)]
    public void The_most_resource_is_inferred_from_static_hyperparameters(string name, string text, int? most)
    {
        var resources = HyperbandResources.Of(null, null, Given.Statics((name, text)));

        Assert.Equal(new HyperbandResources(1, most, EndsByItself: most is not null) { InferredFrom = most is null ? null : name }, resources);
    }

    [Theory]
    [InlineData(null, "30000", "MaxResource is 30000, inferred from the static hyperparameter epochs, and cannot be more than 20000. Provide MaxResource.")]
    [InlineData(
        9, "5",
        "MinResource is 9 and MaxResource is 5, inferred from the static hyperparameter epochs. MinResource cannot be more than MaxResource.")]
    public void What_was_inferred_is_refused_with_where_it_came_from(int? least, string epochs, string message)
    {
        var resources = HyperbandResources.Of(least, null, Given.Statics(("epochs", epochs)));
        var violation = Assert.Single(Check(Given.Definition with { Strategy = StrategyKind.Hyperband, Hyperband = resources }));

        Assert.Equal(message, violation.Message);
        Assert.DoesNotContain("maxResource", violation.Path, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(9, "9", true)]
    [InlineData(9, "3", true)]
    [InlineData(9, "10", false)]
    [InlineData(9, null, false)]
    public void A_program_told_to_end_at_the_most_resource_ends_by_itself(int most, string? epochs, bool expected) =>
        Assert.Equal(
            new HyperbandResources(2, most, expected),
            HyperbandResources.Of(2, most, epochs is null ? Given.Statics() : Given.Statics(("epochs", epochs))));
}
