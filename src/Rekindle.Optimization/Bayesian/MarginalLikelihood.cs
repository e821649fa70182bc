using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Rekindle.Optimization.Bayesian.Numerics;

namespace Rekindle.Optimization.Bayesian;

/// <summary>
/// The negative log posterior of a Gaussian process' hyperparameters, with its gradient.
/// <code>
/// theta   ln l_1 … ln l_d, ln sf2, ln sn2, ln s2_1 … ln s2_M, psi_1 … psi_P
/// k       sf2 m(r) + 1 + sum_m s2_m phi_m(x) phi_m(x')        the 1 is the marginalised constant mean
///         between rows of different jobs the first two terms shrink, see <see cref="Kinship"/>
/// C       K + (sn2 + floor) diag(noise)                        alpha = C^-1 y,  W = C^-1 - alpha alpha^T
/// J       y.alpha / 2 + sum ln L_ii + sum ((theta_i - mu_i) / sigma_i)^2 / 2
/// dJ      tr(W dC/dtheta_i) / 2 + (theta_i - mu_i) / sigma_i^2
/// S       W_ab g_ab below the diagonal, z = x / l:  sum S_ab (z_a - z_b)^2 = sum_a z_a^2 (r_a + c_a) - 2 sum_a z_a (S z)_a
///         with r, c the sums of S by rows and columns: one matrix product for all length scales
/// </code>
/// Rasmussen and Williams, sections 5.4.1 and 2.7. Buffers are kept for the next evaluation: one thread at a time.
/// </summary>
internal sealed class MarginalLikelihood(FitBuffers buffers)
{
    private readonly Scaled _scaled = buffers.Scaled;
    private Rows _rows = null!;
    private double[] _y = [];
    private int _n;
    private int _d;
    private int _stride;

    public MarginalLikelihood(Rows rows, double[] y) : this(new FitBuffers()) => Use(rows, y);

    public (double Mean, double Deviation)[] Prior { get; private set; } = [];

    /// <summary>Takes the data that further evaluations are about.</summary>
    public void Use(Rows rows, double[] y)
    {
        (_rows, _y, _n, _d) = (rows, y, rows.Count, rows.Dimensions);
        _stride = buffers.Reserve(_n);
        Prior = HyperPrior.Of(rows);
    }

    /// <summary>J, and its gradient unless the span is empty; +inf when C cannot be factored.</summary>
    public double Evaluate(ReadOnlySpan<double> theta, Span<double> gradient)
    {
        var sf2 = Math.Exp(theta[_d]);
        var noise = Math.Exp(theta[_d + 1]) + HyperPrior.NoiseFloor;
        _scaled.Take(_rows, theta, _n);
        var l = buffers.L;
        var isMixed = _rows.Kinship.Parents > 0;
        if (isMixed) buffers.ReserveKinship();
        var w = Kinship.Correlations(theta[_rows.KinshipAt..]);
        for (var a = 0; a < _n; a++)
        {
            var m = buffers.M.AsSpan(a * _stride, _stride);
            var g = gradient.IsEmpty ? [] : buffers.G.AsSpan(a * _stride, _stride);
            _scaled.RowOfKernel(a, m, g);
            if (!isMixed) continue;
            var b = buffers.B.AsSpan(a * _stride, a + 1);
            _rows.Kinship.Row(w, a, b);
            if (!g.IsEmpty) TensorPrimitives.Multiply(g[..(a + 1)], b, g);
        }

        var factored = false;
        for (var jitter = 0.0; !factored && jitter <= HyperPrior.LastJitter * 1.01; jitter = HyperPrior.NextJitter(jitter))
        {
            for (var a = 0; a < _n; a++)
            {
                HyperPrior.Covariance(
                    _rows, theta, sf2, noise, a, buffers.M.AsSpan(a * _stride, a + 1), isMixed ? buffers.B.AsSpan(a * _stride, a + 1) : [],
                    l.AsSpan(a * _stride, a + 1));
            }

            factored = Triangle.Factor(l, _stride, 0, _n, jitter, buffers.Work);
        }

        if (!factored) return double.PositiveInfinity;
        var value = Forward(l);
        for (var i = 0; i < theta.Length; i++) value += 0.5 * Square((theta[i] - Prior[i].Mean) / Prior[i].Deviation);
        if (!double.IsFinite(value)) return double.PositiveInfinity;
        if (!gradient.IsEmpty) Differentiate(theta, sf2, gradient);
        return value;
    }

