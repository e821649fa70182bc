using CsCheck;
using Rekindle.Algorithms.Networks;

namespace Rekindle.Algorithms.Tests.Networks;

public sealed class GemmTests
{
    private static readonly Gen<(int M, int N, int K, int Threads, bool Flag, int Seed)> Sizes =
        Gen.Select(Gen.Int[1, 14], Gen.Int[1, 80], Gen.Int[1, 50], Gen.Int[1, 3], Gen.Bool, Gen.Int[0, 1000]);

    [Fact]
    public void Multiplies_as_the_definition_says() => Sizes.Sample(size =>
    {
        var (m, n, k, threads, accumulate, seed) = size;
        var random = new RandomSource(seed);
        float[] a = random.Fill(m * k, 1), b = random.Fill(3 + (k * (n + 2)), 1), c = random.Fill(5 + (m * (n + 1)), 1);
        var expected = (float[])c.Clone();
        for (var i = 0; i < m; i++)
        {
            for (var j = 0; j < n; j++)
            {
                var sum = accumulate ? c[5 + (i * (n + 1)) + j] : 0.0;
                for (var p = 0; p < k; p++) sum += (double)a[(i * k) + p] * b[3 + (p * (n + 2)) + j];
                expected[5 + (i * (n + 1)) + j] = (float)sum;
            }
        }

        new Gemm(threads).Multiply(a, k, 1, b, 3, n + 2, c, 5, n + 1, m, n, k, accumulate);
        AssertClose(expected, c);
    });

    [Fact]
    public void Multiplies_a_transposed_left_side_by_its_strides() => Sizes.Sample(size =>
    {
        var (m, n, k, threads, _, seed) = size;
        var random = new RandomSource(seed);
        float[] a = random.Fill(m * k, 1), b = random.Fill(k * n, 1), c = new float[m * n], expected = new float[m * n];
        for (var i = 0; i < m; i++)
            for (var j = 0; j < n; j++)
                for (var p = 0; p < k; p++) expected[(i * n) + j] += a[(p * m) + i] * b[(p * n) + j];

        new Gemm(threads).Multiply(a, 1, m, b, 0, n, c, 0, n, m, n, k, accumulate: false);
        AssertClose(expected, c);
    });

    [Fact]
    public void Adds_dot_products_of_rows() => Sizes.Sample(size =>
    {
        var (m, n, k, threads, _, seed) = size;
        var random = new RandomSource(seed);
        float[] a = random.Fill(2 + (m * (k + 1)), 1), b = random.Fill(n * (k + 3), 1), c = random.Fill(m * n, 1);
        var expected = (float[])c.Clone();
        for (var i = 0; i < m; i++)
            for (var j = 0; j < n; j++)
                for (var p = 0; p < k; p++) expected[(i * n) + j] += a[2 + (i * (k + 1)) + p] * b[(j * (k + 3)) + p];

        new Gemm(threads).AddMultiplyTransposed(a, 2, k + 1, b, 0, k + 3, c, n, m, n, k);
        AssertClose(expected, c);
    });

    private static void AssertClose(float[] expected, float[] actual)
    {
        for (var i = 0; i < expected.Length; i++) Assert.Equal(expected[i], actual[i], 1e-3f);
    }
}
