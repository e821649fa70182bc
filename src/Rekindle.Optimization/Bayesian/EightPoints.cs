using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Rekindle.Optimization.Bayesian.Numerics;

namespace Rekindle.Optimization.Bayesian;

/// <summary>
/// Up to eight points side by side against a model's rows; the point is the fast index everywhere.
/// <code>
/// Z   d x 8   the points, scaled           K, G   n x 8   correlations m and their slopes g, see <see cref="Matern"/>
/// d/dx_j sum_i q_i sf2 m_i = -sf2 / l_j (z_j sum_i q_i g_i - sum_i q_i g_i z_ij)
/// </code>
/// </summary>
internal sealed class EightPoints(Scaled rows)
{
    public const int Lanes = Tile.Columns;

    private readonly double[] _z = new double[rows.Dimensions * Lanes];

    public double[] K { get; } = new double[(rows.Count + Tile.Rows) * Lanes];

    public double[] G { get; } = new double[(rows.Count + Tile.Rows) * Lanes];

    /// <summary>Takes points; the last one fills the places that are left.</summary>
    public void Load(ReadOnlySpan<double[]> points, bool withSlopes)
    {
        for (var c = 0; c < Lanes; c++) rows.Scale(points[Math.Min(c, points.Length - 1)], _z.AsSpan(c), Lanes);
        rows.EightAgainstRows(_z, K, withSlopes ? G : []);
    }

    /// <summary>sum_i a_i K_i for each point.</summary>
    public void Sum(ReadOnlySpan<double> a, Span<double> sums) =>
        Tile.One(rows.Count, ref MemoryMarshal.GetReference(a), 1, ref K[0], Lanes, sums);

    /// <summary>
    /// Adds the gradient of sum_i q_i sf2 m_i by the coordinates, d x 8; <paramref name="q"/> holds n x 8 numbers and is overwritten.
    /// </summary>
    public void AddGradient(double[] q, double sf2, Span<double> gradient)
    {
        var n = rows.Count;
        Span<double> total = stackalloc double[Lanes];
        Multiply(q, G, n * Lanes, total);
        Span<double> sums = stackalloc double[Tile.Rows * Lanes];
        for (var o = 0; o < rows.Numeric; o += Tile.Rows)
        {
            var some = Math.Min(Tile.Rows, rows.Numeric - o);
            Tile.Some(some, n, ref rows.Points[o], 1, rows.Dimensions, ref q[0], Lanes, sums);
            for (var i = 0; i < some; i++)
            {
                var j = rows.Order[o + i];
                for (var c = 0; c < Lanes; c++)
                {
                    gradient[(j * Lanes) + c] -= sf2 * rows.Scale(j)
                        * ((_z[((o + i) * Lanes) + c] * total[c]) - sums[(i * Lanes) + c]);
                }
            }
        }
    }

    // q becomes q g; the sums over the rows on the way.
    private static void Multiply(double[] q, double[] g, int count, Span<double> total)
    {
        var (t0, t1) = (Vector256<double>.Zero, Vector256<double>.Zero);
        ref var to = ref MemoryMarshal.GetArrayDataReference(q);
        ref var from = ref MemoryMarshal.GetArrayDataReference(g);
        for (nint i = 0; i < count; i += Lanes)
        {
            var x = Vector256.LoadUnsafe(ref Unsafe.Add(ref to, i)) * Vector256.LoadUnsafe(ref Unsafe.Add(ref from, i));
            var y = Vector256.LoadUnsafe(ref Unsafe.Add(ref to, i), 4) * Vector256.LoadUnsafe(ref Unsafe.Add(ref from, i), 4);
            x.StoreUnsafe(ref Unsafe.Add(ref to, i));
            y.StoreUnsafe(ref Unsafe.Add(ref to, i), 4);
            t0 += x;
            t1 += y;
        }

        t0.CopyTo(total);
        t1.CopyTo(total[4..]);
    }
}
