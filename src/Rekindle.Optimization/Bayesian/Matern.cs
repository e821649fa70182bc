using System.Numerics;
using System.Numerics.Tensors;

namespace Rekindle.Optimization.Bayesian;

/// <summary>
/// The Matern-5/2 correlation over mixed coordinates.
/// <code>
/// D_j   (x_j - x'_j)^2 / l_j^2, or [x_j != x'_j] / l_j^2 for a category
/// r^2   sum of D_j                          a = sqrt(5) r
/// m(r)  (1 + a + a^2/3) e^-a                g(r) = (5/3) (1 + a) e^-a,  so that dm / d ln l_j = g D_j
/// </code>
/// Rasmussen and Williams, "Gaussian processes for machine learning", equation 4.17.
/// </summary>
internal static class Matern
{
    /// <summary>Adds D_j of one coordinate against a column to <paramref name="r2"/>; weight = 1 / l_j^2.</summary>
    public static void AddDistance(ReadOnlySpan<double> column, double x, double weight, bool categorical, Span<double> r2)
    {
        var width = Vector<double>.Count;
        var (vx, vw) = (new Vector<double>(x), new Vector<double>(weight));
        var i = 0;
        for (; i <= column.Length - width; i += width)
        {
            var v = new Vector<double>(column[i..]);
            var sum = new Vector<double>(r2[i..]);
            var difference = v - vx;
            sum += categorical
                ? Vector.ConditionalSelect(Vector.Equals(v, vx), Vector<double>.Zero, vw)
                : difference * difference * vw;
            sum.CopyTo(r2[i..]);
        }

        for (; i < column.Length; i++) r2[i] += Distance(column[i], x, categorical) * weight;
    }

    /// <summary>The sum over a column of t_i D_j,i without the weight.</summary>
    public static double WeightedDistance(ReadOnlySpan<double> column, double x, bool categorical, ReadOnlySpan<double> t)
    {
        var width = Vector<double>.Count;
        var vx = new Vector<double>(x);
        var total = Vector<double>.Zero;
        var i = 0;
        for (; i <= column.Length - width; i += width)
        {
            var v = new Vector<double>(column[i..]);
            var difference = v - vx;
            var vt = new Vector<double>(t[i..]);
            total += categorical
                ? Vector.ConditionalSelect(Vector.Equals(v, vx), Vector<double>.Zero, vt)
                : difference * difference * vt;
        }

        var sum = Vector.Sum(total);
        for (; i < column.Length; i++) sum += Distance(column[i], x, categorical) * t[i];
        return sum;
    }

    /// <summary>From r^2 in <paramref name="m"/> to m(r) in place, and g(r) beside it; <paramref name="work"/> is scratch.</summary>
    public static void Correlate(Span<double> m, Span<double> g, Span<double> work)
    {
        work = work[..m.Length];
        g = g[..m.Length];
        TensorPrimitives.Multiply(m, 5, work);
        TensorPrimitives.Sqrt(work, work);
        TensorPrimitives.Negate(work, g);
        TensorPrimitives.Exp<double>(g, g);
        // a^2/3 e^-a first, while m still holds r^2 = a^2 / 5.
        TensorPrimitives.Multiply(m, 5.0 / 3, m);
        TensorPrimitives.Multiply<double>(m, g, m);
        TensorPrimitives.Add(work, 1, work);
        TensorPrimitives.Multiply<double>(work, g, g);
        TensorPrimitives.Add<double>(m, g, m);
        TensorPrimitives.Multiply(g, 5.0 / 3, g);
    }

    private static double Distance(double a, double b, bool categorical) => categorical ? (a == b ? 0 : 1) : (a - b) * (a - b);
}
