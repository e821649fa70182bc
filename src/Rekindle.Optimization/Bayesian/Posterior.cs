using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Rekindle.Optimization.Bayesian.Numerics;

namespace Rekindle.Optimization.Bayesian;

/// <summary>
/// Predictions with evaluations still pending: their outcomes are drawn jointly from the process, and all draws share one factor and
/// one variance.
/// <code>
/// N = n + P     rows with the P pending ones at the end            S   draws, 1 when nothing is pending, 8 for P &gt; 64
/// z_s           L^-1 y, then standard normals for the pending rows: y_p = (L z_s)_p is a draw from the posterior
/// A[s]          L^-T z_s = alpha + sum_p z_sp T[n + p, :]          k   covariances of x with the N rows
/// mu_s = k.A[s]           v = k(x,x) - |T k|^2
/// b_s                     smallest fitted mean over the N rows: an incumbent that noise does not flatter
/// </code>
/// Fantasies: Snoek, Larochelle, Adams, "Practical Bayesian optimization of machine learning algorithms", NIPS 2012, section 3.2.
/// Up to eight points are predicted side by side; the point is the fast index. Not for use by two threads at once.
/// </summary>
internal sealed class Posterior
{
    public const int Lanes = EightPoints.Lanes;

    /// <summary>Up to so many pending evaluations get all the care there is.</summary>
    public const int Few = 64;

    private const int Draws = 32;
    private const int FewDraws = Lanes;

    private readonly GrowingFactor _factor;
    private readonly int _n;
    private readonly int _alphaStride;
    private readonly double[] _alphas;
    private readonly double _sf2;
    private readonly double[] _featureWeights;
    private readonly double[]? _links;
    private readonly double[][] _features;
    private readonly ParentModel.Tile[] _parents;
    private readonly double[] _phi;
    private readonly double[] _phiGradients;
    private readonly EightPoints _points;
    private readonly double[] _v;
    private readonly double[] _w;
    private readonly double[] _q;

    private Posterior(GaussianProcess process, Rows rows, double[] normals, int draws)
    {
        (Process, _factor, _n) = (process, process.Factor, rows.Count);
        var (d, n) = (rows.Dimensions, process.Rows.Count);
        _sf2 = Math.Exp(process.Theta[d]);
        _featureWeights = [.. process.Theta.Skip(d + 2).Take(rows.Features.Length).Select(Math.Exp)];
        if (rows.Kinship.Parents > 0)
        {
            var correlations = Kinship.Correlations(process.Theta.AsSpan(rows.KinshipAt));
            _links = [.. Enumerable.Range(0, _n).Select(i => correlations[rows.Kinship.Task(i)])];
        }

        _features = rows.Features;
        _parents = [.. rows.Parents.Select(parent => new ParentModel.Tile(parent))];
        _phi = new double[_parents.Length * Lanes];
        _phiGradients = new double[_parents.Length * d * Lanes];
        _points = new EightPoints(_factor.Scaled);
        _v = new double[(_n + Tile.Rows) * Lanes];
        _w = new double[(_n + Tile.Rows) * Lanes];
        _q = new double[(_n + Tile.Rows) * Lanes];
        Gradients = new double[d * Lanes];
        Count = draws;
        Means = new double[(draws + Tile.Rows) * Lanes];
        Incumbents = new double[draws];
        BestSeen = new double[draws];
        _alphaStride = Tile.Padded(_n);
        _alphas = new double[(draws + Tile.Rows) * _alphaStride];

        var z = new double[_n];
        Triangle.Lower(_factor.T, _factor.Stride, n, process.Y, z);
        double[] y = [.. process.Y, .. new double[_n - n]];
        if (draws == 1)
        {
            var alpha = _alphas.AsSpan(0, _n);
            Triangle.Upper(_factor.T, _factor.Stride, n, z, alpha);
            (Incumbents[0], BestSeen[0]) = Incumbent(rows, process, alpha, y);
        }

        for (var first = 0; first < draws && draws > 1; first += Lanes) Draw(rows, z, y, normals, first);
    }

    public GaussianProcess Process { get; }

    /// <summary>S, the number of draws.</summary>
    public int Count { get; }

    /// <summary>mu_s of the last predictions, S x 8.</summary>
    public double[] Means { get; }

    /// <summary>The variances of the noiseless values.</summary>
    public double[] Variances { get; } = new double[Lanes];

    /// <summary>By coordinate, d x 8.</summary>
    public double[] Gradients { get; }

