using System.Text.RegularExpressions;
using Rekindle.Bench.Latency;
using Rekindle.Bench.Quality;
using Rekindle.Bench.Serving;

namespace Rekindle.Bench.Tests;

public sealed partial class BenchOptionsTests
{
    private static readonly Dictionary<string, Func<string[], BenchOptions>> Parsers = new(StringComparer.Ordinal)
    {
        ["overhead"] = OverheadBenchmark.Parse,
        ["warmstart"] = WarmStartBenchmark.Parse,
        ["server"] = ServingBenchmark.Parse,
        ["quality"] = QualityOptions.Parse,
        ["latency"] = LatencyBenchmark.Parse,
    };

    [Theory]
    [InlineData("overhead")]
    [InlineData("warmstart")]
    [InlineData("server")]
    [InlineData("quality")]
    [InlineData("latency")]
    public void The_help_of_a_benchmark_names_its_options_and_no_others(string name)
    {
        var help = BenchHelp.Of(name);
        Assert.NotNull(help);
        Assert.StartsWith($"./bench {name}", help, StringComparison.Ordinal);
        Assert.Contains(help, BenchHelp.All, StringComparison.Ordinal);
        Assert.Equal(
            Parsers[name]([]).Known.Order(StringComparer.Ordinal),
            OptionNames().Matches(help).Select(match => match.Value).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_benchmark_has_a_help() => Assert.Equal(Parsers.Keys.Order(), BenchHelp.Names.Order());

    [Theory]
    [InlineData("--help", true)]
    [InlineData("-h", true)]
    [InlineData("--jobs", false)]
    public void Help_may_be_asked_for_anywhere(string word, bool wanted) => Assert.Equal(wanted, BenchHelp.IsWanted(["quality", "--seeds", "3", word]));

    [Theory]
    [InlineData("overhead", "overhead has no option '--seed'", "--seed", "3")]
    [InlineData("quality", "quality has no option '--seed'", "--seed", "3")]
    [InlineData("latency", "--suggestions needs a value", "--suggestions")]
    public void A_wrong_option_is_named_with_where_the_help_is(string name, string problem, params string[] words)
    {
        var said = Assert.Throws<BenchmarkException>(() => Parsers[name](words)).Message;
        Assert.StartsWith(problem, said, StringComparison.Ordinal);
        Assert.EndsWith($"See ./bench {name} --help.", said, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wrong_value_is_named_with_its_option_and_what_it_must_be()
    {
        Assert.Equal(
            "--seeds is 'many'; it must be a whole number above 0. See ./bench quality --help.",
            Assert.Throws<BenchmarkException>(() => QualityOptions.Parse(["--seeds", "many"]).Whole("--seeds", 1)).Message);
        Assert.Equal(
            "--strategy is 'best'; it must be bayesian or random. See ./bench quality --help.",
            Assert.Throws<BenchmarkException>(() => QualityOptions.Parse(["--strategy", "best"]).Word("--strategy", "bayesian", "random")).Message);
    }

    [GeneratedRegex("--[a-z-]+")]
    private static partial Regex OptionNames();
}
