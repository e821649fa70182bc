using Rekindle.Algorithms.Rules;

namespace Rekindle.Algorithms.Tests.Rules;

public sealed class RuleTests
{
    private static readonly RuleSet Set = new(
        "the-algorithm",
        [
            new WholeRule("rounds", 1) { Required = true },
            new RealRule("share") { Above = 0, AtMost = 1, Default = "0.5" },
            new FlagRule("flag") { Words = ["auto"], Default = "auto" },
            new ChoiceRule("kind", "a", "b", "c"),
        ],
        new Dictionary<string, string> { ["cluster"] = "there is one machine" });

    [Fact]
    public void Values_are_read_by_their_type_and_defaults_stand_in()
    {
        var values = Set.Read(Given(("share", "1e-05"), ("kind", "\"b\""), ("sagemaker_program", "x"), ("_tuning_objective_metric", "y")));
        Assert.Equal((3, 1e-5, "b"), (values.Whole("rounds"), values.Real("share"), values.Text("kind")));
        Assert.Equal(("auto", false), (values.Text("flag"), values.Flag("flag")));
        Assert.False(values.IsGiven("flag"));
        Assert.Equal(0.5, Set.Read(Given()).Real("share"));
        Assert.True(Set.Read(Given(("flag", "TRUE"))).Flag("flag"));
    }

    [Theory]
    [InlineData("rounds", "0", "rounds: '0' must be a positive whole number.")]
    [InlineData("rounds", "2.0", "rounds: '2.0' must be a positive whole number.")]
    [InlineData("rounds", "", "rounds: '' must be a positive whole number.")]
    [InlineData("share", "0", "share: '0' must be a number above 0 and at most 1.")]
    [InlineData("share", "1.01", "share: '1.01' must be a number above 0 and at most 1.")]
    [InlineData("share", "nan", "share: 'nan' must be a number above 0 and at most 1.")]
    [InlineData("share", "0,5", "share: '0,5' must be a number above 0 and at most 1.")]
    [InlineData("flag", "yes", "flag: 'yes' must be auto or true or false.")]
    [InlineData("kind", "B", "kind: 'B' must be one of a, b, c.")]
    [InlineData("cluster", "2", "cluster: '2' is not supported here: there is one machine.")]
    [InlineData("shares", "1", "shares: no such hyperparameter in the-algorithm; did you mean share?")]
    [InlineData("temperature", "1", "temperature: no such hyperparameter in the-algorithm.")]
    public void Each_wrong_value_is_named_with_its_rule(string name, string value, string expected)
    {
        var error = Assert.Throws<ClientErrorException>(() => Set.Read(Given((name, value))));
        Assert.Equal("1 hyperparameter is not valid: " + expected, error.Message);
    }

    [Fact]
    public void All_errors_are_told_together_and_rules_between_values_only_when_each_is_right()
    {
        var error = Assert.Throws<ClientErrorException>(() => Set.Read(
            new Dictionary<string, string> { ["share"] = "2", ["zzz"] = "1" }, _ => throw new InvalidOperationException("asked too early")));
        Assert.StartsWith("3 hyperparameters are not valid: rounds: required, but not given", error.Message, StringComparison.Ordinal);

        error = Assert.Throws<ClientErrorException>(() => Set.Read(Given(), values => [$"rounds: {values.Whole("rounds")} is odd."]));
        Assert.Equal("1 hyperparameter is not valid: rounds: 3 is odd.", error.Message);
    }

    [Fact]
    public void Every_default_keeps_to_its_own_rule()
    {
        foreach (var set in (RuleSet[])[Algorithms.XGBoost.XGBoostRules.Set, Algorithms.LightGbm.LightGbmRules.Set, Algorithms.LinearLearner.LinearRules.Set])
        {
            Assert.Equal(set.Rules.Count, set.Rules.Select(rule => rule.Name).Distinct().Count());
            Assert.All(set.Rules.Where(rule => rule.Default is not null), rule => Assert.True(rule.Allows(rule.Default!), rule.Name));
        }
    }

    private static Dictionary<string, string> Given(params (string Name, string Value)[] values)
    {
        var given = new Dictionary<string, string> { ["rounds"] = "3" };
        foreach (var (name, value) in values) given[name] = value;
        return given;
    }
}
