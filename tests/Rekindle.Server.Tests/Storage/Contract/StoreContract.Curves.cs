using Rekindle.Server.Storage;
using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.Tests.Storage.Contract;

public abstract partial class StoreContract
{
    [Fact]
    public async Task Curves_of_several_training_jobs_are_read_at_once()
    {
        var (_, lease) = await LeasedTuningJobAsync();
        var (first, second, third) = (await LaunchAsync(lease, 1), await LaunchAsync(lease, 2), await LaunchAsync(lease, 3));
        await Store.CommitAsync(
            lease,
            [
                new Change.AppendReadings(first.Id, [Reading("m", 20, 2), Reading("m", 10, 1), Reading("other", 10, 1)]),
                new Change.AppendReadings(second.Id, [Reading("m", 5, 1)]),
                new Change.AppendReadings(third.Id, [Reading("other", 5, 1)]),
            ],
            default);

        var curves = await Store.ReadCurvesAsync([first.Id, third.Id, second.Id, 999], "m", default);

        Assert.Equal([first.Id, second.Id], curves.Keys.Order());
        Assert.Equal([new CurvePoint(1, 5, Now), new CurvePoint(2, 10, Now)], curves[first.Id]);
        Assert.Equal([new CurvePoint(1, 2.5, Now)], curves[second.Id]);
        Assert.Empty(await Store.ReadCurvesAsync([], "m", default));
    }

    [Fact]
    public async Task Readings_are_counted_up_to_an_offset()
    {
        var (_, lease) = await LeasedTuningJobAsync();
        var job = await LaunchAsync(lease, 1);
        await Store.CommitAsync(
            lease, [new Change.AppendReadings(job.Id, [Reading("a", 10, 1), Reading("a", 20, 2), Reading("b", 20, 1), Reading("a", 30, 3)])], default);

        Assert.Empty(await Store.CountReadingsAsync(job.Id, 0, 10, default));
        Assert.Equal([new("a", 2), new("b", 1)], (await Store.CountReadingsAsync(job.Id, 0, 30, default)).OrderBy(pair => pair.Key));
        Assert.Equal(3, (await Store.CountReadingsAsync(job.Id, 0, long.MaxValue, default))["a"]);
    }

    [Fact]
    public async Task What_the_metrics_file_says_of_a_metric_takes_the_place_of_what_the_log_said()
    {
        var (_, lease) = await LeasedTuningJobAsync();
        var job = await LaunchAsync(lease, 1);
        await Store.CommitAsync(lease, [new Change.AppendReadings(job.Id, [Reading("a", 10, 1), Reading("a", 20, 2), Reading("b", 20, 1)])], default);
        await Store.CommitAsync(lease, [new Change.AppendReadings(job.Id, [Reading("a", MetricsFile.FirstOffset + 5, 1)])], default);

        Assert.Equal([MetricsFile.FirstOffset + 5], (await Store.ReadMetricAsync(job.Id, "a", -1, 10, default)).Select(reading => reading.Offset));
        Assert.Equal([new("b", 1)], await Store.CountReadingsAsync(job.Id, 0, MetricsFile.FirstOffset, default));
        Assert.Equal([new("a", 1)], await Store.CountReadingsAsync(job.Id, MetricsFile.FirstOffset, MetricsFile.FirstOffset + 6, default));
    }

    [Fact]
    public async Task The_ordinals_of_a_long_curve_stay_right_when_it_is_thinned_out()
    {
        var (_, lease) = await LeasedTuningJobAsync();
        var job = await LaunchAsync(lease, 1);
        var readings = Enumerable.Range(1, SqlStore.MostReadings + 5000).Select(i => Reading("m", i * 10, i)).ToList();
        foreach (var part in readings.Chunk(5000))
            await Store.CommitAsync(lease, [new Change.AppendReadings(job.Id, part)], default);

        var kept = (await Store.ReadCurvesAsync([job.Id], "m", default))[job.Id];

        Assert.InRange(kept.Count, 1000, SqlStore.MostReadings);
        Assert.All(kept, point => Assert.Equal(point.Value, point.Ordinal * 5));
        Assert.Equal(readings.Count, (await Store.CountReadingsAsync(job.Id, 0, long.MaxValue, default))["m"]);
    }

    [Fact]
    public async Task Milestones_of_a_long_curve_are_never_thinned_out()
    {
        var (_, lease) = await LeasedTuningJobAsync();
        var job = await LaunchAsync(lease, 1);
        var milestones = new HashSet<int> { 2, 6, 18, 54, 162, 486, 1458, 4374, 13_122 };
        foreach (var part in Enumerable.Range(1, 2 * SqlStore.MostReadings).Select(i => Reading("m", i * 10, i)).Chunk(5000))
            await Store.CommitAsync(lease, [new Change.AppendReadings(job.Id, part) { Milestones = milestones }], default);

        var kept = (await Store.ReadCurvesAsync([job.Id], "m", default))[job.Id];

        Assert.InRange(kept.Count, 1000, SqlStore.MostReadings);
        Assert.Subset(kept.Select(point => point.Ordinal).ToHashSet(), milestones);
    }

    private MetricReading Reading(string metric, long offset, int ordinal) => new(metric, offset, offset / 2.0, Now) { Ordinal = ordinal };
}
