using System.Numerics.Tensors;

namespace Rekindle.Optimization.Bayesian;

/// <summary>
/// What is believed of the hyperparameters before any result, and how they make a covariance.
/// <code>
/// ln l ~ N(ln 0.5, 1) numeric, N(0, 1) categorical      ln sf2 ~ N(0, 1)
/// ln sn2 ~ N(ln 3e-3, 1.5)                              ln s2 ~ N(ln 0.25, 1)      psi see <see cref="Kinship"/>
/// </code>
/// </summary>
internal static class HyperPrior
{
    public const double LastJitter = 1e-4;

    private const double FirstJitter = 1e-8;

    public const double NoiseFloor = 1e-6;

    public static double NextJitter(double jitter) => jitter > 0 ? jitter * 10 : FirstJitter;

    public static (double Mean, double Deviation)[] Of(Rows rows) =>
    [
        .. rows.Categorical.Select(categorical => (categorical ? 0 : Math.Log(0.5), 1.0)),
        (0, 1),
        (Math.Log(3e-3), 1.5),
        .. rows.Features.Select(_ => (Math.Log(0.25), 1.0)),
        .. Enumerable.Repeat((rows.Kinship.Mean, rows.Kinship.Deviation), rows.Kinship.Parents),
    ];

    /// <summary>Where a fit without a predecessor starts.</summary>
    public static double[] Start(Rows rows)
    {
        double[] theta = [.. Of(rows).Select(p => p.Mean)];
        theta[rows.Dimensions + 1] = Math.Log(0.01);
        return theta;
    }

    /// <summary>A guard against runaway steps: far outside what the priors let pass.</summary>
    public static (double Lower, double Upper) Bounds(double mean) => (mean - 9, mean + 4.6);

    /// <summary>
    /// Row a of the covariance matrix of the observations, from the correlations m and the factors <paramref name="b"/> of the kinship,
    /// which are empty where all rows are the job's own.
    /// </summary>
    public static void Covariance(
        Rows rows, ReadOnlySpan<double> theta, double sf2, double noise, int a, ReadOnlySpan<double> m, ReadOnlySpan<double> b,
        Span<double> c)
    {
        TensorPrimitives.Multiply(m, sf2, c);
        TensorPrimitives.Add(c, 1, c);
        if (!b.IsEmpty) TensorPrimitives.Multiply(c, b, c);
        for (var f = 0; f < rows.Features.Length; f++)
        {
            var phi = rows.Features[f];
            TensorPrimitives.MultiplyAdd(phi.AsSpan(0, a + 1), Math.Exp(theta[rows.Dimensions + 2 + f]) * phi[a], c, c);
        }

        c[a] += noise * rows.Noise[a];
    }
}
