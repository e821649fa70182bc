using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Rekindle.Optimization.Bayesian.Numerics;

/// <summary>
/// The factor of a covariance matrix and its inverse, by blocks, over row ranges.
/// <code>
/// C = L L^T      row-major with a stride, rows from..to computed in place, earlier rows as they are
/// T = L^-1       lower triangular                       U = T^T      rows of U are columns of T
/// W = C^-1 = U U^T, lower triangle
/// </code>
/// Left-looking in columns of 8: L[r, J] = (C[r, J] - sum_{k &lt; J} L[r, k] L[J, k]) L[J, J]^-T; T[i, J] = (1 - sum L[i, k] T[k, J]) / L[i, i].
/// Golub and Van Loan, "Matrix computations", sections 4.2 and 3.1. Every number depends on earlier rows only, in one order.
/// </summary>
internal static class Triangle
{
    private const int Block = Tile.Columns;

    /// <summary>Factors rows from..to in place; <paramref name="work"/> takes 8 numbers per row.</summary>
    /// <returns>False when a pivot is not positive.</returns>
    public static bool Factor(double[] l, int stride, int from, int to, double jitter, double[] work)
    {
        Span<double> sums = stackalloc double[Tile.Rows * Block];
        Span<double> corner = stackalloc double[Block * Block];
        for (var j = 0; j < to; j += Block)
        {
            Pack(l, stride, j, Math.Min(j + Block, to), work);
            var first = Math.Max(from, j);
            ref var packed = ref MemoryMarshal.GetArrayDataReference(work);
            for (var r = first; r < to;)
            {
                // Rows of the corner one by one: each needs the ones before it.
                var rows = r < j + Block ? 1 : Math.Min(Tile.Rows, to - r);
                Tile.Some(rows, j, ref l[r * stride], stride, 1, ref packed, Block, sums);
                if (r == j + Block || (r == first && r > j + Block)) InvertCorner(l, stride, j, corner);
                for (var i = 0; i < rows; i++, r++)
                {
                    var row = l.AsSpan((r * stride) + j, Block);
                    var sum = sums.Slice(i * Block, Block);
                    if (r >= j + Block) SolveBelow(row, sum, corner);
                    else if (!SolveCorner(l, stride, j, r, sum, jitter)) return false;
                }
            }
        }

        return true;
    }

    /// <summary>Rows from..to of T; earlier rows of T must be there.</summary>
    public static void Invert(double[] l, double[] t, int stride, int from, int to, double[] work)
    {
        for (var j = 0; j < to; j += Block)
        {
            for (var k = j; k < from; k++) t.AsSpan((k * stride) + j, Block).CopyTo(work.AsSpan(k * Block));
            InvertStrip(l, stride, j, Math.Max(from, j), to, work);
            for (var k = Math.Max(from, j); k < to; k++) work.AsSpan(k * Block, Block).CopyTo(t.AsSpan((k * stride) + j));
        }
    }

    /// <summary>The transposed inverse U and the lower triangle of W = C^-1 of n rows.</summary>
    public static void InvertAll(double[] l, double[] u, double[] w, int stride, int n, double[] work)
    {
        Span<double> sums = stackalloc double[Tile.Rows * Block];
        for (var j = (n - 1) / Block * Block; j >= 0; j -= Block)
        {
            InvertStrip(l, stride, j, j, n, work);
            for (var c = 0; c < Block && j + c < n; c++)
            {
                var row = u.AsSpan((j + c) * stride, n);
                for (var k = j; k < n; k++) row[k] = work[(k * Block) + c];
            }

            for (var a = j; a < n; a += Tile.Rows)
            {
                var rows = Math.Min(Tile.Rows, n - a);
                Tile.Some(rows, n - a, ref u[(a * stride) + a], stride, 1, ref work[a * Block], Block, sums);
                for (var i = 0; i < rows; i++) sums.Slice(i * Block, Block).CopyTo(w.AsSpan(((a + i) * stride) + j, Block));
            }
        }
    }

    /// <summary>x becomes T x.</summary>
    public static void Lower(double[] t, int stride, int n, ReadOnlySpan<double> x, Span<double> result)
    {
        for (var i = 0; i < n; i++)
            result[i] = Vectors.Dot(t.AsSpan(i * stride, i + 1), x);
    }

    /// <summary>The result becomes T^T x.</summary>
    public static void Upper(double[] t, int stride, int n, ReadOnlySpan<double> x, Span<double> result)
    {
        result[..n].Clear();
        for (var i = 0; i < n; i++) Vectors.AddScaled(t.AsSpan(i * stride, i + 1), x[i], result[..(i + 1)]);
    }

