using Rekindle.Bench.Quality;

namespace Rekindle.Bench.Tests;

public sealed class StatisticsTests
{
    [Fact]
    public void Equal_values_share_the_mean_of_their_ranks() => Assert.Equal([2.5, 1, 4, 2.5], Statistics.Ranks([5, 1, 9, 5]));

    [Fact]
    public void Wilson_gives_the_textbook_interval()
    {
        // 10 of 20: 0.299 to 0.701; 0 of 10: 0 to 0.278.
        var (low, high) = Statistics.Wilson(10, 20);
        Assert.Equal((0.2993, 0.7007), (Math.Round(low, 4), Math.Round(high, 4)));
        (low, high) = Statistics.Wilson(0, 10);
        Assert.Equal((0, 0.2775), (Math.Round(low, 4), Math.Round(high, 4)));
    }

    [Fact]
    public void Quantiles_are_interpolated()
    {
        Assert.Equal(2.5, Statistics.Quantile([4, 1, 3, 2], 0.5));
        Assert.Equal(4, Statistics.Quantile([4, 1, 3, 2], 1));
        Assert.Equal(2.5, Statistics.Median([4, 1, 3, 2]));
    }

    [Fact]
    public void The_geometric_mean_has_a_floor() => Assert.Equal(1e-3, Statistics.GeometricMean([0, 1]), 12);

    [Fact]
    public void The_bootstrap_of_a_mean_is_about_two_standard_errors_wide_and_always_the_same()
    {
        double[] values = [.. Enumerable.Range(0, 100).Select(i => (double)(i % 10))];

        var (low, high) = Statistics.BootstrapMean(values);

        // Deviation 2.87, so a standard error of 0.287.
        Assert.InRange(high - low, 0.9, 1.35);
        Assert.InRange((low + high) / 2, 4.4, 4.6);
        Assert.Equal((low, high), Statistics.BootstrapMean(values));
    }
}