    /// <summary>b_s.</summary>
    public double[] Incumbents { get; }

    /// <summary>The smallest observation, drawn ones included.</summary>
    public double[] BestSeen { get; }

    public double LengthScale(int j) => Math.Exp(Process.Theta[j]);

    /// <summary>Conditions on pending points; null when the larger matrix cannot be factored.</summary>
    public static Posterior? Of(GaussianProcess process, IReadOnlyList<double[]> pending, RandomStream random)
    {
        var rows = pending.Count == 0 ? process.Rows : process.Rows.With(pending);
        if (!process.Factor.Follow(rows, process.Theta)) return null;
        if (pending.Count == 0) return new Posterior(process, rows, [], 1);
        var draws = pending.Count > Few ? FewDraws : Draws;
        var normals = new double[draws * pending.Count];
        for (var s = 0; s < draws; s++)
        {
            // Every second draw mirrors the one before: the mean over draws is exact.
            for (var p = 0; p < pending.Count; p++)
                normals[(s * pending.Count) + p] = s % 2 == 0 ? random.NextGaussian() : -normals[((s - 1) * pending.Count) + p];
        }

        return new Posterior(process, rows, normals, draws);
    }

    /// <summary>Predicts at up to eight points; <see cref="Differentiate"/> may follow when asked for.</summary>
    public void Predict(ReadOnlySpan<double[]> points, bool withGradient)
    {
        _points.Load(points, withGradient);
        var k = _points.K;
        TensorPrimitives.Multiply(k, _sf2, k);
        TensorPrimitives.Add(k, 1, k);
        if (_links is not null) Link(k);
        Span<double> self = stackalloc double[Lanes];
        self.Fill(_sf2 + 1);
        for (var f = 0; f < _parents.Length; f++)
        {
            var phi = _phi.AsSpan(f * Lanes, Lanes);
            _parents[f].Means(points, phi, withGradient ? _phiGradients.AsSpan(f * Gradients.Length, Gradients.Length) : []);
            for (var c = 0; c < Lanes; c++) self[c] += _featureWeights[f] * phi[c] * phi[c];
            for (var i = 0; i < _n; i++)
            {
                var factor = _featureWeights[f] * _features[f][i];
                for (var c = 0; c < Lanes; c++) k[(i * Lanes) + c] += factor * phi[c];
            }
        }

        for (var s = 0; s < Count; s += Tile.Rows)
            Tile.Some(Math.Min(Tile.Rows, Count - s), _n, ref _alphas[s * _alphaStride], _alphaStride, 1, ref k[0], Lanes, Means.AsSpan(s * Lanes));
        for (var i = 0; i < _n; i += Tile.Rows)
        {
            var rows = Math.Min(Tile.Rows, _n - i);
            var target = _v.AsSpan(i * Lanes, Tile.Rows * Lanes);
            Tile.Some(rows, Math.Min(_n, i + Tile.Rows), ref _factor.T[i * _factor.Stride], _factor.Stride, 1, ref k[0], Lanes, target);
        }

        Span<double> explained = stackalloc double[Lanes];
        SumSquares(_v, _n * Lanes, explained);
        // Rounding can leave a variance of an observed point at or below zero.
        for (var c = 0; c < Lanes; c++) Variances[c] = Math.Max(self[c] - explained[c], 1e-14);
    }

    /// <summary>
    /// Fills <see cref="Gradients"/> with those of sum_s c_s mu_s + c_v v at the points of the last prediction;
    /// <paramref name="meanFactors"/> is S x 8.
    /// </summary>
    public void Differentiate(double[] meanFactors, ReadOnlySpan<double> varianceFactors)
    {
        // q = sum_s c_s A[s] - 2 c_v T^T v
        Triangle.UpperEight(_factor.T, _factor.Stride, _n, _v, _w);
        Span<double> sums = stackalloc double[Lanes];
        for (var i = 0; i < _n; i += Tile.Rows)
        {
            var rows = Math.Min(Tile.Rows, _n - i);
            var q = _q.AsSpan(i * Lanes, Tile.Rows * Lanes);
            Tile.Some(rows, Count, ref _alphas[i], 1, _alphaStride, ref meanFactors[0], Lanes, q);
            for (var r = 0; r < rows; r++)
            {
                for (var c = 0; c < Lanes; c++) q[(r * Lanes) + c] -= 2 * varianceFactors[c] * _w[((i + r) * Lanes) + c];
            }
        }

        Array.Clear(Gradients);
        for (var f = 0; f < _parents.Length; f++)
        {
            Tile.One(_n, ref _features[f][0], 1, ref _q[0], Lanes, sums);
            for (var c = 0; c < Lanes; c++)
            {
                var factor = _featureWeights[f] * (sums[c] + (2 * varianceFactors[c] * _phi[(f * Lanes) + c]));
                for (var j = 0; j < Gradients.Length; j += Lanes) Gradients[j + c] += factor * _phiGradients[(f * Gradients.Length) + j + c];
            }
        }

        if (_links is not null) Link(_q);
        _points.AddGradient(_q, _sf2, Gradients);
    }

