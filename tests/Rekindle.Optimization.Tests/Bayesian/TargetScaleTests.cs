using Rekindle.Optimization.Bayesian;

namespace Rekindle.Optimization.Tests.Bayesian;

public sealed class TargetScaleTests
{
    [Theory]
    [InlineData(Goal.Minimize)]
    [InlineData(Goal.Maximize)]
    public void Results_come_back_in_the_users_units(Goal goal)
    {
        double[] values = [3, 1, 4, 1.5, 9, 2.6, 50, 3.5];
        var y = Targets.Standardize(values, goal);
        var scale = new TargetScale(values, y);
        for (var i = 0; i < values.Length; i++) Assert.Equal(values[i], scale.ToUser(y[i]), 1e-9);
        var best = y.Min();
        var value = goal == Goal.Minimize ? 1 : 50;
        Assert.Equal(goal == Goal.Minimize ? value - scale.Unit : value + scale.Unit, scale.ToUser(best - 1), 1e-9);
        Assert.True(scale.Unit > 0);
    }

    [Fact]
    public void Results_without_a_spread_come_back_as_they_are()
    {
        Assert.Equal(7, new TargetScale([7, 7, 7], [0, 0, 0]).ToUser(0.3));
        Assert.Equal(7, new TargetScale([7], [0]).ToUser(-2));
        Assert.True(double.IsFinite(new TargetScale([double.MaxValue, double.MinValue], [-1, 1]).ToUser(0.25)));
    }
}
