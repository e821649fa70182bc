using Rekindle.Optimization.Bayesian;

namespace Rekindle.Optimization.Tests.Bayesian;

public sealed class PlateausTests
{
    [Fact]
    public void Steps_are_seen_their_width_is_found_and_repeats_are_left_out()
    {
        var random = new RandomStream(2);
        var rows = Enumerable.Range(0, 60).Select(_ => new[] { random.NextDouble() }).Select(x => (x, Math.Floor(10 * x[0]))).ToList();
        var plateaus = Plateaus.Of(rows, [false])!;
        Assert.InRange(plateaus.Width, 0.01, 0.2);
        Assert.Equal(plateaus.Kept, plateaus.Kept.Distinct().Order());
        // Every step is kept at least once, and most repeats are not.
        Assert.Equal(rows.Select(r => r.Item2).Distinct().Count(), plateaus.Kept.Select(i => rows[i].Item2).Distinct().Count());
        Assert.InRange(plateaus.Kept.Count, 10, 30);
    }

    [Fact]
    public void Smooth_values_and_values_that_are_equal_anywhere_have_no_plateaus()
    {
        var random = new RandomStream(2);
        var points = Enumerable.Range(0, 60).Select(_ => new[] { random.NextDouble(), random.NextInt(2) }).ToList();
        Assert.Null(Plateaus.Of(points.ConvertAll(x => (x, Math.Sin(3 * x[0]) + x[1])), [false, true]));
        Assert.Null(Plateaus.Of(points.ConvertAll(x => (x, (double)random.NextInt(4))), [false, true]));
        Assert.Null(Plateaus.Of([], [false]));
    }

    [Fact]
    public void The_slope_of_the_chance_agrees_with_finite_differences()
    {
        var random = new RandomStream(3);
        var rows = Enumerable.Range(0, 40).Select(_ => new[] { random.NextDouble(), random.NextInt(2) })
            .Select(x => (x, Math.Floor(6 * x[0]) + (10 * x[1]))).ToList();
        var plateaus = Plateaus.Of(rows, [false, true])!;
        var gradient = new double[2];
        for (var repeat = 0; repeat < 20; repeat++)
        {
            double[] x = [random.NextDouble(), repeat % 2];
            var value = plateaus.LogNew(x, gradient);
            Assert.True(value <= 0);
            var slope = (plateaus.LogNew([x[0] + 1e-7, x[1]], []) - plateaus.LogNew([x[0] - 1e-7, x[1]], [])) / 2e-7;
            Assert.Equal(slope, gradient[0], 1e-3 * (1 + Math.Abs(slope)));
            Assert.Equal(0, gradient[1]);
        }
    }
}
