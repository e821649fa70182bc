using Rekindle.Optimization.Bayesian;

namespace Rekindle.Optimization.Tests.Bayesian;

public sealed class GaussianProcessTests
{
    private static readonly bool[] Categorical = [false, true, false];

    [Theory]
    [InlineData(7, false)]
    [InlineData(7, true)]
    [InlineData(23, true)]
    public void The_fit_gradient_agrees_with_finite_differences(int n, bool withParent)
    {
        var (rows, y) = Sample(n, withParent, seed: 5);
        var likelihood = new MarginalLikelihood(rows, y);
        var random = new RandomStream(9);
        for (var repeat = 0; repeat < 3; repeat++)
        {
            var theta = likelihood.Prior.Select(p => p.Mean + (0.5 * random.NextGaussian())).ToArray();
            FiniteDifference.AssertGradient(likelihood, theta);
        }
    }

    [Theory]
    [InlineData(false, false, false)]
    [InlineData(true, false, false)]
    [InlineData(false, true, false)]
    [InlineData(true, true, false)]
    [InlineData(true, true, true)]
    public void The_acquisition_gradient_agrees_with_finite_differences(bool pending, bool withParent, bool cautious)
    {
        var (rows, y) = Sample(15, withParent, seed: 3);
        var process = GaussianProcess.Fit(rows, y, Goal.Minimize, 1)!;
        double[][] waiting = pending ? [[0.31, 1, 0.77], [0.6, 0, 0.2]] : [];
        var acquisition = new Acquisition(Posterior.Of(process, waiting, new RandomStream(2))!, cautious);
        var random = new RandomStream(4);
        var points = Enumerable.Range(0, 5).Select(_ => new[] { random.NextDouble(), random.NextInt(3), random.NextDouble() }).ToArray();
        var values = new double[8];
        acquisition.ValuesAndGradients(points, values);
        var gradients = (double[])acquisition.Gradients.Clone();
        for (var c = 0; c < points.Length; c++)
        {
            Assert.Equal(values[c], acquisition.Value(points[c]), 1e-12);
            Assert.Equal(values[c], acquisition.Values([points[c]])[0], 1e-9);
            Assert.Equal(0, gradients[8 + c]);
            foreach (var j in new[] { 0, 2 })
            {
                var expected = FiniteDifference.Slope(acquisition.Value, points[c], j);
                Assert.Equal(expected, gradients[(j * 8) + c], 1e-4 * (1 + Math.Abs(expected)));
            }
        }
    }

    [Fact]
    public void The_leave_one_out_score_agrees_with_leaving_rows_out()
    {
        var (rows, y) = Sample(9, withParent: false, seed: 8);
        var process = GaussianProcess.Fit(rows, y, Goal.Minimize, 1)!;
        var expected = 0.0;
        for (var left = 0; left < rows.Count; left++)
        {
            var kept = Enumerable.Range(0, rows.Count).Where(i => i != left).ToArray();
            var rest = new Rows([.. kept.Select(i => rows.Points[i])], Categorical, [.. kept.Select(_ => 1.0)], []);
            var without = GaussianProcess.With(rest, [.. kept.Select(i => process.Y[i])], process.Theta)!;
            var (mean, spread) = Predict(Posterior.Of(without, [], new RandomStream(0))!, rows.Points[left]);
            var variance = spread + process.Noise;
            var error = process.Y[left] - mean;
            expected += -(0.5 * Math.Log(variance)) - (0.5 * error * error / variance) - Normal.LogSqrtTwoPi;
        }

        Assert.Equal(expected, process.LeaveOneOut(0, rows.Count), 1e-6 * (1 + Math.Abs(expected)));
    }