    // z = L^-1 y; the value without the prior.
    private double Forward(double[] l)
    {
        var z = buffers.Z.AsSpan(0, _n);
        var value = 0.0;
        for (var i = 0; i < _n; i++)
        {
            z[i] = (_y[i] - Vectors.Dot(l.AsSpan(i * _stride, i), z[..i])) / l[(i * _stride) + i];
            value += (0.5 * z[i] * z[i]) + Math.Log(l[(i * _stride) + i]);
        }

        return value;
    }

    private void Differentiate(ReadOnlySpan<double> theta, double sf2, Span<double> gradient)
    {
        Triangle.InvertAll(buffers.L, buffers.U, buffers.W, _stride, _n, buffers.Work);
        var alpha = buffers.Alpha.AsSpan(0, _n);
        for (var a = 0; a < _n; a++)
            alpha[a] = Vectors.Dot(buffers.U.AsSpan((a * _stride) + a, _n - a), buffers.Z.AsSpan(a, _n - a));

        gradient.Clear();
        var correlations = Kinship.Correlations(theta[_rows.KinshipAt..]);
        var columnSums = buffers.ColumnSums.AsSpan(0, Tile.Padded(_n));
        columnSums.Clear();
        var rowSums = buffers.RowSums.AsSpan(0, _n);
        for (var a = 0; a < _n; a++)
        {
            // A row of W below the diagonal counts twice in the trace, which cancels the 1/2.
            var w = buffers.W.AsSpan(a * _stride, a);
            Vectors.AddScaled(alpha[..a], -alpha[a], w);
            var diagonal = buffers.W[(a * _stride) + a] - Square(alpha[a]);
            var m = buffers.M.AsSpan(a * _stride, a);
            gradient[_d] += sf2 * 0.5 * diagonal;
            if (_rows.Kinship.Parents == 0)
            {
                gradient[_d] += sf2 * Vectors.Dot(w, m);
            }
            else
            {
                var c = buffers.Work.AsSpan(0, a);
                TensorPrimitives.Multiply(m, sf2, c);
                TensorPrimitives.Add(c, 1, c);
                _rows.Kinship.Differentiate(correlations, a, w, c, gradient[_rows.KinshipAt..]);
                TensorPrimitives.Multiply(w, buffers.B.AsSpan(a * _stride, a), c);
                gradient[_d] += sf2 * Vectors.Dot(c, m);
            }

            gradient[_d + 1] += 0.5 * diagonal * Math.Exp(theta[_d + 1]) * _rows.Noise[a];
            for (var f = 0; f < _rows.Features.Length; f++)
            {
                var phi = _rows.Features[f];
                gradient[_d + 2 + f] += Math.Exp(theta[_d + 2 + f]) * phi[a]
                    * (Vectors.Dot(w, phi.AsSpan(0, a)) + (0.5 * diagonal * phi[a]));
            }

            var s = buffers.G.AsSpan(a * _stride, Tile.Padded(a + 1));
            TensorPrimitives.Multiply(w, s[..a], s[..a]);
            s[a..].Clear();
            rowSums[a] = Vectors.Sum(s[..a]);
            TensorPrimitives.Add<double>(columnSums[..a], s[..a], columnSums[..a]);
        }

        DifferentiateNumeric(sf2, gradient, rowSums, columnSums);
        for (var o = _rows.Numeric; o < _d; o++)
            gradient[_rows.Order[o]] += sf2 * _scaled.Weights[_rows.Order[o]] * Mismatches(o);
        for (var i = 0; i < theta.Length; i++) gradient[i] += (theta[i] - Prior[i].Mean) / Square(Prior[i].Deviation);
    }

