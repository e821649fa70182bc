using System.Text.RegularExpressions;
using Rekindle.Algorithms.LightGbm;
using Rekindle.Algorithms.LinearLearner;
using Rekindle.Algorithms.Rules;
using Rekindle.Algorithms.XGBoost;

namespace Rekindle.Algorithms.Tests;

/// <summary>docs/algorithms.md has the hyperparameters and metrics of each algorithm; here it is held against the code.</summary>
public sealed partial class DocumentTests
{
    private static readonly Dictionary<string, RuleSet> Sets = new()
    {
        ["xgboost"] = XGBoostRules.Set,
        ["lightgbm"] = LightGbmRules.Set,
        ["linear-learner"] = LinearRules.Set,
    };

    [Theory]
    [InlineData("xgboost")]
    [InlineData("lightgbm")]
    [InlineData("linear-learner")]
    public void The_table_of_hyperparameters_says_what_the_rules_say(string algorithm)
    {
        var rows = Section(algorithm).Select(line => Row().Match(line)).Where(match => match.Success)
            .Select(match => (match.Groups["name"].Value, match.Groups["valid"].Value, match.Groups["default"].Value));
        Assert.Equal(
            Sets[algorithm].Rules.Select(rule => (rule.Name, rule.Valid, rule.Required ? "required" : rule.Default ?? "–")), rows);
    }

    [Theory]
    [InlineData("image-classification")]
    [InlineData("xgboost")]
    [InlineData("lightgbm")]
    [InlineData("linear-learner")]
    public void The_metrics_and_names_are_those_of_the_algorithm(string algorithm)
    {
        var builtIn = BuiltInAlgorithms.ForImage(algorithm)!;
        var section = Section(algorithm);
        Assert.Equal(builtIn.Metrics.Select(metric => metric.Name), Quoted(section.Single(line => line.StartsWith("Metrics: ", StringComparison.Ordinal))));
        Assert.Equal(builtIn.Names, Quoted(section.Single(line => line.StartsWith("Repository names: ", StringComparison.Ordinal))));
    }

    private static List<string> Section(string algorithm) =>
    [
        .. File.ReadLines(Path.Combine(Root(), "docs", "algorithms.md"))
            .SkipWhile(line => line != $"## {algorithm}").Skip(1)
            .TakeWhile(line => !line.StartsWith("## ", StringComparison.Ordinal)),
    ];

    private static IEnumerable<string> Quoted(string line) => Code().Matches(line).Select(match => match.Groups[1].Value);

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Rekindle.slnx")))
            folder = folder.Parent ?? throw new InvalidOperationException("The tests don't run below the repository's root.");
        return folder.FullName;
    }

    [GeneratedRegex("`([^`]*)`")]
    private static partial Regex Code();

    [GeneratedRegex(@"^\| `(?<name>[^`]+)` \| (?<valid>.*) \| (?<default>[^|]*) \|$")]
    private static partial Regex Row();
}
