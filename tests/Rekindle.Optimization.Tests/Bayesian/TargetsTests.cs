using Rekindle.Optimization.Bayesian;

namespace Rekindle.Optimization.Tests.Bayesian;

public sealed class TargetsTests
{
    [Theory]
    [InlineData(Goal.Minimize, 1)]
    [InlineData(Goal.Maximize, -1)]
    public void The_good_half_keeps_its_shape_and_the_bad_half_is_reined_in(Goal goal, double sign)
    {
        double[] values = [1, 2, 3, 4, 5, 6, 7, 1e9];
        var y = Targets.Standardize([.. values.Select(v => sign * v)], goal);
        Assert.Equal(1, (y[1] - y[0]) / (y[3] - y[2]), 1e-6);
        Assert.True(y[7] > y[6] && y[7] < 4);
        Assert.Equal(0, y.Average(), 1e-9);
        Assert.Equal(1, y.Average(v => v * v), 1e-9);
    }

    [Fact]
    public void Ties_stay_ties()
    {
        var y = Targets.Standardize([1, 2, 3, 9, 9, 9, 4], Goal.Minimize);
        Assert.Equal(y[3], y[4]);
        Assert.Equal(y[3], y[5]);
    }

    [Fact]
    public void Extreme_values_give_finite_targets_in_the_same_order()
    {
        double[][] cases =
        [
            [1e308, 1e-308, 5, -3, 0], [1e308, -1e308, 1, 2, 3], [0, 0, 0, 0, 1], [5e-324, 0, 0, 1e-323], [7, 7, 7, 7, 7],
            [1e308], [1e308, -1e308], [0], [1, 1, 1, 1, 2, 3], [double.MaxValue, double.MaxValue, double.MinValue, 0],
        ];
        foreach (var values in cases)
        {
            var y = Targets.Standardize(values, Goal.Minimize);
            Assert.All(y, v => Assert.True(double.IsFinite(v)));
            for (var i = 0; i < y.Length; i++)
            {
                for (var j = 0; j < y.Length; j++) Assert.True(!(values[i] < values[j]) || y[i] <= y[j]);
            }
        }
    }

    [Fact]
    public void A_constant_objective_carries_no_signal() =>
        Assert.All(Targets.Standardize([0.1 + 0.2, 0.1 + 0.2, 0.1 + 0.2], Goal.Minimize), v => Assert.Equal(0, v));

    [Fact]
    public void A_good_half_of_equal_values_still_tells_bad_from_good()
    {
        var y = Targets.Standardize([1, 1, 1, 1, 2, 3], Goal.Minimize);
        Assert.True(y[0] < y[4] && y[4] < y[5]);
    }
}