    [Fact]
    public void The_posterior_does_not_depend_on_the_order_of_the_rows()
    {
        var (rows, y) = Sample(20, withParent: false, seed: 2);
        var reversed = new Rows([.. rows.Points.Reverse()], Categorical, [.. rows.Noise.Reverse()], []);
        var theta = GaussianProcess.Fit(rows, y, Goal.Minimize, 1)!.Theta;
        var a = Posterior.Of(GaussianProcess.With(rows, y, theta)!, [], new RandomStream(0))!;
        var b = Posterior.Of(GaussianProcess.With(reversed, [.. y.Reverse()], theta)!, [], new RandomStream(0))!;
        double[] x = [0.4, 2, 0.6];
        Assert.Equal(Predict(a, x).Variance, Predict(b, x).Variance, 1e-8);
        Assert.Equal(Predict(a, x).Mean, Predict(b, x).Mean, 1e-8);
    }

    [Fact]
    public void Pending_points_lower_the_variance_and_leave_the_mean_of_the_draws_alone()
    {
        var (rows, y) = Sample(12, withParent: false, seed: 6);
        var process = GaussianProcess.Fit(rows, y, Goal.Minimize, 1)!;
        double[] x = [0.45, 1, 0.52];
        var (mean, variance) = Predict(Posterior.Of(process, [], new RandomStream(3))!, x);
        var after = Posterior.Of(process, [[0.44, 1, 0.5]], new RandomStream(3))!;
        Assert.True(Predict(after, x).Variance < 0.5 * variance);
        var means = Enumerable.Range(0, after.Count).Select(s => after.Means[s * Posterior.Lanes]).ToList();
        Assert.Equal(mean, means.Average(), 1e-6);
        Assert.True(means.Max() - means.Min() > 0);
    }

    [Fact]
    public void Draws_of_a_pending_point_have_the_posteriors_mean_and_variance_there()
    {
        var (rows, y) = Sample(12, withParent: false, seed: 6);
        var process = GaussianProcess.Fit(rows, y, Goal.Minimize, 1)!;
        double[] x = [0.45, 1, 0.52];
        var (mean, variance) = Predict(Posterior.Of(process, [], new RandomStream(3))!, x);
        var drawn = new List<double>();
        for (ulong seed = 0; seed < 60; seed++)
        {
            // Conditioned on its own drawn outcome, the mean at the point is that outcome, up to the noise.
            var after = Posterior.Of(process, [x], new RandomStream(seed))!;
            Predict(after, x);
            drawn.AddRange(Enumerable.Range(0, after.Count).Select(s => after.Means[s * Posterior.Lanes]));
        }

        var shrunk = variance * variance / (variance + process.Noise);
        Assert.Equal(mean, drawn.Average(), 1e-6);
        Assert.InRange(drawn.Average(m => (m - mean) * (m - mean)) / shrunk, 0.85, 1.15);
    }

    private static (double Mean, double Variance) Predict(Posterior posterior, double[] x)
    {
        posterior.Predict([x], withGradient: false);
        return (posterior.Means[0], posterior.Variances[0]);
    }

    private static (Rows Rows, double[] Y) Sample(int n, bool withParent, ulong seed)
    {
        var random = new RandomStream(seed);
        var points = Enumerable.Range(0, n).Select(_ => new[] { random.NextDouble(), random.NextInt(3), random.NextDouble() }).ToList();
        var y = points.Select(x => Math.Sin(5 * x[0]) + (x[1] * x[2]) - x[2] + (0.01 * random.NextGaussian())).ToArray();
        List<ParentModel> parents = [];
        if (withParent)
        {
            var observations = Enumerable.Range(0, 12).Select(_ =>
            {
                double[] x = [random.NextDouble(), random.NextInt(3), random.NextDouble()];
                return (x, Math.Sin(5.2 * x[0]) + (0.8 * x[1] * x[2]), 1.0);
            }).ToList();
            parents.Add(ParentModel.Fit(observations, Categorical, Goal.Minimize, CancellationToken.None)!);
        }

        return (new Rows(points, Categorical, [.. Enumerable.Repeat(1.0, n)], parents), y);
    }
}