    private void DifferentiateNumeric(double sf2, Span<double> gradient, ReadOnlySpan<double> rowSums, ReadOnlySpan<double> columnSums)
    {
        Span<double> sums = stackalloc double[Tile.Rows * Tile.Columns];
        for (var o = 0; o < _rows.Numeric; o += Tile.Columns)
        {
            var columns = Math.Min(Tile.Columns, _rows.Numeric - o);
            var z = buffers.Work;
            for (var a = 0; a < _n; a++)
            {
                for (var c = 0; c < Tile.Columns; c++) z[(a * Tile.Columns) + c] = c < columns ? _scaled.Points[(a * _d) + o + c] : 0;
            }

            for (var a = 0; a < _n; a += Tile.Rows)
            {
                var rows = Math.Min(Tile.Rows, _n - a);
                Tile.Some(rows, Math.Min(_n, a + Tile.Rows), ref buffers.G[a * _stride], _stride, 1, ref z[0], Tile.Columns, sums);
                for (var i = 0; i < rows; i++)
                {
                    for (var c = 0; c < columns; c++)
                    {
                        var za = z[((a + i) * Tile.Columns) + c];
                        gradient[_rows.Order[o + c]] += sf2 * za
                            * ((za * (rowSums[a + i] + columnSums[a + i])) - (2 * sums[(i * Tile.Columns) + c]));
                    }
                }
            }
        }
    }

    // The sum of S over the pairs of rows whose categories differ.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private double Mismatches(int o)
    {
        var total = Vector256<double>.Zero;
        ref var column = ref _scaled.Columns[o * _scaled.Stride];
        ref var s = ref MemoryMarshal.GetArrayDataReference(buffers.G);
        for (var a = 1; a < _n; a++)
        {
            var x = Vector256.Create(Unsafe.Add(ref column, a));
            for (var b = 0; b < a; b += 4)
            {
                var same = Vector256.Equals(Vector256.LoadUnsafe(ref Unsafe.Add(ref column, b)), x);
                total += Vector256.AndNot(Vector256.LoadUnsafe(ref Unsafe.Add(ref s, (a * _stride) + b)), same);
            }
        }

        return Vectors.Total(total);
    }

    private static double Square(double x) => x * x;
}

/// <summary>
/// The arrays of a fit, kept between fits.
/// <code>
/// M, G, L, U, W, B   n x stride        Work   8 numbers per row
/// </code>
/// </summary>
internal sealed class FitBuffers
{
    private int _stride;

    public Scaled Scaled { get; } = new();

    public double[] M { get; private set; } = [];

    public double[] G { get; private set; } = [];

    public double[] L { get; private set; } = [];

    public double[] U { get; private set; } = [];

    public double[] W { get; private set; } = [];

    /// <summary>The factors of the kinship, where there is one.</summary>
    public double[] B { get; private set; } = [];

    public double[] Work { get; private set; } = [];

    public double[] Z { get; private set; } = [];

    public double[] Alpha { get; private set; } = [];

    public double[] RowSums { get; private set; } = [];

    public double[] ColumnSums { get; private set; } = [];

    /// <summary>Makes room for B beside the others.</summary>
    public void ReserveKinship()
    {
        if (B.Length < M.Length) B = new double[M.Length];
    }

    /// <summary>Makes room for n rows and returns the stride.</summary>
    public int Reserve(int n)
    {
        if (Tile.Stride(n) <= _stride) return _stride;
        _stride = Tile.Stride(n + (n / 4));
        // Rows are computed in tiles: the last one may reach beyond the last row.
        var size = (_stride + Tile.Rows) * _stride;
        (M, G, L, U, W) = (new double[size], new double[size], new double[size], new double[size], new double[size]);
        Work = new double[(_stride + Tile.Rows) * Tile.Columns];
        (Z, Alpha, RowSums, ColumnSums) = (new double[_stride], new double[_stride], new double[_stride], new double[_stride]);
        return _stride;
    }
}
