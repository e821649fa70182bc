using Microsoft.Extensions.Configuration;
using Rekindle.Server.Tests.TuningJobs;
using Rekindle.Server.TuningJobs;
using Rekindle.Server.TuningJobs.WarmStart;

namespace Rekindle.Server.Tests.WarmStart;

public sealed class SettingsTests
{
    [Fact]
    public void Without_settings_AWS_s_limits_hold()
    {
        var options = Read();

        Assert.Equal(SameDataAndAlgorithmMode.Warn, options.SameDataAndAlgorithm);
        Assert.Equal(500, options.MaxTrainingJobs);
        Assert.Equal(["sagemaker_*"], options.ExemptHyperParameters);
        Assert.True(options.InheritMetricDefinitions);
        Assert.Equal([StrategyKind.Bayesian, StrategyKind.Random], options.Strategies);
        Assert.False(options.MayChangeEnvironment);
    }

    [Fact]
    public void Every_decision_has_a_setting()
    {
        var options = Read(
            ("WarmStart:SameDataAndAlgorithm", "enforce"),
            ("WarmStart:MaxTrainingJobs", "750"),
            ("WarmStart:ExemptHyperParameters:0", "run_*"),
            ("WarmStart:ExemptHyperParameters:1", "seed"),
            ("WarmStart:InheritMetricDefinitions", "false"),
            ("WarmStart:Strategies", "bayesian, Grid"),
            ("WarmStart:MayChangeEnvironment", "true"));

        Assert.Equal(SameDataAndAlgorithmMode.Enforce, options.SameDataAndAlgorithm);
        Assert.Equal(750, options.MaxTrainingJobs);
        Assert.Equal(["run_*", "seed"], options.ExemptHyperParameters);
        Assert.False(options.InheritMetricDefinitions);
        Assert.Equal([StrategyKind.Bayesian, StrategyKind.Grid], options.Strategies);
        Assert.True(options.MayChangeEnvironment);
    }

    [Theory]
    [InlineData("WarmStart:SameDataAndAlgorithm", "maybe")]
    [InlineData("WarmStart:SameDataAndAlgorithm", "1")]
    [InlineData("WarmStart:Strategies", "Bayesian, Guess")]
    public void A_word_that_no_setting_knows_keeps_the_server_from_starting(string key, string value)
    {
        var refusal = Assert.Throws<ServerRefusedException>(() => Read((key, value)));

        Assert.Contains(key, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_reach_the_rules()
    {
        var parent = Given.Definition with { StaticHyperParameters = Given.Statics(("sagemaker_job_name", "1"), ("run_id", "1")) };
        var child = Given.Definition with
        {
            StaticHyperParameters = Given.Statics(("sagemaker_job_name", "2"), ("run_id", "2")),
            Strategy = StrategyKind.Grid,
            Training = Given.Training with { Environment = Given.Statics(("A", "1")) },
        };
        var options = Read(
            ("WarmStart:ExemptHyperParameters", "run_*"), ("WarmStart:Strategies", "Grid"), ("WarmStart:MayChangeEnvironment", "true"));

        var verdict = Given.Check(child, options, Given.Parent("p", parent));

        Assert.Empty(verdict.Violations);
        Assert.Equal(2, verdict.Changes.Used);
        Assert.Equal(["run_id"], verdict.Changes.Exempt);
        Assert.Equal(["FrozenFields", "WarmStartStrategy"], Given.Check(child, Given.Parent("p", parent)).Violations.Select(violation => violation.Rule));
    }

    private static WarmStartOptions Read(params (string Key, string Value)[] settings) => new ServerOptions()
        .With(new ConfigurationBuilder().AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value))).Build())
        .WarmStart();
}
