using Rekindle.Server.Storage;
using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.Tests.Storage.Contract;

public abstract partial class StoreContract
{
    [Fact]
    public async Task Tags_keep_the_order_of_first_insertion_and_take_new_values()
    {
        var (job, _) = await LeasedTuningJobAsync(job: Samples.TuningJob("Tuning", Now) with { Tags = [new Tag("z", "1"), new Tag("a", "2")] });
        var outcome = await Store.PutTagsAsync(job.Arn, [new Tag("m", "3"), new Tag("z", "é"), new Tag("Z", "other key")], 50, default);
        Tag[] expected = [new("z", "é"), new("a", "2"), new("m", "3"), new("Z", "other key")];
        Assert.False(outcome!.LimitExceeded);
        Assert.Equal(expected, outcome.Tags);
        Assert.Equal(expected, await Store.ReadTagsAsync(job.Arn, default));

        Assert.True(await Store.RemoveTagsAsync(job.Arn, ["a", "unknown"], default));
        await Store.PutTagsAsync(job.Arn, [new Tag("a", "again")], 50, default);
        Assert.Equal(["z", "m", "Z", "a"], (await Store.ReadTagsAsync(job.Arn, default))!.Select(tag => tag.Key));
    }

    [Fact]
    public async Task Tags_beyond_the_limit_change_nothing()
    {
        var (job, _) = await LeasedTuningJobAsync(job: Samples.TuningJob("Tuning", Now) with { Tags = [new Tag("a", "1"), new Tag("b", "2")] });
        var refused = await Store.PutTagsAsync(job.Arn, [new Tag("a", "new"), new Tag("c", "3"), new Tag("d", "4")], 3, default);
        Assert.True(refused!.LimitExceeded);
        Assert.Equal([new Tag("a", "1"), new Tag("b", "2")], await Store.ReadTagsAsync(job.Arn, default));
        Assert.False((await Store.PutTagsAsync(job.Arn, [new Tag("a", "new"), new Tag("c", "3"), new Tag("c", "4")], 3, default))!.LimitExceeded);
    }

    [Fact]
    public async Task Tags_of_an_unknown_job_are_refused()
    {
        var arn = Samples.TrainingJobArn("unknown");
        Assert.Null(await Store.PutTagsAsync(arn, [new Tag("a", "1")], 50, default));
        Assert.Null(await Store.ReadTagsAsync(arn, default));
        Assert.False(await Store.RemoveTagsAsync(arn, ["a"], default));
    }

    [Fact]
    public async Task The_last_reading_of_each_metric_is_the_one_with_the_greatest_offset()
    {
        var (_, lease) = await LeasedTuningJobAsync();
        var job = await LaunchAsync(lease, 1);
        var other = await LaunchAsync(lease, 2);
        MetricReading[] readings = [new("b", 30, 3, Now.AddSeconds(3)), new("a", 10, 1, Now), new("b", 20, 2, Now), new("a", 9, 9, Now)];
        await Store.CommitAsync(
            lease,
            [new Change.AppendReadings(job.Id, readings), new Change.AppendReadings(other.Id, [new MetricReading("a", 99, 99, Now)])],
            default);
        Assert.Equal(
            [new MetricReading("a", 10, 1, Now), new MetricReading("b", 30, 3, Now.AddSeconds(3))], await Store.ReadLastMetricsAsync(job.Id, default));
    }

    [Fact]
    public async Task The_same_line_read_twice_is_one_reading()
    {
        var (_, lease) = await LeasedTuningJobAsync();
        var job = await LaunchAsync(lease, 1);
        var reading = new MetricReading("a", 5, 1, Now);
        await Store.CommitAsync(lease, [new Change.AppendReadings(job.Id, [reading, reading])], default);
        await Store.CommitAsync(lease, [new Change.AppendReadings(job.Id, [reading with { Value = 7, Time = Now.AddHours(1) }])], default);
        Assert.Equal([reading], await Store.ReadMetricAsync(job.Id, "a", -1, 10, default));
    }

    [Fact]
    public async Task Readings_are_given_in_order_of_their_offsets_part_by_part()
    {
        var (_, lease) = await LeasedTuningJobAsync();
        var job = await LaunchAsync(lease, 1);
        var readings = Enumerable.Range(0, 25).Select(i => new MetricReading("a", i * 7 % 25, i, Now)).ToList();
        await Store.CommitAsync(lease, [new Change.AppendReadings(job.Id, readings)], default);
        var read = new List<MetricReading>();
        while (await Store.ReadMetricAsync(job.Id, "a", read.Count == 0 ? -1 : read[^1].Offset, 10, default) is { Count: > 0 } part)
        {
            Assert.True(part.Count <= 10);
            read.AddRange(part);
        }

        Assert.Equal(readings.OrderBy(reading => reading.Offset), read);
    }

    [Fact]
    public async Task A_newer_schema_is_refused_with_both_versions()
    {
        await PretendNewerSchemaAsync();
        await using var older = Open();
        var refused = await Assert.ThrowsAsync<NewerSchemaException>(() => older.MigrateAsync(default));
        Assert.Contains("9999", refused.Message, StringComparison.Ordinal);
        Assert.Contains("only versions up to 8", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Migrating_again_changes_nothing()
    {
        await LeasedTuningJobAsync("kept");
        await using var second = Open();
        await second.MigrateAsync(default);
        Assert.NotNull(await second.FindTuningJobAsync("kept", default));
    }

    [Fact]
    public async Task A_cancelled_call_changes_nothing_and_the_store_goes_on()
    {
        var cancelled = new CancellationToken(canceled: true);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.CreateTuningJobAsync(Samples.TuningJob("no", Now), cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.FindTuningJobAsync("no", cancelled));
        Assert.Null(await Store.FindTuningJobAsync("no", default));
        await LeasedTuningJobAsync("yes");
    }

    [Fact]
    public async Task What_was_acknowledged_is_there_for_who_opens_the_database_after_a_kill()
    {
        // This store is never disposed of before the second one has read: no flush, no orderly end.
        var (job, lease) = await LeasedTuningJobAsync(job: Samples.TuningJob("Tuning", Now) with { Tags = [new Tag("a", "1")] });
        var training = await CompleteAsync(lease, await LaunchAsync(lease, 1), 0.5);
        await Store.CommitAsync(lease, [new Change.AppendReadings(training.Id, [new MetricReading("m", 1, 2, Now)])], default);
        await Store.CreateTrainingJobAsync(Samples.OwnTrainingJob("own", Now), default);

        await using var next = Open();
        await next.MigrateAsync(default);
        Assert.Equal(Text(training), Text(Assert.Single((await next.ReadTuningSnapshotAsync(job.Id, default))!.TrainingJobs)));
        Assert.Equal([new MetricReading("m", 1, 2, Now)], await next.ReadLastMetricsAsync(training.Id, default));
        Assert.Equal([new Tag("a", "1")], await next.ReadTagsAsync(job.Arn, default));
        Assert.NotNull(await next.FindTrainingJobAsync("own", default));
        Assert.True(await next.CommitAsync(lease, [Samples.Launch(job.Id, 2, Now)], default));
    }
}
