using System.Numerics.Tensors;
using Rekindle.Optimization.Bayesian.Numerics;

namespace Rekindle.Optimization.Bayesian;

/// <summary>
/// A Gaussian process with given hyperparameters and what predictions need.
/// <code>
/// z = L^-1 y,  alpha = L^-T z = C^-1 y        P_i = (C^-1)_ii = sum_k T_ki^2
/// leave-one-out   mean y_i - alpha_i / P_i,  variance 1 / P_i
/// </code>
/// Symbols as in <see cref="MarginalLikelihood"/>; Rasmussen and Williams, equations 5.10 to 5.12.
/// </summary>
internal sealed class GaussianProcess
{
    private GaussianProcess(Rows rows, double[] y, double[] theta, GrowingFactor factor)
    {
        (Rows, Y, Theta, Factor) = (rows, y, theta, factor);
        var n = rows.Count;
        (Z, Alpha, Precisions) = (new double[n], new double[n], new double[n]);
        Triangle.Lower(factor.T, factor.Stride, n, y, Z);
        Triangle.Upper(factor.T, factor.Stride, n, Z, Alpha);
        for (var i = 0; i < n; i++)
        {
            var row = factor.T.AsSpan(i * factor.Stride, i + 1);
            TensorPrimitives.MultiplyAdd(row, row, Precisions.AsSpan(0, i + 1), Precisions.AsSpan(0, i + 1));
        }
    }

    public Rows Rows { get; }

    public double[] Y { get; }

    public double[] Theta { get; }

    /// <summary>Holds the rows' factor until it is made to follow others.</summary>
    public GrowingFactor Factor { get; }

    public double[] Z { get; }

    public double[] Alpha { get; }

    /// <summary>The diagonal of C^-1.</summary>
    public double[] Precisions { get; }

    /// <summary>The variance of an ordinary observation around the true value.</summary>
    public double Noise => Math.Exp(Theta[Rows.Dimensions + 1]) + HyperPrior.NoiseFloor;

    /// <summary>Fits to values in the user's units; null when no factorisation succeeds, which the caller answers without a model.</summary>
    public static GaussianProcess? Fit(
        Rows rows, IReadOnlyList<double> values, Goal goal, ulong stream, CancellationToken ct = default)
    {
        if (rows.Count == 0) return null;
        var theta = new ThetaChain().At(rows, values, goal, stream, new FitBuffers(), ct);
        return theta is null ? null : With(rows, Targets.Standardize(values, goal), theta);
    }

    /// <summary>A process with given hyperparameters; null when it cannot be factored.</summary>
    public static GaussianProcess? With(Rows rows, double[] y, double[] theta, GrowingFactor? factor = null)
    {
        factor ??= new GrowingFactor();
        return factor.Follow(rows, theta) ? new GaussianProcess(rows, y, theta, factor) : null;
    }

    /// <summary>The sum of leave-one-out log predictive densities over the chosen rows.</summary>
    public double LeaveOneOut(int first, int count)
    {
        var sum = 0.0;
        for (var i = first; i < first + count; i++)
            sum += (0.5 * Math.Log(Precisions[i])) - (0.5 * Alpha[i] * Alpha[i] / Precisions[i]) - Normal.LogSqrtTwoPi;
        return sum;
    }
}
