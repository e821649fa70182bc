namespace Rekindle.Optimization.Tests;

public sealed class SobolTests
{
    [Fact]
    public void Each_dimension_puts_one_point_into_each_dyadic_interval()
    {
        const int Points = 256;
        for (var d = 0; d < Sobol.TableDimensions; d++)
        {
            var seen = new HashSet<uint>();
            for (uint i = 0; i < Points; i++) seen.Add(Sobol.Raw(i, d) >> 24);
            Assert.Equal(Points, seen.Count);
        }
    }

    [Fact]
    public void Scrambling_keeps_the_stratification_and_depends_on_the_seed()
    {
        var point = new double[6];
        for (ulong seed = 0; seed < 20; seed++)
        {
            var sobol = new Sobol(seed);
            var cells = Enumerable.Range(0, 6).Select(_ => new HashSet<int>()).ToArray();
            for (uint i = 0; i < 64; i++)
            {
                sobol.Fill(i, point);
                for (var d = 0; d < 6; d++) cells[d].Add((int)(point[d] * 64));
            }

            Assert.All(cells, c => Assert.Equal(64, c.Count));
        }

        var (a, b) = (new double[6], new double[6]);
        new Sobol(1).Fill(5, a);
        new Sobol(2).Fill(5, b);
        Assert.NotEqual(a, b);
    }

    [Fact]
    public void Dimensions_beyond_the_table_still_get_uniform_coordinates()
    {
        var point = new double[50];
        var sum = new double[50];
        var sobol = new Sobol(3);
        for (uint i = 0; i < 512; i++)
        {
            sobol.Fill(i, point);
            for (var d = 0; d < 50; d++) sum[d] += point[d];
        }

        Assert.All(sum, s => Assert.InRange(s / 512, 0.4, 0.6));
    }
}
