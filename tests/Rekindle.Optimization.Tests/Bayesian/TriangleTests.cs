using Rekindle.Optimization.Bayesian;
using Rekindle.Optimization.Bayesian.Numerics;

namespace Rekindle.Optimization.Tests.Bayesian;

public sealed class TriangleTests
{
    public static TheoryData<int> Sizes => [1, 2, 3, 4, 7, 8, 9, 15, 16, 17, 31, 64, 65, 130];

    [Theory]
    [MemberData(nameof(Sizes))]
    public void The_factor_and_the_inverses_give_the_matrix_and_the_identity_back(int n)
    {
        var stride = Tile.Stride(n);
        var c = Matrix(n, stride);
        var (l, t, u, w) = (Copy(c), new double[c.Length], new double[c.Length], new double[c.Length]);
        var work = new double[(stride + Tile.Rows) * Tile.Columns];
        Assert.True(Triangle.Factor(l, stride, 0, n, 0, work));
        Triangle.Invert(l, t, stride, 0, n, work);
        Triangle.InvertAll(l, u, w, stride, n, work);
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                Assert.Equal(c[(i * stride) + j], Sum(0, j, k => l[(i * stride) + k] * l[(j * stride) + k]), 1e-10 * n);
                Assert.Equal(i == j ? 1 : 0, Sum(j, i, k => l[(i * stride) + k] * t[(k * stride) + j]), 1e-10);
                Assert.Equal(t[(i * stride) + j], u[(j * stride) + i], 1e-12);
                Assert.Equal(i == j ? 1 : 0, Sum(0, n - 1, k => C(i, k) * W(k, j)), 1e-8);
            }
        }

        double C(int i, int j) => c[(Math.Max(i, j) * stride) + Math.Min(i, j)];
        double W(int i, int j) => w[(Math.Max(i, j) * stride) + Math.Min(i, j)];
    }

    [Theory]
    [InlineData(70, 1)]
    [InlineData(70, 3)]
    [InlineData(70, 11)]
    [InlineData(37, 8)]
    public void A_factor_grown_in_steps_equals_one_computed_at_once_bit_for_bit(int n, int step)
    {
        var stride = Tile.Stride(n);
        var c = Matrix(n, stride);
        var work = new double[(stride + Tile.Rows) * Tile.Columns];
        var (l, t) = (Copy(c), new double[c.Length]);
        Assert.True(Triangle.Factor(l, stride, 0, n, 0, work));
        Triangle.Invert(l, t, stride, 0, n, work);
        var (grownL, grownT) = (Copy(c), new double[c.Length]);
        for (var from = 0; from < n; from += step)
        {
            var to = Math.Min(n, from + step);
            Assert.True(Triangle.Factor(grownL, stride, from, to, 0, work));
            Triangle.Invert(grownL, grownT, stride, from, to, work);
        }

        for (var i = 0; i < n; i++)
        {
            Assert.Equal(l.AsSpan(i * stride, i + 1).ToArray(), grownL.AsSpan(i * stride, i + 1).ToArray());
            Assert.Equal(t.AsSpan(i * stride, i + 1).ToArray(), grownT.AsSpan(i * stride, i + 1).ToArray());
        }
    }

    [Fact]
    public void A_singular_matrix_is_rescued_by_jitter_and_a_negative_one_is_refused()
    {
        var work = new double[200];
        double[] Square(double a, double b, double d) => [a, 0, 0, 0, 0, 0, 0, 0, b, d, 0, 0, 0, 0, 0, 0, .. new double[64]];
        Assert.True(Triangle.Factor(Square(1, 1, 1), 8, 0, 2, 1e-8, work));
        Assert.False(Triangle.Factor(Square(1, 2, 1), 8, 0, 2, 1e-4, work));
        Assert.False(Triangle.Factor(Square(double.NaN, 0, 1), 8, 0, 2, 0, work));
        Assert.False(Triangle.Factor(Square(1, 0, double.PositiveInfinity), 8, 0, 2, 0, work));
    }

    [Fact]
    public void A_growing_factor_that_lost_and_changed_rows_equals_a_fresh_one_bit_for_bit()
    {
        var random = new RandomStream(3);
        var points = Enumerable.Range(0, 40).Select(_ => new[] { random.NextDouble(), random.NextInt(3), random.NextDouble() }).ToList();
        double[] theta = [-0.7, 0.1, -0.4, 0.2, -5];
        var kept = new GrowingFactor();
        Assert.True(kept.Follow(Rows(points), theta));
        var changed = points.Take(25).Concat(points.Skip(27)).Append([0.5, 1, 0.5]).ToList();
        Assert.True(kept.Follow(Rows(changed), theta));
        var fresh = new GrowingFactor();
        Assert.True(fresh.Follow(Rows(changed), theta));
        for (var i = 0; i < changed.Count; i++)
        {
            Assert.Equal(fresh.L.AsSpan(i * fresh.Stride, i + 1).ToArray(), kept.L.AsSpan(i * kept.Stride, i + 1).ToArray());
            Assert.Equal(fresh.T.AsSpan(i * fresh.Stride, i + 1).ToArray(), kept.T.AsSpan(i * kept.Stride, i + 1).ToArray());
        }
    }

    [Fact]
    public void Rows_that_are_the_same_again_and_again_are_factored_with_jitter()
    {
        var rows = Rows([.. Enumerable.Range(0, 30).Select(_ => new double[] { 0.5, 1, 0.5 })]);
        var factor = new GrowingFactor();
        Assert.True(factor.Follow(rows, [0, 0, 0, 4.6, -40]));
        Assert.All(Enumerable.Range(0, 30), i => Assert.True(factor.L[(i * factor.Stride) + i] > 0));
    }

    private static Rows Rows(List<double[]> points) => new(points, [false, true, false], [.. points.Select(_ => 1.0)], []);

    private static double[] Matrix(int n, int stride)
    {
        var random = new RandomStream((ulong)n);
        var root = Enumerable.Range(0, n * n).Select(_ => random.NextGaussian()).ToArray();
        var c = new double[(stride + Tile.Rows) * stride];
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j <= i; j++)
                c[(i * stride) + j] = Sum(0, n - 1, k => root[(i * n) + k] * root[(j * n) + k] / n) + (i == j ? 0.1 : 0);
        }

        return c;
    }

    private static double[] Copy(double[] matrix) => (double[])matrix.Clone();

    private static double Sum(int from, int to, Func<int, double> term)
    {
        var sum = 0.0;
        for (var k = from; k <= to; k++) sum += term(k);
        return sum;
    }
}
