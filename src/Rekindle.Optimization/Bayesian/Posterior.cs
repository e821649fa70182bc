using System.Numerics.Tensors;

namespace Rekindle.Optimization.Bayesian;

/// <summary>
/// Predictions with evaluations still pending: their outcomes are drawn jointly from the process, and all draws share one factor and
/// one variance.
/// <code>
/// N = n + P     rows with the P pending ones at the end            S   draws, 1 when nothing is pending
/// A[s]          C^-1 y_s, N numbers per draw                       k   covariances of x with the N rows
/// mu_s = k.A[s]           v = k(x,x) - k.C^-1 k
/// b_s                     smallest fitted mean over the N rows: an incumbent that noise does not flatter
/// </code>
/// Fantasies: Snoek, Larochelle, Adams, "Practical Bayesian optimization of machine learning algorithms", NIPS 2012, section 3.2.
/// Not for use by two threads at once: buffers are shared between calls.
/// </summary>
internal sealed class Posterior
{
    private const int Draws = 32;
    private const int Batch = 4;

    private readonly Rows _rows;
    private readonly double[] _inverse;
    private readonly double[] _weights;
    private readonly double[] _featureWeights;
    private readonly double _sf2;
    private readonly double[] _k;
    private readonly double[] _g;
    private readonly double[] _w;
    private readonly double[] _work;
    private readonly double[] _phi;
    private readonly double[][] _phiGradients;

    private Posterior(GaussianProcess process, double[][] alphas)
    {
        Process = process;
        _rows = process.Rows;
        _inverse = process.Inverse;
        var d = _rows.Dimensions;
        _weights = [.. process.Theta.Take(d).Select(l => Math.Exp(-2 * l))];
        _sf2 = Math.Exp(process.Theta[d]);
        _featureWeights = [.. process.Theta.Skip(d + 2).Select(Math.Exp)];
        _k = new double[_rows.Count * Batch];
        _g = new double[_rows.Count];
        _w = new double[_rows.Count * Batch];
        _work = new double[_rows.Count];
        _phi = new double[_featureWeights.Length];
        _phiGradients = [.. _featureWeights.Select(_ => new double[d])];
        Alphas = alphas;
        Means = new double[alphas.Length];
        Incumbents = new double[alphas.Length];
    }

    public GaussianProcess Process { get; }

    public double[][] Alphas { get; }

    /// <summary>mu_s of the last prediction.</summary>
    public double[] Means { get; }

    /// <summary>b_s.</summary>
    public double[] Incumbents { get; }

    public double LengthScale(int j) => 1 / Math.Sqrt(_weights[j]);

    /// <summary>Conditions on pending points; null when the larger matrix cannot be factored.</summary>
    public static Posterior? Of(GaussianProcess process, IReadOnlyList<double[]> pending, RandomStream random)
    {
        if (pending.Count == 0)
        {
            var alone = new Posterior(process, [process.Alpha]);
            alone.FindIncumbents([process.Y]);
            return alone;
        }

        var targets = Of(process, [], random)!.Draw(pending, random);
        if (targets is null) return null;
        var extended = GaussianProcess.With(process.Rows.With(pending), targets[0], process.Theta);
        if (extended is null) return null;
        var posterior = new Posterior(extended, [.. targets.Select(y => Multiply(extended.Inverse, y))]);
        posterior.FindIncumbents(targets);
        return posterior;
    }

    /// <summary>
    /// Predicts at x: fills <see cref="Means"/> and returns the variance of the noiseless value. <see cref="Gradient"/> may follow
    /// when asked for.
    /// </summary>
    public double Predict(double[] x, bool withGradient = false)
    {
        var n = _rows.Count;
        var k = _k.AsSpan(0, n);
        var self = Covariances(x, k, withGradient);
        for (var s = 0; s < Alphas.Length; s++) Means[s] = TensorPrimitives.Dot<double>(k, Alphas[s]);
        for (var i = 0; i < n; i++) _w[i] = TensorPrimitives.Dot<double>(_inverse.AsSpan(i * n, n), k);
        return Positive(self - TensorPrimitives.Dot<double>(k, _w.AsSpan(0, n)));
    }

    /// <summary>Predicts at many points; <paramref name="use"/> gets each point's number and variance while the means are set.</summary>
    public void PredictAll(IReadOnlyList<double[]> points, Action<int, double> use)
    {
        var n = _rows.Count;
        Span<double> self = stackalloc double[Batch];
        Span<double> sum = stackalloc double[Batch];
        for (var first = 0; first < points.Count; first += Batch)
        {
            var size = Math.Min(Batch, points.Count - first);
            for (var c = 0; c < size; c++) self[c] = Covariances(points[first + c], _k.AsSpan(c * n, n), withGradient: false);
            sum.Clear();
            for (var i = 0; i < n; i++)
            {
                // One pass over the large matrix serves the whole batch.
                var row = _inverse.AsSpan(i * n, n);
                for (var c = 0; c < size; c++) sum[c] += _k[(c * n) + i] * TensorPrimitives.Dot<double>(row, _k.AsSpan(c * n, n));
            }

            for (var c = 0; c < size; c++)
            {
                for (var s = 0; s < Alphas.Length; s++) Means[s] = TensorPrimitives.Dot<double>(_k.AsSpan(c * n, n), Alphas[s]);
                use(first + c, Positive(self[c] - sum[c]));
            }
        }
    }