    // Predictions are the job's own: a parent's row counts as far as the two are correlated.
    private void Link(double[] k)
    {
        for (var i = 0; i < _n; i++)
        {
            if (_links![i] == 1) continue;
            for (var c = 0; c < Lanes; c++) k[(i * Lanes) + c] *= _links[i];
        }
    }

    private static void SumSquares(double[] v, int count, Span<double> sums)
    {
        var (s0, s1) = (Vector256<double>.Zero, Vector256<double>.Zero);
        ref var from = ref MemoryMarshal.GetArrayDataReference(v);
        for (nint i = 0; i < count; i += Lanes)
        {
            var x = Vector256.LoadUnsafe(ref Unsafe.Add(ref from, i));
            var y = Vector256.LoadUnsafe(ref Unsafe.Add(ref from, i), 4);
            s0 = Vector256.FusedMultiplyAdd(x, x, s0);
            s1 = Vector256.FusedMultiplyAdd(y, y, s1);
        }

        s0.CopyTo(sums);
        s1.CopyTo(sums[4..]);
    }

    // Eight draws side by side: z_s, A[s] = T^T z_s, y_p = (L z_s)_p.
    private void Draw(Rows rows, double[] z, double[] y, double[] normals, int first)
    {
        var (n, pending) = (Process.Rows.Count, _n - Process.Rows.Count);
        for (var i = 0; i < n; i++) _v.AsSpan(i * Lanes, Lanes).Fill(z[i]);
        for (var c = 0; c < Lanes; c++)
        {
            for (var p = 0; p < pending; p++) _v[((n + p) * Lanes) + c] = normals[((first + c) * pending) + p];
        }

        Triangle.UpperEight(_factor.T, _factor.Stride, _n, _v, _w);
        for (var i = n / Tile.Rows * Tile.Rows; i < _n && pending > Few; i += Tile.Rows)
        {
            var some = Math.Min(Tile.Rows, _n - i);
            Tile.Some(
                some, Math.Min(_n, i + Tile.Rows), ref _factor.L[i * _factor.Stride], _factor.Stride, 1, ref _v[0], Lanes,
                _q.AsSpan(i * Lanes, Tile.Rows * Lanes));
        }

        for (var c = 0; c < Lanes; c++)
        {
            var alpha = _alphas.AsSpan((first + c) * _alphaStride, _n);
            for (var i = 0; i < _n; i++) alpha[i] = _w[(i * Lanes) + c];
            for (var p = n; p < _n; p++)
            {
                z[p] = _v[(p * Lanes) + c];
                // Few are summed one by one, in the order that decided about all suggestions of former versions.
                y[p] = pending > Few ? _q[(p * Lanes) + c] : Vectors.Dot(_factor.L.AsSpan(p * _factor.Stride, p + 1), z.AsSpan(0, p + 1));
            }

            (Incumbents[first + c], BestSeen[first + c]) = Incumbent(rows, Process, alpha, y);
        }
    }

    private (double Fitted, double Seen) Incumbent(Rows rows, GaussianProcess process, ReadOnlySpan<double> alpha, double[] y)
    {
        // K alpha = y - noise alpha gives the fitted means without a product.
        var noise = process.Noise;
        var (best, seen) = (double.PositiveInfinity, double.PositiveInfinity);
        // A parent's best is no level that the job has reached; without results of its own it is the only one there is.
        var hasOwn = rows.Kinship.Parents == 0 || Enumerable.Range(0, _n).Any(i => rows.Kinship.Task(i) == 0);
        for (var i = 0; i < _n; i++)
        {
            if (hasOwn && rows.Kinship.Task(i) != 0) continue;
            best = Math.Min(best, y[i] - (noise * rows.Noise[i] * alpha[i]));
            seen = Math.Min(seen, y[i]);
        }

        return (best, seen);
    }
}
