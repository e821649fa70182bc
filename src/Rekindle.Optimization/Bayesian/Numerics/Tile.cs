using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Rekindle.Optimization.Bayesian.Numerics;

/// <summary>
/// The inner loop of every matrix product here.
/// <code>
/// c[i][j] = sum over k of a[i, k] b[k, j]      i &lt; 4 (or 1), j &lt; 8, k ascending, one fused multiply-add per term
/// a           any strides, so that a transposed factor needs no copy
/// b           rows of 8 neighbouring numbers
/// </code>
/// A sum has the same rounding whatever the number of rows computed beside it and whatever the width of the machine's vectors: a
/// matrix that grew row by row equals one computed at once, bit for bit. Register blocking after Goto and van de Geijn, "Anatomy of
/// high-performance matrix multiplication", ACM TOMS 34 (2008).
/// </summary>
internal static class Tile
{
    public const int Rows = 4;
    public const int Columns = 8;

    private const int Half = 4;

    /// <summary>Four rows of sums into <paramref name="c"/>, row by row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Four(int count, ref double a, nint aRow, nint aStep, ref double b, nint bStep, Span<double> c)
    {
        ref var a1 = ref Unsafe.Add(ref a, aRow);
        ref var a2 = ref Unsafe.Add(ref a1, aRow);
        ref var a3 = ref Unsafe.Add(ref a2, aRow);
        var (c00, c01, c10, c11) = (Vector256<double>.Zero, Vector256<double>.Zero, Vector256<double>.Zero, Vector256<double>.Zero);
        var (c20, c21, c30, c31) = (Vector256<double>.Zero, Vector256<double>.Zero, Vector256<double>.Zero, Vector256<double>.Zero);
        nint at = 0;
        nint from = 0;
        for (var k = 0; k < count; k++)
        {
            var b0 = Vector256.LoadUnsafe(ref Unsafe.Add(ref b, from));
            var b1 = Vector256.LoadUnsafe(ref Unsafe.Add(ref b, from), Half);
            var x = Vector256.Create(Unsafe.Add(ref a, at));
            c00 = Vector256.FusedMultiplyAdd(x, b0, c00);
            c01 = Vector256.FusedMultiplyAdd(x, b1, c01);
            x = Vector256.Create(Unsafe.Add(ref a1, at));
            c10 = Vector256.FusedMultiplyAdd(x, b0, c10);
            c11 = Vector256.FusedMultiplyAdd(x, b1, c11);
            x = Vector256.Create(Unsafe.Add(ref a2, at));
            c20 = Vector256.FusedMultiplyAdd(x, b0, c20);
            c21 = Vector256.FusedMultiplyAdd(x, b1, c21);
            x = Vector256.Create(Unsafe.Add(ref a3, at));
            c30 = Vector256.FusedMultiplyAdd(x, b0, c30);
            c31 = Vector256.FusedMultiplyAdd(x, b1, c31);
            at += aStep;
            from += bStep;
        }

        ref var to = ref MemoryMarshal.GetReference(c[..(Rows * Columns)]);
        c00.StoreUnsafe(ref to);
        c01.StoreUnsafe(ref to, 4);
        c10.StoreUnsafe(ref to, 8);
        c11.StoreUnsafe(ref to, 12);
        c20.StoreUnsafe(ref to, 16);
        c21.StoreUnsafe(ref to, 20);
        c30.StoreUnsafe(ref to, 24);
        c31.StoreUnsafe(ref to, 28);
    }

    /// <summary>One row of sums.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void One(int count, ref double a, nint aStep, ref double b, nint bStep, Span<double> c)
    {
        var (c0, c1) = (Vector256<double>.Zero, Vector256<double>.Zero);
        nint at = 0;
        nint from = 0;
        for (var k = 0; k < count; k++)
        {
            var x = Vector256.Create(Unsafe.Add(ref a, at));
            c0 = Vector256.FusedMultiplyAdd(x, Vector256.LoadUnsafe(ref Unsafe.Add(ref b, from)), c0);
            c1 = Vector256.FusedMultiplyAdd(x, Vector256.LoadUnsafe(ref Unsafe.Add(ref b, from), Half), c1);
            at += aStep;
            from += bStep;
        }

        ref var to = ref MemoryMarshal.GetReference(c[..Columns]);
        c0.StoreUnsafe(ref to);
        c1.StoreUnsafe(ref to, Half);
    }

    /// <summary>As many sums as <paramref name="rows"/> says, up to four.</summary>
    public static void Some(int rows, int count, ref double a, nint aRow, nint aStep, ref double b, nint bStep, Span<double> c)
    {
        if (rows == Rows)
        {
            Four(count, ref a, aRow, aStep, ref b, bStep, c);
            return;
        }

        for (var i = 0; i < rows; i++) One(count, ref Unsafe.Add(ref a, i * aRow), aStep, ref b, bStep, c[(i * Columns)..]);
    }

    /// <summary>The next multiple of the tile's width.</summary>
    public static int Padded(int n) => (n + Columns - 1) / Columns * Columns;

    /// <summary>A row length for n columns: padded, and never a multiple of 64, whose rows would share cache sets.</summary>
    public static int Stride(int n) => Padded(n) % 64 == 0 ? Padded(n) + Columns : Padded(n);
}
