using Rekindle.Cli.Demo;

namespace Rekindle.Cli.Tests.Demo;

public sealed class BestSoFarTests
{
    [Fact]
    public void The_running_best_follows_the_direction_and_passes_over_failures()
    {
        Assert.Equal([null, 0.5, 0.5, 0.9], new BestSoFar("job", [null, 0.5, 0.2, 0.9], Maximize: true).Running);
        Assert.Equal([null, 0.5, 0.2, 0.2], new BestSoFar("job", [null, 0.5, 0.2, 0.9], Maximize: false).Running);
    }

    [Theory]
    [InlineData(0.4, 2)]
    [InlineData(0.5, 4)]
    [InlineData(0.9, null)]
    public void Passing_a_mark_means_being_better_than_it(double mark, int? jobs) =>
        Assert.Equal(jobs, new BestSoFar("job", [null, 0.5, 0.2, 0.9], Maximize: true).JobsToPass(mark));

    [Theory]
    [InlineData(100)]
    [InlineData(40)]
    public void The_chart_fits_the_terminal(int width)
    {
        var lines = BestSoFarChart.Draw(
            [new("parent", [0.1, 0.4, null, -0.2], true), new("child", [0.4, 0.4], true)], width, unicode: true);

        Assert.NotEmpty(lines);
        Assert.All(lines, line => Assert.True(line.Sum(part => part.Text.Length) <= width, string.Concat(line.Select(part => part.Text))));
    }

    [Fact]
    public void Equal_and_single_values_are_drawn_and_none_are_not()
    {
        Assert.NotEmpty(BestSoFarChart.Draw([new("job", [0.5, 0.5], true)], 80, unicode: false));
        Assert.NotEmpty(BestSoFarChart.Draw([new("job", [0.5], true)], 80, unicode: false));
        Assert.Empty(BestSoFarChart.Draw([new("job", [null], true)], 80, unicode: false));
    }
}
