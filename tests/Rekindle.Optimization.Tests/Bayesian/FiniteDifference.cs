using Rekindle.Optimization.Bayesian;

namespace Rekindle.Optimization.Tests.Bayesian;

/// <summary>Checks gradients by central differences.</summary>
internal static class FiniteDifference
{
    public static double Slope(Func<double[], double> f, double[] x, int i)
    {
        const double Step = 1e-5;
        var (low, high) = ((double[])x.Clone(), (double[])x.Clone());
        low[i] -= Step;
        high[i] += Step;
        return (f(high) - f(low)) / (2 * Step);
    }

    public static void AssertGradient(MarginalLikelihood likelihood, double[] theta)
    {
        var gradient = new double[theta.Length];
        likelihood.Evaluate(theta, gradient);
        for (var i = 0; i < theta.Length; i++)
        {
            var expected = Slope(x => likelihood.Evaluate(x, []), theta, i);
            Assert.Equal(expected, gradient[i], 1e-4 * (1 + Math.Abs(expected)));
        }
    }
}
