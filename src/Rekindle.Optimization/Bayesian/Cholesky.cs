using System.Numerics.Tensors;

namespace Rekindle.Optimization.Bayesian;

/// <summary>
/// C = L L^T for a symmetric positive definite matrix.
/// <code>
/// n       rows                          stride  n, row-major, lower triangle used
/// L       n x n lower triangular        jitter  what had to be added to the diagonal, 0 if nothing
/// </code>
/// Rows are contiguous, so each inner product runs over two spans (Golub and Van Loan, section 4.2, dot-product form).
/// </summary>
internal static class Cholesky
{
    private const double FirstJitter = 1e-8;
    private const double LastJitter = 1e-4;

    /// <summary>Factors the lower triangle of <paramref name="c"/> into <paramref name="l"/>.</summary>
    /// <returns>False when a pivot is not positive.</returns>
    public static bool TryFactor(ReadOnlySpan<double> c, int n, Span<double> l, double jitter = 0)
    {
        for (var i = 0; i < n; i++)
        {
            var rowI = l.Slice(i * n, i + 1);
            for (var j = 0; j < i; j++)
            {
                var rowJ = l.Slice(j * n, j + 1);
                rowI[j] = (c[(i * n) + j] - TensorPrimitives.Dot<double>(rowI[..j], rowJ[..j])) / rowJ[j];
            }

            var pivot = c[(i * n) + i] + jitter - TensorPrimitives.Dot<double>(rowI[..i], rowI[..i]);
            if (!(pivot > 0) || !double.IsFinite(pivot)) return false;
            rowI[i] = Math.Sqrt(pivot);
        }

        return true;
    }

    /// <summary>Factors with growing jitter.</summary>
    /// <returns>The jitter used, or NaN when even the largest did not help.</returns>
    public static double FactorWithJitter(ReadOnlySpan<double> c, int n, Span<double> l)
    {
        if (TryFactor(c, n, l)) return 0;
        for (var jitter = FirstJitter; jitter <= LastJitter * 1.01; jitter *= 10)
        {
            if (TryFactor(c, n, l, jitter)) return jitter;
        }

        return double.NaN;
    }

    /// <summary>Solves L L^T x = b in place.</summary>
    public static void Solve(ReadOnlySpan<double> l, int n, Span<double> x)
    {
        for (var i = 0; i < n; i++) x[i] = (x[i] - TensorPrimitives.Dot<double>(l.Slice(i * n, i), x[..i])) / l[(i * n) + i];
        for (var i = n - 1; i >= 0; i--)
        {
            x[i] /= l[(i * n) + i];
            TensorPrimitives.MultiplyAdd(l.Slice(i * n, i), -x[i], x[..i], x[..i]);
        }
    }

    /// <summary>Writes the lower triangle of C^-1; <paramref name="work"/> takes n x n numbers.</summary>
    public static void Invert(ReadOnlySpan<double> l, int n, Span<double> inverse, Span<double> work)
    {
        for (var i = 0; i < n; i++)
        {
            var row = work.Slice(i * n, i + 1);
            row.Clear();
            for (var k = 0; k < i; k++)
            {
                var target = row[..(k + 1)];
                TensorPrimitives.MultiplyAdd(work.Slice(k * n, k + 1), -l[(i * n) + k], target, target);
            }

            var scale = 1 / l[(i * n) + i];
            TensorPrimitives.Multiply(row[..i], scale, row[..i]);
            row[i] = scale;
        }

        for (var a = 0; a < n; a++) inverse.Slice(a * n, a + 1).Clear();
        for (var i = 0; i < n; i++)
        {
            for (var a = 0; a <= i; a++)
            {
                var target = inverse.Slice(a * n, a + 1);
                TensorPrimitives.MultiplyAdd(work.Slice(i * n, a + 1), work[(i * n) + a], target, target);
            }
        }
    }

    /// <summary>Copies the lower triangle to the upper one.</summary>
    public static void Mirror(Span<double> matrix, int n)
    {
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < i; j++) matrix[(j * n) + i] = matrix[(i * n) + j];
        }
    }
}
