using System.Text.RegularExpressions;
using Rekindle.Server.Tests.TuningJobs;
using Rekindle.Server.TuningJobs;
using Rekindle.Server.TuningJobs.WarmStart;

namespace Rekindle.Server.Tests.WarmStart;

/// <summary>docs/warm-start.md has a table of the rules and their texts; here it is held against what the rules say.</summary>
public sealed partial class DocumentTests
{
    private static readonly IReadOnlyList<Row> Table =
    [
        .. from line in File.ReadLines(Path.Combine(Root(), "docs", "warm-start.md"))
           let match = TableRow().Match(line)
           where match.Success
           select new Row(
               int.Parse(match.Groups["number"].Value, System.Globalization.CultureInfo.InvariantCulture),
               match.Groups["rule"].Value,
               match.Groups["text"].Value),
    ];

    [Fact]
    public void Rules_stand_in_the_order_in_which_they_are_checked()
    {
        Assert.Equal(WarmStartRules.InOrder.Select(rule => rule.Name), Table.Select(row => row.Rule).Distinct());
        Assert.All(Table, row => Assert.Equal(WarmStartRules.InOrder[row.Number - 1].Name, row.Rule));
        Assert.Equal(Table.Select(row => row.Number), Table.Select(row => row.Number).Order());
    }

    [Fact]
    public void Every_text_is_what_the_rule_says_and_every_sentence_of_a_rule_is_listed()
    {
        var said = Samples().SelectMany(sample => sample.Violations).ToList();

        Assert.Empty(said.Where(violation => Table.Count(row => row.Says(violation)) != 1).Select(violation => $"{violation.Rule}: {violation.Message}"));
        Assert.Empty(Table.Where(row => !said.Exists(row.Says)).Select(row => $"{row.Rule}: {row.Text}"));
    }

    /// <summary>Together these break every rule in every way.</summary>
    private static IEnumerable<WarmStartVerdict> Samples()
    {
        var enforcing = new WarmStartOptions { SameDataAndAlgorithm = SameDataAndAlgorithmMode.Enforce };
        var parent = Given.Definition with
        {
            Ranges = [Given.Continuous("x", "0", "1"), Given.Categorical("c", [.. Enumerable.Range(0, 11).Select(i => $"v{i}")])],
        };
        var child = Given.Definition with
        {
            Strategy = StrategyKind.Grid,
            Objective = new("validation:accuracy", ObjectiveGoal.Minimize),
            Ranges = [Given.Integer("x", "0", "1"), Given.Integer("y", "0", "1")],
            StaticHyperParameters = Given.Statics(("c", "v0")),
            Training = Given.Training with { Image = "a/other:1", Channels = [new() { Name = "train", S3Uri = "s3://b/new/" }], NetworkIsolation = true },
            MaxTrainingJobs = 500,
        };
        var old = Given.Parent("p", parent);
        old = old with { Job = old.Job! with { Status = TuningJobStatus.InProgress, CreationTime = WarmStartRules.OldestParent.AddSeconds(-1) } };
        var several = Given.Parent("several", parent with { AlgorithmCount = 2 }, id: 2);
        yield return Given.Check(child, enforcing, old, several, new("gone", null, 0), new("GONE", null, 0), new(null, null, 0), new("child", null, 0));
        yield return Given.Check(Given.Definition with { AlgorithmCount = 3 }, Given.Parent("p", Given.Definition));
        yield return Given.Check(Given.Definition);
        yield return Given.Check(Given.Definition, [.. Enumerable.Range(1, 6).Select(i => Given.Parent($"p{i}", Given.Definition, launched: 1, id: i))]);
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Rekindle.slnx")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("The tests don't run below the repository's root.");
        }

        return folder.FullName;
    }

    [GeneratedRegex(@"^\| (?<number>\d+) \| `(?<rule>\w+)` \| .* \| `(?<text>[^`]+)` \| [^|]+ \|$")]
    private static partial Regex TableRow();

    [GeneratedRegex(@"\\\{[a-z]+}")]
    private static partial Regex Placeholder();

    /// <param name="Number">The rule's number in the order.</param>
    /// <param name="Rule">Its name.</param>
    /// <param name="Text">What it says; words in braces stand for anything.</param>
    private sealed record Row(int Number, string Rule, string Text)
    {
        public bool Says(Violation violation) =>
            violation.Rule == Rule && Regex.IsMatch(violation.Message, $"^{Placeholder().Replace(Regex.Escape(Text), ".*")}$");
    }
}
