namespace Rekindle.Optimization.Tests;

public sealed class RankCorrelationTests
{
    [Theory]
    [InlineData(new double[] { 1, 2, 3, 4 }, new double[] { 10, 20, 30, 1e9 }, 1.0)]
    [InlineData(new double[] { 1, 2, 3, 4 }, new double[] { 4, 3, 2, 1 }, -1.0)]
    // d = (0, 1, -1, 0, 0): 1 - 6 * 2 / (5 * 24) = 0.9
    [InlineData(new double[] { 1, 2, 3, 4, 5 }, new double[] { 1, 3, 2, 4, 5 }, 0.9)]
    // Ranks 1, 2.5, 2.5, 4 against 1, 2, 3, 4: 4.5 / sqrt(4.5 * 5)
    [InlineData(new double[] { 0, 7, 7, 9 }, new double[] { 1, 2, 3, 4 }, 0.94868329805051377)]
    public void Is_that_of_the_ranks_with_ties_sharing_theirs(double[] x, double[] y, double expected) =>
        Assert.Equal(expected, RankCorrelation.Spearman(x, y)!.Value, 12);

    [Fact]
    public void Says_nothing_of_few_pairs_or_of_equal_values()
    {
        Assert.Null(RankCorrelation.Spearman([1, 2, 3], [1, 2, 3]));
        Assert.Null(RankCorrelation.Spearman([5, 5, 5, 5], [1, 2, 3, 4]));
        Assert.Throws<ArgumentException>(() => RankCorrelation.Spearman([1, 2, 3, 4], [1]));
    }
}
