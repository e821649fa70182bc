using System.Runtime.Intrinsics;
using Rekindle.Optimization.Bayesian;

namespace Rekindle.Optimization.Tests.Bayesian;

public sealed class MaternTests
{
    [Fact]
    public void The_exponential_is_right_to_the_last_bits_down_to_its_floor()
    {
        for (var x = 0.0; x > -699; x -= 0.00731 + (0.01 * -x))
        {
            var values = Matern.Exp(Vector256.Create(x, x / 3, x * 0.7, 0));
            Assert.Equal(1, values.GetElement(0) / Math.Exp(x), 1e-15);
            Assert.Equal(1, values.GetElement(1) / Math.Exp(x / 3), 1e-15);
            Assert.Equal(1, values.GetElement(2) / Math.Exp(x * 0.7), 1e-15);
            Assert.Equal(1, values.GetElement(3));
        }

        Assert.Equal(Math.Exp(-700), Matern.Exp(Vector256.Create(-1e300)).GetElement(0), 1e-310);
        Assert.Equal(Math.Exp(-700), Matern.Exp(Vector256.Create(double.NegativeInfinity)).GetElement(2), 1e-310);
    }

    [Fact]
    public void The_correlation_is_one_at_no_distance_and_its_slope_is_g()
    {
        Matern.Correlate(Vector256<double>.Zero, out var m, out var g);
        Assert.Equal(1, m.GetElement(0), 1e-15);
        Assert.Equal(5.0 / 3, g.GetElement(0), 1e-15);
        foreach (var r2 in new[] { 1e-6, 0.01, 0.5, 3, 40 })
        {
            // dm / d ln l = g r^2, and r^2 falls with l^-2.
            const double Step = 1e-6;
            Matern.Correlate(Vector256.Create(r2, r2 * Math.Exp(-2 * Step), r2 * Math.Exp(2 * Step), 0), out m, out g);
            Assert.Equal(g.GetElement(0) * r2, (m.GetElement(1) - m.GetElement(2)) / (2 * Step), 1e-8);
        }
    }
}
