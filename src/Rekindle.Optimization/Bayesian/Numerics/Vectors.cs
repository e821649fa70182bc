using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Rekindle.Optimization.Bayesian.Numerics;

/// <summary>
/// Sums over spans in one fixed order.
/// <code>
/// lane j of 4 adds the terms j, j + 4, j + 8, …     ((lane 0 + lane 1) + (lane 2 + lane 3)), then what is left over, one by one
/// </code>
/// System.Numerics.Tensors groups the terms of a sum by where the span happens to lie in memory, so that two runs may differ in the
/// last bit; a search that must be repeatable cannot use that.
/// </summary>
internal static class Vectors
{
    private const int Lanes = 4;

    public static double Dot(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        y = y[..x.Length];
        ref var a = ref MemoryMarshal.GetReference(x);
        ref var b = ref MemoryMarshal.GetReference(y);
        var (s0, s1, s2, s3) = (Vector256<double>.Zero, Vector256<double>.Zero, Vector256<double>.Zero, Vector256<double>.Zero);
        nint i = 0;
        for (; i <= x.Length - (4 * Lanes); i += 4 * Lanes)
        {
            s0 = Vector256.FusedMultiplyAdd(Vector256.LoadUnsafe(ref Unsafe.Add(ref a, i)), Vector256.LoadUnsafe(ref Unsafe.Add(ref b, i)), s0);
            s1 = Vector256.FusedMultiplyAdd(Vector256.LoadUnsafe(ref Unsafe.Add(ref a, i), 4), Vector256.LoadUnsafe(ref Unsafe.Add(ref b, i), 4), s1);
            s2 = Vector256.FusedMultiplyAdd(Vector256.LoadUnsafe(ref Unsafe.Add(ref a, i), 8), Vector256.LoadUnsafe(ref Unsafe.Add(ref b, i), 8), s2);
            s3 = Vector256.FusedMultiplyAdd(Vector256.LoadUnsafe(ref Unsafe.Add(ref a, i), 12), Vector256.LoadUnsafe(ref Unsafe.Add(ref b, i), 12), s3);
        }

        for (; i <= x.Length - Lanes; i += Lanes)
            s0 = Vector256.FusedMultiplyAdd(Vector256.LoadUnsafe(ref Unsafe.Add(ref a, i)), Vector256.LoadUnsafe(ref Unsafe.Add(ref b, i)), s0);
        var sum = Total((s0 + s1) + (s2 + s3));
        for (; i < x.Length; i++) sum = Math.FusedMultiplyAdd(Unsafe.Add(ref a, i), Unsafe.Add(ref b, i), sum);
        return sum;
    }

    public static double Sum(ReadOnlySpan<double> x)
    {
        ref var a = ref MemoryMarshal.GetReference(x);
        var total = Vector256<double>.Zero;
        nint i = 0;
        for (; i <= x.Length - Lanes; i += Lanes) total += Vector256.LoadUnsafe(ref Unsafe.Add(ref a, i));
        var sum = Total(total);
        for (; i < x.Length; i++) sum += Unsafe.Add(ref a, i);
        return sum;
    }

    /// <summary>to += x * factor, fused, term by term.</summary>
    public static void AddScaled(ReadOnlySpan<double> x, double factor, Span<double> to)
    {
        x = x[..to.Length];
        ref var a = ref MemoryMarshal.GetReference(x);
        ref var b = ref MemoryMarshal.GetReference(to);
        var f = Vector256.Create(factor);
        nint i = 0;
        for (; i <= to.Length - Lanes; i += Lanes)
        {
            Vector256.FusedMultiplyAdd(Vector256.LoadUnsafe(ref Unsafe.Add(ref a, i)), f, Vector256.LoadUnsafe(ref Unsafe.Add(ref b, i)))
                .StoreUnsafe(ref Unsafe.Add(ref b, i));
        }

        for (; i < to.Length; i++) Unsafe.Add(ref b, i) = Math.FusedMultiplyAdd(Unsafe.Add(ref a, i), factor, Unsafe.Add(ref b, i));
    }

    /// <summary>The sum of the four lanes.</summary>
    public static double Total(Vector256<double> v) => (v.GetElement(0) + v.GetElement(1)) + (v.GetElement(2) + v.GetElement(3));
}
