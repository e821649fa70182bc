namespace Rekindle.Optimization.Bayesian;

/// <summary>
/// A fitted Gaussian process: hyperparameters at the maximum of their posterior, and what predictions need. Symbols as in
/// <see cref="MarginalLikelihood"/>. Leave-one-out predictions by Rasmussen and Williams, equations 5.10 to 5.12.
/// </summary>
internal sealed class GaussianProcess
{
    private const int RowsForFirstFit = 150;
    private const int ColdIterations = 40;
    private const int PolishIterations = 8;
    private const double GradientTolerance = 1e-2;
    private const double RelativeTolerance = 1e-5;

    private GaussianProcess(Rows rows, double[] y, double[] theta, MarginalLikelihood likelihood)
    {
        (Rows, Y, Theta) = (rows, y, theta);
        (L, Alpha, Inverse) = (likelihood.L, likelihood.Alpha, likelihood.Inverse);
        Cholesky.Mirror(Inverse, rows.Count);
    }

    public Rows Rows { get; }

    public double[] Y { get; }

    public double[] Theta { get; }

    public double[] L { get; }

    public double[] Alpha { get; }

    /// <summary>C^-1, both triangles.</summary>
    public double[] Inverse { get; }

    /// <summary>Fits; null when no factorisation succeeds, which the caller answers without a model.</summary>
    public static GaussianProcess? Fit(Rows rows, double[] y, RandomStream random, CancellationToken ct = default)
    {
        if (rows.Count == 0) return null;
        double[]? theta = null;
        if (rows.Count > RowsForFirstFit)
        {
            var (thin, kept) = rows.Thin(RowsForFirstFit);
            var coarse = new MarginalLikelihood(thin, [.. kept.Select(i => y[i])]);
            theta = BestOf(coarse, [Start(rows)], ColdIterations, ct);
        }

        var likelihood = new MarginalLikelihood(rows, y);
        theta = theta is null
            ? BestOf(likelihood, Starts(rows, likelihood, random), ColdIterations, ct)
            : BestOf(likelihood, [theta], PolishIterations, ct);
        return theta is not null && double.IsFinite(likelihood.Evaluate(theta, [])) ? new GaussianProcess(rows, y, theta, likelihood) : null;
    }

    /// <summary>A process with given hyperparameters; null when it cannot be factored.</summary>
    public static GaussianProcess? With(Rows rows, double[] y, double[] theta)
    {
        var likelihood = new MarginalLikelihood(rows, y);
        return double.IsFinite(likelihood.Evaluate(theta, [])) ? new GaussianProcess(rows, y, theta, likelihood) : null;
    }

    /// <summary>The sum of leave-one-out log predictive densities over the chosen rows.</summary>
    public double LeaveOneOut(int first, int count)
    {
        var sum = 0.0;
        for (var i = first; i < first + count; i++)
        {
            var precision = Inverse[(i * Rows.Count) + i];
            sum += (0.5 * Math.Log(precision)) - (0.5 * Alpha[i] * Alpha[i] / precision) - Normal.LogSqrtTwoPi;
        }

        return sum;
    }

    private static double[] Start(Rows rows)
    {
        var theta = MarginalLikelihood.PriorMode(rows);
        theta[rows.Dimensions + 1] = Math.Log(0.01);
        return theta;
    }

    private static List<double[]> Starts(Rows rows, MarginalLikelihood likelihood, RandomStream random)
    {
        var starts = new List<double[]> { Start(rows) };
        var extra = rows.Count < 20 ? 4 : rows.Count <= 60 ? 1 : 0;
        for (var s = 0; s < extra; s++) starts.Add([.. likelihood.Prior.Select(p => p.Mean + (0.7 * random.NextGaussian()))]);
        return starts;
    }

    private static double[]? BestOf(MarginalLikelihood likelihood, List<double[]> starts, int iterations, CancellationToken ct)
    {
        var d = likelihood.Prior.Length;
        var (lower, upper) = (new double[d], new double[d]);
        for (var i = 0; i < d; i++) (lower[i], upper[i]) = Bounds(likelihood.Prior[i].Mean);
        var (best, bestValue) = (default(double[]), double.PositiveInfinity);
        foreach (var start in starts)
        {
            ct.ThrowIfCancellationRequested();
            for (var i = 0; i < d; i++) start[i] = Math.Clamp(start[i], lower[i], upper[i]);
            var value = QuasiNewton.Minimize(
                likelihood.Evaluate, start, lower, upper, iterations, GradientTolerance, RelativeTolerance);
            if (value < bestValue) (best, bestValue) = (start, value);
        }

        return best;
    }

    // A guard against runaway steps: far outside what the priors let pass.
    private static (double Lower, double Upper) Bounds(double mean) => (mean - 9, mean + 4.6);
}
