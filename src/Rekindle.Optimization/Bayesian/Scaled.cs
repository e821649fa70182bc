using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Rekindle.Optimization.Bayesian.Numerics;

namespace Rekindle.Optimization.Bayesian;

/// <summary>
/// Rows with their numeric coordinates divided by the length scales, ready for distances.
/// <code>
/// dn, dc          numeric and categorical coordinates, in their order        Weights[j] = 1 / l_j^2
/// Columns         (dn + dc) x Stride, one coordinate after the other: a row of the covariance matrix runs along them
/// Points          n x d, one row after the other: eight candidates run against a row
/// </code>
/// </summary>
internal sealed class Scaled
{
    private double[] _columns = [];
    private double[] _points = [];
    private double[] _scales = [];

    /// <summary>Positions of the numeric coordinates, then of the categorical ones.</summary>
    public int[] Order { get; private set; } = [];

    public int Numeric { get; private set; }

    public int Dimensions => Order.Length;

    public int Count { get; private set; }

    public int Stride { get; private set; }

    /// <summary>1 / l_j^2 in the order of the coordinates.</summary>
    public double[] Weights { get; private set; } = [];

    public double[] Points => _points;

    public double[] Columns => _columns;

    /// <summary>Takes the first <paramref name="count"/> rows under these hyperparameters, all of them or those from a number on.</summary>
    public void Take(Rows rows, ReadOnlySpan<double> theta, int count, int from = 0)
    {
        var d = rows.Dimensions;
        if (from == 0 || Order.Length != d)
        {
            from = 0;
            Order = rows.Order;
            Numeric = rows.Numeric;
            Weights = new double[d];
            _scales = new double[d];
            for (var j = 0; j < d; j++)
            {
                Weights[j] = Math.Exp(-2 * theta[j]);
                _scales[j] = Math.Exp(-theta[j]);
            }
        }

        if (Tile.Padded(count) > Stride || _points.Length < count * d || _columns.Length < Stride * d)
        {
            Stride = Tile.Stride(count + (count / 2));
            (_columns, _points) = (new double[Stride * d], new double[Stride * d]);
            from = 0;
        }

        Count = count;
        for (var o = 0; o < d; o++)
        {
            var j = Order[o];
            var scale = o < Numeric ? _scales[j] : 1;
            for (var i = from; i < count; i++)
            {
                var x = rows.Points[i][j] * scale;
                _columns[(o * Stride) + i] = x;
                _points[(i * d) + o] = x;
            }
        }
    }

    /// <summary>One point in the same form: numeric coordinates first and divided, categories as they are.</summary>
    public void Scale(ReadOnlySpan<double> x, Span<double> z, int stride)
    {
        for (var o = 0; o < Order.Length; o++) z[o * stride] = x[Order[o]] * (o < Numeric ? _scales[Order[o]] : 1);
    }

    public double Scale(int j) => _scales[j];

    /// <summary>m and g of row a against rows 0..a, written up to a multiple of eight.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void RowOfKernel(int a, Span<double> m, Span<double> g)
    {
        var d = Order.Length;
        ref var columns = ref MemoryMarshal.GetArrayDataReference(_columns);
        ref var z = ref _points[a * d];
        for (var b = 0; b <= a; b += Tile.Columns)
        {
            var (r0, r1) = (Vector256<double>.Zero, Vector256<double>.Zero);
            nint at = b;
            for (var o = 0; o < Numeric; o++, at += Stride)
            {
                var x = Vector256.Create(Unsafe.Add(ref z, o));
                r0 = Matern.AddSquare(x, Vector256.LoadUnsafe(ref Unsafe.Add(ref columns, at)), r0);
                r1 = Matern.AddSquare(x, Vector256.LoadUnsafe(ref Unsafe.Add(ref columns, at), 4), r1);
            }

            for (var o = Numeric; o < d; o++, at += Stride)
            {
                var x = Vector256.Create(Unsafe.Add(ref z, o));
                var weight = Vector256.Create(Weights[Order[o]]);
                r0 = Matern.AddMismatch(x, Vector256.LoadUnsafe(ref Unsafe.Add(ref columns, at)), weight, r0);
                r1 = Matern.AddMismatch(x, Vector256.LoadUnsafe(ref Unsafe.Add(ref columns, at), 4), weight, r1);
            }

            Matern.Correlate(r0, out var m0, out var g0);
            Matern.Correlate(r1, out var m1, out var g1);
            m0.CopyTo(m[b..]);
            m1.CopyTo(m[(b + 4)..]);
            if (g.IsEmpty) continue;
            g0.CopyTo(g[b..]);
            g1.CopyTo(g[(b + 4)..]);
        }
    }

    /// <summary>
    /// Eight points against all rows: m and g as n rows of eight. <paramref name="z"/> holds the points by coordinate, eight apart.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void EightAgainstRows(ReadOnlySpan<double> z, Span<double> m, Span<double> g)
    {
        var d = Order.Length;
        ref var candidates = ref MemoryMarshal.GetReference(z);
        ref var point = ref MemoryMarshal.GetArrayDataReference(_points);
        for (var i = 0; i < Count; i++)
        {
            var (r0, r1) = (Vector256<double>.Zero, Vector256<double>.Zero);
            nint at = 0;
            for (var o = 0; o < Numeric; o++, at += Tile.Columns)
            {
                var x = Vector256.Create(Unsafe.Add(ref point, (i * d) + o));
                r0 = Matern.AddSquare(x, Vector256.LoadUnsafe(ref Unsafe.Add(ref candidates, at)), r0);
                r1 = Matern.AddSquare(x, Vector256.LoadUnsafe(ref Unsafe.Add(ref candidates, at), 4), r1);
            }

            for (var o = Numeric; o < d; o++, at += Tile.Columns)
            {
                var x = Vector256.Create(Unsafe.Add(ref point, (i * d) + o));
                var weight = Vector256.Create(Weights[Order[o]]);
                r0 = Matern.AddMismatch(x, Vector256.LoadUnsafe(ref Unsafe.Add(ref candidates, at)), weight, r0);
                r1 = Matern.AddMismatch(x, Vector256.LoadUnsafe(ref Unsafe.Add(ref candidates, at), 4), weight, r1);
            }

            Matern.Correlate(r0, out var m0, out var g0);
            Matern.Correlate(r1, out var m1, out var g1);
            m0.CopyTo(m[(i * Tile.Columns)..]);
            m1.CopyTo(m[((i * Tile.Columns) + 4)..]);
            if (g.IsEmpty) continue;
            g0.CopyTo(g[(i * Tile.Columns)..]);
            g1.CopyTo(g[((i * Tile.Columns) + 4)..]);
        }
    }
}
