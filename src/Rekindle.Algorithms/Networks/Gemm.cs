using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Rekindle.Algorithms.Networks;

/// <summary>Single-precision matrix products over row-major arrays, blocked for registers and SIMD.</summary>
/// <remarks>
/// Matrices are slices of arrays: an offset, and a leading dimension (distance of two rows). For a fixed thread count the order of
/// the additions is fixed, so results repeat to the bit on one machine. An instance belongs to one caller at a time.
/// </remarks>
internal sealed class Gemm
{
    private const int RowBlock = 4;
    private const int VectorBlock = 3;
    private static readonly int PanelWidth = VectorBlock * Vector<float>.Count;

    private readonly int _threads;
    private readonly float[][] _panels;

    public Gemm(int threads = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        _threads = threads;
        _panels = new float[threads][];
        Array.Fill(_panels, []);
    }

    /// <summary>C[m×n] = A[m×k]·B[k×n], or C += A·B.</summary>
    /// <remarks>Element (i,p) of A lies at i·rowStride + p·columnStride, so that Aᵀ needs no copy.</remarks>
    public void Multiply(
        float[] a, int rowStride, int columnStride,
        float[] b, int bOffset, int bLead,
        float[] c, int cOffset, int cLead,
        int m, int n, int k, bool accumulate)
    {
        var panels = (n + PanelWidth - 1) / PanelWidth;
        var workers = Math.Min(_threads, panels);
        if (workers <= 1)
        {
            Run(0, 0, panels);
            return;
        }

        Parallel.For(0, workers, worker => Run(worker, panels * worker / workers, panels * (worker + 1) / workers));

        void Run(int worker, int from, int to)
        {
            var size = (k * PanelWidth) + PanelWidth;
            if (_panels[worker].Length < size) _panels[worker] = new float[size];
            var panel = _panels[worker];
            for (var p = from; p < to; p++)
            {
                var column = p * PanelWidth;
                var width = Math.Min(PanelWidth, n - column);
                Pack(b.AsSpan(bOffset + column), bLead, panel, k, width);
                MultiplyPanel(a, rowStride, columnStride, panel, c.AsSpan(cOffset + column), cLead, m, width, k, accumulate);
            }
        }
    }

    /// <summary>C[m×n] += A[m×k]·B[n×k]ᵀ: dot products of rows, for weight gradients (k is the long dimension).</summary>
    public void AddMultiplyTransposed(
        float[] a, int aOffset, int aLead,
        float[] b, int bOffset, int bLead,
        float[] c, int cLead,
        int m, int n, int k)
    {
        var blocks = (m + RowBlock - 1) / RowBlock;
        var workers = Math.Min(_threads, blocks);
        if (workers <= 1)
        {
            AddDots(a.AsSpan(aOffset), aLead, b.AsSpan(bOffset), bLead, c, cLead, m, n, k);
            return;
        }

        Parallel.For(0, workers, worker =>
        {
            var from = blocks * worker / workers * RowBlock;
            var to = Math.Min(m, blocks * (worker + 1) / workers * RowBlock);
            AddDots(a.AsSpan(aOffset + (from * aLead)), aLead, b.AsSpan(bOffset), bLead, c.AsSpan(from * cLead), cLead, to - from, n, k);
        });
    }

