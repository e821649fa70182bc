using Rekindle.Optimization.Bayesian;

namespace Rekindle.Optimization.Tests.Bayesian;

public sealed class KinshipTests
{
    private static readonly bool[] Categorical = [false, true, false];

    /// <summary>ln l (3), ln sf2, ln sn2; the psi of the parents follow.</summary>
    private static readonly double[] Theta = [-0.5, 0.2, -0.9, 0.1, -4];

    [Theory]
    [InlineData(0.8, -0.6)]
    [InlineData(2.5, 0)]
    public void The_fit_gradient_agrees_with_finite_differences(double first, double second)
    {
        var (rows, y) = Sample(8, 6, 9);
        var likelihood = new MarginalLikelihood(rows, y);
        double[] theta = [.. Theta, first, second];
        FiniteDifference.AssertGradient(likelihood, theta);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_acquisition_gradient_agrees_with_finite_differences(bool pending)
    {
        var (rows, y) = Sample(8, 6, 9);
        var process = GaussianProcess.With(rows, y, [.. Theta, 0.9, -0.4])!;
        double[][] waiting = pending ? [[0.31, 1, 0.77]] : [];
        var acquisition = new Acquisition(Posterior.Of(process, waiting, new RandomStream(2))!, isCautious: false);
        double[][] points = [[0.2, 0, 0.4], [0.7, 2, 0.1], [0.5, 1, 0.9]];
        acquisition.ValuesAndGradients(points, new double[8]);
        var gradients = (double[])acquisition.Gradients.Clone();
        for (var c = 0; c < points.Length; c++)
        {
            foreach (var j in new[] { 0, 2 })
            {
                var expected = FiniteDifference.Slope(acquisition.Value, points[c], j);
                Assert.Equal(expected, gradients[(j * 8) + c], 1e-4 * (1 + Math.Abs(expected)));
            }
        }
    }

    [Fact]
    public void An_unrelated_parent_changes_no_prediction()
    {
        var (rows, y) = Sample(8, 0, 9);
        var own = GaussianProcess.With(rows.Of([.. Enumerable.Range(8, 9)]), y[8..], [.. Theta, 0])!;
        AssertSame(own, GaussianProcess.With(rows, y, [.. Theta, 0])!, 1e-9);
    }

    [Fact]
    public void A_parent_as_good_as_the_job_itself_counts_like_its_own_results()
    {
        var (rows, y) = Sample(8, 0, 9);
        var one = new Rows(rows.Points, Categorical, rows.Noise, []);
        // tanh 20 is 1 in doubles.
        AssertSame(GaussianProcess.With(one, y, Theta)!, GaussianProcess.With(rows, y, [.. Theta, 20])!, 1e-9);
    }

    [Fact]
    public void A_parent_with_the_opposite_sign_counts_turned_round()
    {
        var (rows, y) = Sample(8, 0, 9);
        double[] flipped = [.. y.Select((v, i) => i < 8 ? -v : v)];
        AssertSame(GaussianProcess.With(rows, y, [.. Theta, 0.7])!, GaussianProcess.With(rows, flipped, [.. Theta, -0.7])!, 1e-9);
    }

    [Fact]
    public void The_level_to_improve_on_is_one_that_the_job_itself_has_reached()
    {
        var (rows, y) = Sample(8, 0, 9);
        y[0] = -9;
        var posterior = Posterior.Of(GaussianProcess.With(rows, y, [.. Theta, 0.3])!, [], new RandomStream(1))!;
        Assert.Equal(y[8..].Min(), posterior.BestSeen[0]);
        Assert.True(posterior.Incumbents[0] > -4);
    }

    [Theory]
    [InlineData(1, 0.6, 0.9995)]
    [InlineData(-1, -0.9995, -0.3)]
    public void The_fit_finds_out_how_the_parent_is_related(double sign, double low, double high)
    {
        var random = new RandomStream(7);
        var points = Enumerable.Range(0, 34).Select(_ => new[] { random.NextDouble(), random.NextInt(3), random.NextDouble() }).ToList();
        var y = points.Select((x, i) => (i < 20 ? sign : 1) * (Math.Sin(5 * x[0]) + (x[1] * 0.4) - x[2])).ToArray();
        var kinship = Kinship.Between(1, [.. Enumerable.Range(0, 34).Select(i => i < 20 ? 1 : 0)], 0.3, 0.7, sharesUnits: false);
        var rows = new Rows(points, Categorical, [.. Enumerable.Repeat(1.0, 34)], [], kinship);
        var theta = GaussianProcess.Fit(rows, y, Goal.Minimize, 1)!.Theta;
        Assert.InRange(Math.Tanh(theta[^1]), low, high);
    }

    [Fact]
    public void Jobs_without_common_units_are_standardised_each_on_their_own()
    {
        var kinship = Kinship.Between(1, [1, 1, 1, 0, 0], 0, 1, sharesUnits: false);
        double[] values = [1000, 2000, 3000, 0.1, 0.3];
        var y = Targets.Standardize(values, 5, Goal.Minimize, warp: false, kinship);
        Assert.Equal([-1.224744871, 0, 1.224744871, -1, 1], y.Select(v => Math.Round(v, 9)));
        var pooled = Targets.Standardize(values, 5, Goal.Minimize, warp: false, Kinship.Between(1, [1, 1, 1, 0, 0], 0, 1, sharesUnits: true));
        Assert.True(Math.Abs(pooled[3] - pooled[4]) < 1e-3);
    }

    /// <summary>A search that lived through its history and one that starts at its end must agree to the last bit.</summary>
    [Theory]
    [InlineData(WarmStartType.IdenticalDataAndAlgorithm, 1)]
    [InlineData(WarmStartType.IdenticalDataAndAlgorithm, -1)]
    [InlineData(WarmStartType.TransferLearning, 1)]
    public void With_parents_too_a_fresh_process_suggests_what_one_with_memory_does(WarmStartType type, int sign)
    {
        var objective = Objectives.Mixed;
        var parents = Enumerable.Range(0, 2).Select(p => new ParentHistory("p" + p, objective.Space, new Dictionary<string, string>(),
            [.. Random(objective, 35, 20 + p).Select(o => o with { Value = sign * o.Value })])).ToList();
        var completed = Random(objective, 30, 5);
        var lived = new BayesianStrategy(objective.Problem(60));
        foreach (var n in new[] { 0, 1, 2, 5, 9, 13, 22, 30 })
        {
            var history = new History([.. completed.Take(n)], [], [], new WarmStart(type, parents));
            Assert.Equal(new BayesianStrategy(objective.Problem(60)).Suggest(history, 2, Seed.For(3, n)), lived.Suggest(history, 2, Seed.For(3, n)));
        }
    }

    private static void AssertSame(GaussianProcess expected, GaussianProcess actual, double tolerance)
    {
        var (a, b) = (Posterior.Of(expected, [], new RandomStream(1))!, Posterior.Of(actual, [], new RandomStream(1))!);
        foreach (var x in new double[][] { [0.2, 0, 0.4], [0.7, 2, 0.1], [0.5, 1, 0.9] })
        {
            a.Predict([x], withGradient: false);
            b.Predict([x], withGradient: false);
            Assert.Equal(a.Means[0], b.Means[0], tolerance);
            Assert.Equal(a.Variances[0], b.Variances[0], tolerance);
        }
    }

    private static List<Observation> Random(Objective objective, int count, long seed)
    {
        var completed = new List<Observation>();
        Objectives.Run(new RandomStrategy(objective.Problem(count)), objective, count, seed, null, completed);
        return completed;
    }

    // Rows of the first parent, of the second, and of the job itself.
    private static (Rows Rows, double[] Y) Sample(int first, int second, int own)
    {
        var random = new RandomStream(11);
        var n = first + second + own;
        var points = Enumerable.Range(0, n).Select(_ => new[] { random.NextDouble(), random.NextInt(3), random.NextDouble() }).ToList();
        int[] tasks = [.. Enumerable.Repeat(1, first), .. Enumerable.Repeat(2, second), .. new int[own]];
        var y = points.Select((x, i) => (tasks[i] == 2 ? -1 : 1) * (Math.Sin(5 * x[0]) + (x[1] * x[2]) - x[2])).ToArray();
        return (new Rows(points, Categorical, [.. Enumerable.Repeat(1.0, n)], [], Kinship.Between(second > 0 ? 2 : 1, tasks, 0.5, 1, true)), y);
    }
}