    /// <summary>
    /// T^T times eight columns at once: w += T^T v, both packed n x 8, w cleared first. Runs along the rows of T, four at a time.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void UpperEight(double[] t, int stride, int n, double[] v, double[] w)
    {
        Array.Clear(w, 0, n * Block);
        ref var to = ref MemoryMarshal.GetArrayDataReference(w);
        for (var k = 0; k < n; k += Tile.Rows)
        {
            // The last rows of v beyond n are 0, and T is 0 above its diagonal.
            ref var row = ref t[k * stride];
            ref var from = ref v[k * Block];
            var (v00, v01) = (Vector256.LoadUnsafe(ref from), Vector256.LoadUnsafe(ref from, 4));
            var (v10, v11) = (Vector256.LoadUnsafe(ref from, 8), Vector256.LoadUnsafe(ref from, 12));
            var (v20, v21) = (Vector256.LoadUnsafe(ref from, 16), Vector256.LoadUnsafe(ref from, 20));
            var (v30, v31) = (Vector256.LoadUnsafe(ref from, 24), Vector256.LoadUnsafe(ref from, 28));
            var end = Math.Min(n, k + Tile.Rows);
            for (nint j = 0; j < end; j++)
            {
                ref var at = ref Unsafe.Add(ref to, j * Block);
                var (w0, w1) = (Vector256.LoadUnsafe(ref at), Vector256.LoadUnsafe(ref at, 4));
                var x = Vector256.Create(Unsafe.Add(ref row, j));
                w0 = Vector256.FusedMultiplyAdd(x, v00, w0);
                w1 = Vector256.FusedMultiplyAdd(x, v01, w1);
                x = Vector256.Create(Unsafe.Add(ref row, j + stride));
                w0 = Vector256.FusedMultiplyAdd(x, v10, w0);
                w1 = Vector256.FusedMultiplyAdd(x, v11, w1);
                x = Vector256.Create(Unsafe.Add(ref row, j + (2 * stride)));
                w0 = Vector256.FusedMultiplyAdd(x, v20, w0);
                w1 = Vector256.FusedMultiplyAdd(x, v21, w1);
                x = Vector256.Create(Unsafe.Add(ref row, j + (3 * stride)));
                w0 = Vector256.FusedMultiplyAdd(x, v30, w0);
                w1 = Vector256.FusedMultiplyAdd(x, v31, w1);
                w0.StoreUnsafe(ref at);
                w1.StoreUnsafe(ref at, 4);
            }
        }
    }

    // Rows first..to of the 8 columns of T from j on, packed; the rows from j to first are there already.
    private static void InvertStrip(double[] l, int stride, int j, int first, int to, double[] work)
    {
        Span<double> sums = stackalloc double[Tile.Rows * Block];
        for (var r = first; r < to;)
        {
            var block = Math.Max(j, r / Tile.Rows * Tile.Rows);
            var rows = Math.Min(block + Tile.Rows, to) - r;
            Tile.Some(rows, block - j, ref l[(r * stride) + j], stride, 1, ref work[j * Block], Block, sums);
            for (var i = 0; i < rows; i++, r++)
            {
                var sum = sums.Slice(i * Block, Block);
                for (var q = block; q < r; q++) Vectors.AddScaled(work.AsSpan(q * Block, Block), l[(r * stride) + q], sum);
                var scale = 1 / l[(r * stride) + r];
                for (var c = 0; c < Block; c++) work[(r * Block) + c] = ((j + c == r ? 1 : 0) - sum[c]) * scale;
            }
        }
    }

    private static void Pack(double[] l, int stride, int j, int end, double[] work)
    {
        for (var r = j; r < j + Block; r++)
        {
            var c = r - j;
            // Columns beyond the last row are computed with the others and never used.
            if (r >= end)
            {
                for (var k = 0; k < j; k++) work[(k * Block) + c] = 0;
                continue;
            }

            var row = l.AsSpan(r * stride, j);
            for (var k = 0; k < row.Length; k++) work[(k * Block) + c] = row[k];
        }
    }

    private static bool SolveCorner(double[] l, int stride, int j, int r, ReadOnlySpan<double> sum, double jitter)
    {
        var row = l.AsSpan(r * stride, stride);
        for (var c = j; c < r; c++)
        {
            var value = row[c] - sum[c - j];
            for (var q = j; q < c; q++) value = Math.FusedMultiplyAdd(-row[q], l[(c * stride) + q], value);
            row[c] = value / l[(c * stride) + c];
        }

        var pivot = row[r] + jitter - sum[r - j];
        for (var q = j; q < r; q++) pivot = Math.FusedMultiplyAdd(-row[q], row[q], pivot);
        if (!(pivot > 0) || !double.IsFinite(pivot)) return false;
        row[r] = Math.Sqrt(pivot);
        row[(r + 1)..Math.Min(stride, j + Block)].Clear();
        return true;
    }

    // row becomes (row - sum) times the inverse of the corner, transposed.
    private static void SolveBelow(Span<double> row, ReadOnlySpan<double> sum, ReadOnlySpan<double> corner)
    {
        Span<double> result = stackalloc double[Block];
        result.Clear();
        for (var c = 0; c < Block; c++) Vectors.AddScaled(corner.Slice(c * Block, Block), row[c] - sum[c], result);
        result.CopyTo(row);
    }

    // The inverse of the 8 x 8 corner of L at j, transposed, row by row.
    private static void InvertCorner(double[] l, int stride, int j, Span<double> corner)
    {
        corner.Clear();
        for (var c = 0; c < Block; c++)
        {
            corner[(c * Block) + c] = 1 / l[((j + c) * stride) + j + c];
            for (var r = c + 1; r < Block; r++)
            {
                var sum = 0.0;
                for (var q = c; q < r; q++) sum = Math.FusedMultiplyAdd(l[((j + r) * stride) + j + q], corner[(c * Block) + q], sum);
                corner[(c * Block) + r] = -sum / l[((j + r) * stride) + j + r];
            }
        }
    }
}