    // A panel is k rows of PanelWidth columns without gaps: rows of activations lie powers of two apart and would fight for the
    // same few cache sets.
    private static void Pack(ReadOnlySpan<float> b, int lead, Span<float> panel, int k, int width)
    {
        for (var p = 0; p < k; p++)
        {
            var row = panel.Slice(p * PanelWidth, PanelWidth);
            b.Slice(p * lead, width).CopyTo(row);
            if (width < PanelWidth) row[width..].Clear();
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MultiplyPanel(
        ReadOnlySpan<float> a, int rowStride, int columnStride, ReadOnlySpan<float> panel,
        Span<float> c, int cLead, int m, int width, int k, bool accumulate)
    {
        var lanes = Vector<float>.Count;
        ref var b0 = ref MemoryMarshal.GetReference(panel);
        var i = 0;
        for (; i + RowBlock <= m; i += RowBlock)
        {
            Vector<float> c00 = default, c01 = default, c02 = default, c10 = default, c11 = default, c12 = default;
            Vector<float> c20 = default, c21 = default, c22 = default, c30 = default, c31 = default, c32 = default;
            ref var a0 = ref Unsafe.Add(ref MemoryMarshal.GetReference(a), i * rowStride);
            ref var b = ref b0;
            for (var p = 0; p < k; p++)
            {
                var v0 = Vector.LoadUnsafe(ref b);
                var v1 = Vector.LoadUnsafe(ref b, (nuint)lanes);
                var v2 = Vector.LoadUnsafe(ref b, (nuint)(2 * lanes));
                var s = new Vector<float>(a0);
                c00 = Vector.FusedMultiplyAdd(s, v0, c00);
                c01 = Vector.FusedMultiplyAdd(s, v1, c01);
                c02 = Vector.FusedMultiplyAdd(s, v2, c02);
                s = new Vector<float>(Unsafe.Add(ref a0, rowStride));
                c10 = Vector.FusedMultiplyAdd(s, v0, c10);
                c11 = Vector.FusedMultiplyAdd(s, v1, c11);
                c12 = Vector.FusedMultiplyAdd(s, v2, c12);
                s = new Vector<float>(Unsafe.Add(ref a0, 2 * rowStride));
                c20 = Vector.FusedMultiplyAdd(s, v0, c20);
                c21 = Vector.FusedMultiplyAdd(s, v1, c21);
                c22 = Vector.FusedMultiplyAdd(s, v2, c22);
                s = new Vector<float>(Unsafe.Add(ref a0, 3 * rowStride));
                c30 = Vector.FusedMultiplyAdd(s, v0, c30);
                c31 = Vector.FusedMultiplyAdd(s, v1, c31);
                c32 = Vector.FusedMultiplyAdd(s, v2, c32);
                a0 = ref Unsafe.Add(ref a0, columnStride);
                b = ref Unsafe.Add(ref b, 3 * lanes);
            }

            Store(c.Slice(i * cLead, width), c00, c01, c02, accumulate);
            Store(c.Slice((i + 1) * cLead, width), c10, c11, c12, accumulate);
            Store(c.Slice((i + 2) * cLead, width), c20, c21, c22, accumulate);
            Store(c.Slice((i + 3) * cLead, width), c30, c31, c32, accumulate);
        }

        for (; i < m; i++)
        {
            Vector<float> c0 = default, c1 = default, c2 = default;
            ref var b = ref b0;
            for (var p = 0; p < k; p++)
            {
                var s = new Vector<float>(a[(i * rowStride) + (p * columnStride)]);
                c0 = Vector.FusedMultiplyAdd(s, Vector.LoadUnsafe(ref b), c0);
                c1 = Vector.FusedMultiplyAdd(s, Vector.LoadUnsafe(ref b, (nuint)lanes), c1);
                c2 = Vector.FusedMultiplyAdd(s, Vector.LoadUnsafe(ref b, (nuint)(2 * lanes)), c2);
                b = ref Unsafe.Add(ref b, 3 * lanes);
            }

            Store(c.Slice(i * cLead, width), c0, c1, c2, accumulate);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Span<float> row, Vector<float> c0, Vector<float> c1, Vector<float> c2, bool accumulate)
    {
        var lanes = Vector<float>.Count;
        if (row.Length == 3 * lanes)
        {
            if (accumulate)
            {
                c0 += new Vector<float>(row);
                c1 += new Vector<float>(row[lanes..]);
                c2 += new Vector<float>(row[(2 * lanes)..]);
            }

            c0.CopyTo(row);
            c1.CopyTo(row[lanes..]);
            c2.CopyTo(row[(2 * lanes)..]);
            return;
        }

        for (var j = 0; j < row.Length; j++)
        {
            var value = j < lanes ? c0[j] : j < 2 * lanes ? c1[j - lanes] : c2[j - (2 * lanes)];
            row[j] = accumulate ? row[j] + value : value;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddDots(
        ReadOnlySpan<float> a, int aLead, ReadOnlySpan<float> b, int bLead, Span<float> c, int cLead, int m, int n, int k)
    {
        var lanes = Vector<float>.Count;
        var whole = k - (k % lanes);
        var j = 0;
        for (; j + 3 <= n; j += 3)
        {
            var i = 0;
            for (; i + RowBlock <= m; i += RowBlock)
            {
                Vector<float> c00 = default, c01 = default, c02 = default, c10 = default, c11 = default, c12 = default;
                Vector<float> c20 = default, c21 = default, c22 = default, c30 = default, c31 = default, c32 = default;
                ref var a0 = ref Unsafe.Add(ref MemoryMarshal.GetReference(a), i * aLead);
                ref var b0 = ref Unsafe.Add(ref MemoryMarshal.GetReference(b), j * bLead);
                for (var p = 0; p < whole; p += lanes)
                {
                    var v0 = Vector.LoadUnsafe(ref b0, (nuint)p);
                    var v1 = Vector.LoadUnsafe(ref b0, (nuint)(bLead + p));
                    var v2 = Vector.LoadUnsafe(ref b0, (nuint)((2 * bLead) + p));
                    var s = Vector.LoadUnsafe(ref a0, (nuint)p);
                    c00 = Vector.FusedMultiplyAdd(s, v0, c00);
                    c01 = Vector.FusedMultiplyAdd(s, v1, c01);
                    c02 = Vector.FusedMultiplyAdd(s, v2, c02);
                    s = Vector.LoadUnsafe(ref a0, (nuint)(aLead + p));
                    c10 = Vector.FusedMultiplyAdd(s, v0, c10);
                    c11 = Vector.FusedMultiplyAdd(s, v1, c11);
                    c12 = Vector.FusedMultiplyAdd(s, v2, c12);
                    s = Vector.LoadUnsafe(ref a0, (nuint)((2 * aLead) + p));
                    c20 = Vector.FusedMultiplyAdd(s, v0, c20);
                    c21 = Vector.FusedMultiplyAdd(s, v1, c21);
                    c22 = Vector.FusedMultiplyAdd(s, v2, c22);
                    s = Vector.LoadUnsafe(ref a0, (nuint)((3 * aLead) + p));
                    c30 = Vector.FusedMultiplyAdd(s, v0, c30);
                    c31 = Vector.FusedMultiplyAdd(s, v1, c31);
                    c32 = Vector.FusedMultiplyAdd(s, v2, c32);
                }

                Finish(a, aLead, b, bLead, c, cLead, i, j, whole, k, c00, c01, c02);
                Finish(a, aLead, b, bLead, c, cLead, i + 1, j, whole, k, c10, c11, c12);
                Finish(a, aLead, b, bLead, c, cLead, i + 2, j, whole, k, c20, c21, c22);
                Finish(a, aLead, b, bLead, c, cLead, i + 3, j, whole, k, c30, c31, c32);
            }

            for (; i < m; i++)
            {
                for (var d = 0; d < 3; d++) AddDot(a, aLead, b, bLead, c, cLead, i, j + d, k);
            }
        }

        for (; j < n; j++)
        {
            for (var i = 0; i < m; i++) AddDot(a, aLead, b, bLead, c, cLead, i, j, k);
        }
    }

    private static void Finish(
        ReadOnlySpan<float> a, int aLead, ReadOnlySpan<float> b, int bLead, Span<float> c, int cLead,
        int i, int j, int whole, int k, Vector<float> s0, Vector<float> s1, Vector<float> s2)
    {
        float r0 = Vector.Sum(s0), r1 = Vector.Sum(s1), r2 = Vector.Sum(s2);
        for (var p = whole; p < k; p++)
        {
            var x = a[(i * aLead) + p];
            r0 += x * b[(j * bLead) + p];
            r1 += x * b[((j + 1) * bLead) + p];
            r2 += x * b[((j + 2) * bLead) + p];
        }

        var row = c.Slice((i * cLead) + j, 3);
        row[0] += r0;
        row[1] += r1;
        row[2] += r2;
    }

    private static void AddDot(
        ReadOnlySpan<float> a, int aLead, ReadOnlySpan<float> b, int bLead, Span<float> c, int cLead, int i, int j, int k) =>
        c[(i * cLead) + j] +=
            System.Numerics.Tensors.TensorPrimitives.Dot(a.Slice(i * aLead, k), b.Slice(j * bLead, k));
}
