using System.Numerics.Tensors;

namespace Rekindle.Optimization.Bayesian;

/// <summary>
/// The negative log posterior of a Gaussian process' hyperparameters, with its gradient.
/// <code>
/// theta   ln l_1 … ln l_d, ln sf2, ln sn2, ln s2_1 … ln s2_M
/// k       sf2 m(r) + 1 + sum_m s2_m phi_m(x) phi_m(x')        the 1 is the marginalised constant mean
/// C       K + (sn2 + 1e-6) diag(noise)                         alpha = C^-1 y,  W = C^-1 - alpha alpha^T
/// J       y.alpha / 2 + sum ln L_ii + sum ((theta_i - mu_i) / sigma_i)^2 / 2
/// dJ      tr(W dC/dtheta_i) / 2 + (theta_i - mu_i) / sigma_i^2
/// </code>
/// Priors are log-normal: numeric l (ln 0.5, 1), categorical l (0, 1), sf2 (0, 1), sn2 (ln 3e-3, 1.5), s2 (ln 0.25, 1).
/// Rasmussen and Williams, sections 5.4.1 and 2.7.
/// </summary>
internal sealed class MarginalLikelihood
{
    public const double NoiseFloor = 1e-6;

    private readonly Rows _rows;
    private readonly double[] _y;
    private readonly int _n;
    private readonly int _d;
    private readonly double[] _c;
    private readonly double[] _m;
    private readonly double[] _g;
    private readonly double[] _work;
    private readonly double[] _row;

    public MarginalLikelihood(Rows rows, double[] y)
    {
        (_rows, _y, _n, _d) = (rows, y, rows.Count, rows.Dimensions);
        _c = new double[_n * _n];
        _m = new double[_n * _n];
        _g = new double[_n * _n];
        _work = new double[_n * _n];
        _row = new double[_n];
        L = new double[_n * _n];
        Inverse = new double[_n * _n];
        Alpha = new double[_n];
        Prior = PriorOf(rows);
    }

    /// <summary>The factor, the lower triangle of C^-1 and alpha of the last successful evaluation.</summary>
    public double[] L { get; }

    public double[] Inverse { get; }

    public double[] Alpha { get; }

    public (double Mean, double Deviation)[] Prior { get; }

    public static double[] PriorMode(Rows rows) => [.. PriorOf(rows).Select(p => p.Mean)];

    /// <summary>J, and its gradient unless the span is empty; +inf when C cannot be factored.</summary>
    public double Evaluate(ReadOnlySpan<double> theta, Span<double> gradient)
    {
        var weights = new double[_d];
        for (var j = 0; j < _d; j++) weights[j] = Math.Exp(-2 * theta[j]);
        var sf2 = Math.Exp(theta[_d]);
        var sn2 = Math.Exp(theta[_d + 1]);
        Build(theta, weights, sf2, sn2);
        if (double.IsNaN(Cholesky.FactorWithJitter(_c, _n, L))) return double.PositiveInfinity;

        _y.CopyTo(Alpha, 0);
        Cholesky.Solve(L, _n, Alpha);
        var value = 0.5 * TensorPrimitives.Dot<double>(_y, Alpha);
        for (var i = 0; i < _n; i++) value += Math.Log(L[(i * _n) + i]);
        for (var i = 0; i < theta.Length; i++) value += 0.5 * Square((theta[i] - Prior[i].Mean) / Prior[i].Deviation);
        Cholesky.Invert(L, _n, Inverse, _work);
        if (!gradient.IsEmpty) Differentiate(theta, weights, sf2, sn2, gradient);
        return double.IsFinite(value) ? value : double.PositiveInfinity;
    }

    private void Build(ReadOnlySpan<double> theta, double[] weights, double sf2, double sn2)
    {
        for (var a = 0; a < _n; a++)
        {
            var m = _m.AsSpan(a * _n, a + 1);
            m.Clear();
            for (var j = 0; j < _d; j++)
            {
                var column = _rows.Columns[j];
                Matern.AddDistance(column.AsSpan(0, a + 1), column[a], weights[j], _rows.Categorical[j], m);
            }

            Matern.Correlate(m, _g.AsSpan(a * _n, a + 1), _row);
            var c = _c.AsSpan(a * _n, a + 1);
            TensorPrimitives.Multiply(m, sf2, c);
            TensorPrimitives.Add(c, 1, c);
            for (var f = 0; f < _rows.Features.Length; f++)
            {
                var phi = _rows.Features[f];
                TensorPrimitives.MultiplyAdd(phi.AsSpan(0, a + 1), Math.Exp(theta[_d + 2 + f]) * phi[a], c, c);
            }

            c[a] += (sn2 + NoiseFloor) * _rows.Noise[a];
        }
    }

    private void Differentiate(ReadOnlySpan<double> theta, double[] weights, double sf2, double sn2, Span<double> gradient)
    {
        gradient.Clear();
        for (var a = 0; a < _n; a++)
        {
            // Row a of W below the diagonal counts twice in the trace, which cancels the 1/2.
            var w = _row.AsSpan(0, a);
            TensorPrimitives.Multiply(Alpha.AsSpan(0, a), -Alpha[a], w);
            TensorPrimitives.Add(w, Inverse.AsSpan(a * _n, a), w);
            var diagonal = Inverse[(a * _n) + a] - Square(Alpha[a]);

            gradient[_d] += sf2 * (TensorPrimitives.Dot<double>(w, _m.AsSpan(a * _n, a)) + (0.5 * diagonal));
            gradient[_d + 1] += 0.5 * diagonal * sn2 * _rows.Noise[a];
            for (var f = 0; f < _rows.Features.Length; f++)
            {
                var phi = _rows.Features[f];
                gradient[_d + 2 + f] += Math.Exp(theta[_d + 2 + f]) * phi[a]
                    * (TensorPrimitives.Dot<double>(w, phi.AsSpan(0, a)) + (0.5 * diagonal * phi[a]));
            }

            TensorPrimitives.Multiply(w, _g.AsSpan(a * _n, a), w);
            for (var j = 0; j < _d; j++)
            {
                var column = _rows.Columns[j];
                gradient[j] += sf2 * weights[j] * Matern.WeightedDistance(column.AsSpan(0, a), column[a], _rows.Categorical[j], w);
            }
        }

        for (var i = 0; i < theta.Length; i++) gradient[i] += (theta[i] - Prior[i].Mean) / Square(Prior[i].Deviation);
    }

    private static (double Mean, double Deviation)[] PriorOf(Rows rows) =>
    [
        .. rows.Categorical.Select(categorical => (categorical ? 0 : Math.Log(0.5), 1.0)),
        (0, 1),
        (Math.Log(3e-3), 1.5),
        .. rows.Features.Select(_ => (Math.Log(0.25), 1.0)),
    ];

    private static double Square(double x) => x * x;
}
