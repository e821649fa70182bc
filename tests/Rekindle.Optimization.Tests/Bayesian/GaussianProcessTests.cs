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
            var gradient = new double[theta.Length];
            likelihood.Evaluate(theta, gradient);
            for (var i = 0; i < theta.Length; i++)
            {
                var expected = Slope(x => likelihood.Evaluate(x, []), theta, i);
                Assert.Equal(expected, gradient[i], 1e-4 * (1 + Math.Abs(expected)));
            }
        }
    }

    [Theory]
    [InlineData(false, false, false)]
    [InlineData(true, false, false)]
    [InlineData(false, true, false)]
    [InlineData(true, true, false)]
    [InlineData(true, true, true)]
    public void The_acquisition_gradient_agrees_with_finite_differences(bool pending, bool withParent, bool meanOnly)
    {
        var (rows, y) = Sample(15, withParent, seed: 3);
        var process = GaussianProcess.Fit(rows, y, new RandomStream(1))!;
        double[][] waiting = pending ? [[0.31, 1, 0.77], [0.6, 0, 0.2]] : [];
        var acquisition = new Acquisition(Posterior.Of(process, waiting, new RandomStream(2))!, meanOnly);
        var random = new RandomStream(4);
        for (var repeat = 0; repeat < 5; repeat++)
        {
            double[] x = [random.NextDouble(), random.NextInt(3), random.NextDouble()];
            var gradient = new double[3];
            var value = acquisition.ValueAndGradient(x, gradient);
            Assert.Equal(value, acquisition.Value(x), 1e-12);
            Assert.Equal(value, acquisition.Values([x])[0], 1e-9);
            Assert.Equal(0, gradient[1]);
            foreach (var j in new[] { 0, 2 })
            {
                var expected = Slope(acquisition.Value, x, j);
                Assert.Equal(expected, gradient[j], 1e-4 * (1 + Math.Abs(expected)));
            }
        }
    }

    [Fact]
    public void The_leave_one_out_score_agrees_with_leaving_rows_out()
    {
        var (rows, y) = Sample(9, withParent: false, seed: 8);
        var process = GaussianProcess.Fit(rows, y, new RandomStream(1))!;
        var noise = Math.Exp(process.Theta[rows.Dimensions + 1]) + MarginalLikelihood.NoiseFloor;
        var expected = 0.0;
        for (var left = 0; left < rows.Count; left++)
        {
            var kept = Enumerable.Range(0, rows.Count).Where(i => i != left).ToArray();
            var rest = new Rows([.. kept.Select(i => rows.Points[i])], Categorical, [.. kept.Select(_ => 1.0)], []);
            var posterior = Posterior.Of(GaussianProcess.With(rest, [.. kept.Select(i => y[i])], process.Theta)!, [], new RandomStream(0))!;
            var variance = posterior.Predict(rows.Points[left]) + noise;
            var error = y[left] - posterior.Means[0];
            expected += -(0.5 * Math.Log(variance)) - (0.5 * error * error / variance) - Normal.LogSqrtTwoPi;
        }

        Assert.Equal(expected, process.LeaveOneOut(0, rows.Count), 1e-6 * (1 + Math.Abs(expected)));
    }

    [Fact]
    public void The_posterior_does_not_depend_on_the_order_of_the_rows()
    {
        var (rows, y) = Sample(20, withParent: false, seed: 2);
        var reversed = new Rows([.. rows.Points.Reverse()], Categorical, [.. rows.Noise.Reverse()], []);
        var theta = GaussianProcess.Fit(rows, y, new RandomStream(1))!.Theta;
        var a = Posterior.Of(GaussianProcess.With(rows, y, theta)!, [], new RandomStream(0))!;
        var b = Posterior.Of(GaussianProcess.With(reversed, [.. y.Reverse()], theta)!, [], new RandomStream(0))!;
        double[] x = [0.4, 2, 0.6];
        Assert.Equal(a.Predict(x), b.Predict(x), 1e-8);
        Assert.Equal(a.Means[0], b.Means[0], 1e-8);
    }

    [Fact]
    public void Pending_points_lower_the_variance_and_leave_the_mean_of_the_draws_alone()
    {
        var (rows, y) = Sample(12, withParent: false, seed: 6);
        var process = GaussianProcess.Fit(rows, y, new RandomStream(1))!;
        double[] x = [0.45, 1, 0.52];
        var before = Posterior.Of(process, [], new RandomStream(3))!;
        var after = Posterior.Of(process, [[0.44, 1, 0.5]], new RandomStream(3))!;
        Assert.True(after.Predict(x) < 0.5 * before.Predict(x));
        Assert.Equal(before.Means[0], after.Means.Average(), 1e-6);
        Assert.True(after.Means.Max() - after.Means.Min() > 0);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(17)]
    [InlineData(64)]
    public void The_factor_and_the_inverse_give_the_matrix_and_the_identity_back(int n)
    {
        var random = new RandomStream((ulong)n);
        var c = new double[n * n];
        var root = Enumerable.Range(0, n * n).Select(_ => random.NextGaussian()).ToArray();
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < n; j++)
                c[(i * n) + j] = Enumerable.Range(0, n).Sum(k => root[(i * n) + k] * root[(j * n) + k]) + (i == j ? 1 : 0);
        }

        var (l, inverse) = (new double[n * n], new double[n * n]);
        Assert.Equal(0, Cholesky.FactorWithJitter(c, n, l));
        Cholesky.Invert(l, n, inverse, new double[n * n]);
        Cholesky.Mirror(inverse, n);
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < n; j++)
            {
                Assert.Equal(c[(i * n) + j], Enumerable.Range(0, Math.Min(i, j) + 1).Sum(k => l[(i * n) + k] * l[(j * n) + k]), 1e-9);
                Assert.Equal(i == j ? 1 : 0, Enumerable.Range(0, n).Sum(k => c[(i * n) + k] * inverse[(k * n) + j]), 1e-7);
            }
        }
    }

    [Fact]
    public void A_singular_matrix_is_rescued_by_jitter_and_a_negative_one_is_refused()
    {
        var l = new double[4];
        Assert.InRange(Cholesky.FactorWithJitter([1, 1, 1, 1], 2, l), 1e-9, 1e-3);
        Assert.True(double.IsNaN(Cholesky.FactorWithJitter([1, 2, 2, 1], 2, l)));
        Assert.True(double.IsNaN(Cholesky.FactorWithJitter([double.NaN, 0, 0, 1], 2, l)));
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
                return (x, Math.Sin(5.2 * x[0]) + (0.8 * x[1] * x[2]));
            }).ToList();
            parents.Add(ParentModel.Fit(observations, Categorical, Goal.Minimize, CancellationToken.None)!);
        }

        return (new Rows(points, Categorical, [.. Enumerable.Repeat(1.0, n)], parents), y);
    }

    private static double Slope(Func<double[], double> f, double[] x, int i)
    {
        const double Step = 1e-5;
        var (low, high) = ((double[])x.Clone(), (double[])x.Clone());
        low[i] -= Step;
        high[i] += Step;
        return (f(high) - f(low)) / (2 * Step);
    }
}
