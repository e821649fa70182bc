using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Rekindle.Optimization.Bayesian;

/// <summary>
/// The Matern-5/2 correlation over mixed coordinates, eight neighbouring numbers at a time.
/// <code>
/// D_j   (x_j - x'_j)^2 / l_j^2, or [x_j != x'_j] / l_j^2 for a category
/// r^2   sum of D_j                          a = sqrt(5) r
/// m(r)  (1 + a + a^2/3) e^-a                g(r) = (5/3) (1 + a) e^-a,  so that dm / d ln l_j = g D_j
/// </code>
/// Rasmussen and Williams, "Gaussian processes for machine learning", equation 4.17. The exponential is the Taylor polynomial of degree
/// 12 after reduction by multiples of ln 2, each step one fused operation: the library's own may be fused or not, as the compiler
/// happens to choose at that moment, and a search that must be repeatable cannot use that.
/// </summary>
internal static class Matern
{
    private const double Shift = 6755399441055744; // 1.5 * 2^52: adding it rounds to an integer in the low bits.
    private const double Log2E = 1.4426950408889634074;
    private const double LnTwoHigh = 0.693147180369123816490;
    private const double LnTwoLow = 1.90821492927058770002e-10;
    private const double Least = -700;

    /// <summary>m and g of four squared distances.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Correlate(Vector256<double> r2, out Vector256<double> m, out Vector256<double> g)
    {
        var a = Vector256.Sqrt(r2 * 5);
        var e = Exp(-a);
        var one = Vector256<double>.One;
        var linear = a + one;
        m = Vector256.FusedMultiplyAdd(r2, Vector256.Create(5.0 / 3), linear) * e;
        g = linear * e * (5.0 / 3);
    }

    /// <summary>e^x for x of at most 0, to the last bit or two; e^-700 below -700.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Exp(Vector256<double> x)
    {
        x = Vector256.Max(x, Vector256.Create(Least));
        var shifted = Vector256.FusedMultiplyAdd(x, Vector256.Create(Log2E), Vector256.Create(Shift));
        var n = shifted - Vector256.Create(Shift);
        var r = Vector256.FusedMultiplyAdd(n, Vector256.Create(-LnTwoHigh), x);
        r = Vector256.FusedMultiplyAdd(n, Vector256.Create(-LnTwoLow), r);
        var p = Vector256.Create(1.0 / 479001600);
        p = Vector256.FusedMultiplyAdd(p, r, Vector256.Create(1.0 / 39916800));
        p = Vector256.FusedMultiplyAdd(p, r, Vector256.Create(1.0 / 3628800));
        p = Vector256.FusedMultiplyAdd(p, r, Vector256.Create(1.0 / 362880));
        p = Vector256.FusedMultiplyAdd(p, r, Vector256.Create(1.0 / 40320));
        p = Vector256.FusedMultiplyAdd(p, r, Vector256.Create(1.0 / 5040));
        p = Vector256.FusedMultiplyAdd(p, r, Vector256.Create(1.0 / 720));
        p = Vector256.FusedMultiplyAdd(p, r, Vector256.Create(1.0 / 120));
        p = Vector256.FusedMultiplyAdd(p, r, Vector256.Create(1.0 / 24));
        p = Vector256.FusedMultiplyAdd(p, r, Vector256.Create(1.0 / 6));
        p = Vector256.FusedMultiplyAdd(p, r, Vector256.Create(0.5));
        p = Vector256.FusedMultiplyAdd(p, r, Vector256<double>.One);
        p = Vector256.FusedMultiplyAdd(p, r, Vector256<double>.One);
        // 2^n goes straight into the exponent.
        return (p.AsInt64() + Vector256.ShiftLeft(shifted.AsInt64(), 52)).AsDouble();
    }

    /// <summary>Adds (x - x')^2, coordinates divided by their length scales.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> AddSquare(Vector256<double> x, Vector256<double> other, Vector256<double> r2)
    {
        var difference = x - other;
        return Vector256.FusedMultiplyAdd(difference, difference, r2);
    }

    /// <summary>Adds the weight 1 / l^2 where two categories differ.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> AddMismatch(Vector256<double> x, Vector256<double> other, Vector256<double> weight, Vector256<double> r2) =>
        r2 + Vector256.AndNot(weight, Vector256.Equals(x, other));
}