    /// <summary>
    /// The gradient by the numeric coordinates of sum_s c_s mu_s + c_v v at the point of the last
    /// <see cref="Predict"/>.
    /// </summary>
    public void Gradient(double[] x, ReadOnlySpan<double> meanFactors, double varianceFactor, Span<double> gradient)
    {
        var n = _rows.Count;
        var q = _work.AsSpan();
        TensorPrimitives.Multiply(_w.AsSpan(0, n), -2 * varianceFactor, q);
        for (var s = 0; s < Alphas.Length; s++) TensorPrimitives.MultiplyAdd(Alphas[s], meanFactors[s], q, q);

        var featureFactors = new double[_phi.Length];
        for (var f = 0; f < _phi.Length; f++)
        {
            featureFactors[f] = _featureWeights[f]
                * (TensorPrimitives.Dot<double>(q, _rows.Features[f]) + (2 * varianceFactor * _phi[f]));
        }

        TensorPrimitives.Multiply<double>(q, _g, q);
        var total = TensorPrimitives.Sum<double>(q);
        for (var j = 0; j < gradient.Length; j++)
        {
            gradient[j] = 0;
            if (_rows.Categorical[j]) continue;
            gradient[j] = -_sf2 * _weights[j] * ((total * x[j]) - TensorPrimitives.Dot<double>(q, _rows.Columns[j]));
            for (var f = 0; f < _phi.Length; f++) gradient[j] += featureFactors[f] * _phiGradients[f][j];
        }
    }

    private double Covariances(double[] x, Span<double> k, bool withGradient)
    {
        k.Clear();
        for (var j = 0; j < _rows.Dimensions; j++) Matern.AddDistance(_rows.Columns[j], x[j], _weights[j], _rows.Categorical[j], k);
        Matern.Correlate(k, _g, _work);
        TensorPrimitives.Multiply(k, _sf2, k);
        TensorPrimitives.Add(k, 1, k);
        var self = _sf2 + 1;
        for (var f = 0; f < _phi.Length; f++)
        {
            _phi[f] = withGradient ? _rows.Parents[f].Mean(x, _phiGradients[f]) : _rows.Parents[f].Mean(x);
            TensorPrimitives.MultiplyAdd(_rows.Features[f], _featureWeights[f] * _phi[f], k, k);
            self += _featureWeights[f] * _phi[f] * _phi[f];
        }

        return self;
    }

    private double[][]? Draw(IReadOnlyList<double[]> pending, RandomStream random)
    {
        var (n, p) = (_rows.Count, pending.Count);
        var noise = Noise();
        var (covariance, factor) = (new double[p * p], new double[p * p]);
        var (means, ks) = (new double[p], new double[p][]);
        for (var a = 0; a < p; a++)
        {
            Predict(pending[a]);
            means[a] = Means[0];
            ks[a] = _k.AsSpan(0, n).ToArray();
            var w = _w.AsSpan(0, n);
            for (var b = 0; b <= a; b++)
                covariance[(a * p) + b] = Between(pending[a], pending[b]) - TensorPrimitives.Dot<double>(w, ks[b]);
            covariance[(a * p) + a] += noise;
        }

        if (double.IsNaN(Cholesky.FactorWithJitter(covariance, p, factor))) return null;
        var targets = new double[Draws][];
        var normals = new double[p];
        for (var s = 0; s < Draws; s++)
        {
            // Every second draw mirrors the one before: the mean over draws is exact.
            for (var a = 0; a < p; a++) normals[a] = s % 2 == 0 ? random.NextGaussian() : -normals[a];
            var y = targets[s] = new double[n + p];
            Process.Y.CopyTo(y, 0);
            for (var a = 0; a < p; a++)
                y[n + a] = means[a] + TensorPrimitives.Dot<double>(factor.AsSpan(a * p, a + 1), normals.AsSpan(0, a + 1));
        }

        return targets;
    }

    private double Between(double[] a, double[] b)
    {
        Span<double> m = [0];
        Span<double> g = [0];
        Span<double> work = [0];
        for (var j = 0; j < _rows.Dimensions; j++) Matern.AddDistance([a[j]], b[j], _weights[j], _rows.Categorical[j], m);
        Matern.Correlate(m, g, work);
        var k = (_sf2 * m[0]) + 1;
        for (var f = 0; f < _featureWeights.Length; f++) k += _featureWeights[f] * _rows.Parents[f].Mean(a) * _rows.Parents[f].Mean(b);
        return k;
    }

    private void FindIncumbents(double[][] targets)
    {
        // K alpha = y - noise alpha gives the fitted means without a product.
        var noise = Noise();
        for (var s = 0; s < targets.Length; s++)
        {
            var best = double.PositiveInfinity;
            for (var i = 0; i < _rows.Count; i++) best = Math.Min(best, targets[s][i] - (noise * _rows.Noise[i] * Alphas[s][i]));
            Incumbents[s] = best;
        }
    }

    private double Noise() => Math.Exp(Process.Theta[_rows.Dimensions + 1]) + MarginalLikelihood.NoiseFloor;

    private static double[] Multiply(double[] matrix, double[] y)
    {
        var n = y.Length;
        var product = new double[n];
        for (var i = 0; i < n; i++) product[i] = TensorPrimitives.Dot<double>(matrix.AsSpan(i * n, n), y);
        return product;
    }

    // Rounding can leave a variance of an observed point at or below zero.
    private static double Positive(double variance) => Math.Max(variance, 1e-14);
}
