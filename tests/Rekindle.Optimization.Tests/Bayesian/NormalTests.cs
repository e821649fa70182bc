using Rekindle.Optimization.Bayesian;

namespace Rekindle.Optimization.Tests.Bayesian;

public sealed class NormalTests
{
    // Reference values to 15 digits, from tables of the error function.
    [Theory]
    [InlineData(0, 0.5)]
    [InlineData(1, 0.841344746068543)]
    [InlineData(-1, 0.158655253931457)]
    [InlineData(-2.5, 0.00620966532577613)]
    [InlineData(-5, 2.86651571879194e-07)]
    [InlineData(3.5, 0.999767370920964)]
    [InlineData(-10, 7.61985302416053e-24)]
    public void The_distribution_function_is_right_to_twelve_digits(double z, double expected) =>
        Assert.Equal(1, Normal.Cdf(z) / expected, 1e-12);

    [Fact]
    public void The_quantile_inverts_the_distribution()
    {
        foreach (var p in new[] { 1e-12, 1e-5, 0.01, 0.3, 0.5, 0.77, 0.999 }) Assert.Equal(1, Normal.Cdf(Normal.Quantile(p)) / p, 1e-10);
    }

    [Fact]
    public void Log_improvement_agrees_with_quadrature_where_that_is_possible()
    {
        foreach (var z in new[] { -8.0, -5, -3.01, -2.99, -1, 0, 2 })
        {
            // h(z) is the integral over t > 0 of t phi(z - t).
            const double Step = 1e-4;
            var sum = 0.0;
            for (var t = Step / 2; t < 14; t += Step) sum += Step * t * Math.Exp(Normal.LogDensity(z - t));
            Assert.Equal(Math.Log(sum), Normal.LogImprovement(z, out _, out _), 1e-6);
        }
    }

    [Fact]
    public void Log_improvement_is_smooth_monotone_and_finite_far_out()
    {
        var previous = double.NegativeInfinity;
        foreach (var z in new[] { -1e100, -1e6, -1000, -25.0001, -24.9999, -6, -3.0001, -2.9999, 0, 10, 1e6 })
        {
            var value = Normal.LogImprovement(z, out var cdfRatio, out var densityRatio);
            Assert.False(double.IsNaN(value) || double.IsPositiveInfinity(value));
            Assert.True(value > previous);
            Assert.False(double.IsNaN(cdfRatio) || double.IsNaN(densityRatio));
            previous = value;
        }

        Assert.Equal(Normal.LogImprovement(-25.0000001, out _, out _), Normal.LogImprovement(-24.9999999, out _, out _), 1e-5);
        Assert.Equal(Normal.LogImprovement(-3.0000001, out _, out _), Normal.LogImprovement(-2.9999999, out _, out _), 1e-5);
    }
}
