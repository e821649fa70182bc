using CsCheck;
using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.Tests.TrainingJobs;

public sealed class MetricThinningTests
{
    [Fact]
    public void First_last_smallest_and_greatest_stay_and_the_rest_is_thinned_out() =>
        Gen.Select(Gen.Double[-1e6, 1e6].Array[1, 400], Gen.Int[1, 50]).Sample((values, most) =>
        {
            List<MetricReading> readings = [.. values.Select((value, i) => new MetricReading(i % 3 == 0 ? "a" : "b", i, value, default))];
            var kept = MetricThinning.Thin(readings, most);
            Assert.Equal(kept.OrderBy(reading => reading.Offset), kept);
            foreach (var metric in readings.GroupBy(reading => reading.Metric))
            {
                var left = kept.Where(reading => reading.Metric == metric.Key).ToList();
                Assert.True(left.Count <= most + 3);
                Assert.Equal((metric.First(), metric.Last()), (left[0], left[^1]));
                Assert.Equal((metric.Min(r => r.Value), metric.Max(r => r.Value)), (left.Min(r => r.Value), left.Max(r => r.Value)));
            }
        });

    [Fact]
    public void Milestones_stay()
    {
        List<MetricReading> readings = [.. Enumerable.Range(1, 5000).Select(i => new MetricReading("a", i, i, default) { Ordinal = i })];
        var milestones = new HashSet<int> { 2, 6, 18, 54, 4999 };
        var kept = MetricThinning.Thin(readings, 10, milestones);

        Assert.Subset(kept.Select(reading => reading.Ordinal).ToHashSet(), milestones);
        Assert.InRange(kept.Count, 10, 18);
    }

    [Fact]
    public void Few_readings_stay_as_they_are()
    {
        MetricReading[] readings = [new("a", 1, 1, default), new("b", 1, 2, default)];
        Assert.Equal(readings, MetricThinning.Thin(readings));
    }
}
