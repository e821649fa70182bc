using Rekindle.Server.Storage;
using Rekindle.Server.TrainingJobs;
using Rekindle.Server.TuningJobs;

namespace Rekindle.Server.Tests.Storage.Contract;

/// <summary>What happens when an end and a request to stop meet, and what an attempt leaves to the next.</summary>
public abstract partial class StoreContract
{
    [Theory]
    [InlineData(TrainingJobStatus.Completed)]
    [InlineData(TrainingJobStatus.Failed)]
    public async Task A_training_job_that_was_asked_to_stop_ends_as_stopped_or_not_at_all(object status)
    {
        var (_, lease) = await LeasedTuningJobAsync();
        var job = await SetAsync(lease, await LaunchAsync(lease, 1), Samples.Running(Now));
        await Store.RequestTrainingJobStopAsync(job.Name, Now, default);
        var stopping = Text(await TrainingJobAsync(job.Name));

        var end = (TrainingJobStatus)status == TrainingJobStatus.Completed ? Samples.Completed(0.5, Now) : Samples.Failed(FailureKind.NonRetryable, Now);
        var step = new SecondaryTransition(end.Secondary, "end", Now, Now);
        Assert.Equal(stopping, Text(await SetAsync(lease, job, end, step)));

        var stopped = await SetAsync(lease, job, end with { Status = TrainingJobStatus.Stopped, Secondary = SecondaryStatus.Stopped }, step);
        Assert.Equal(TrainingJobStatus.Stopped, stopped.Progress.Status);
    }

    [Theory]
    [InlineData("EarlyStopping")]
    [InlineData("MaxResource")]
    public async Task A_training_job_that_is_stopped_for_what_it_reported_may_have_ended_by_itself(string reason)
    {
        var (_, lease) = await LeasedTuningJobAsync();
        var job = await SetAsync(lease, await LaunchAsync(lease, 1), Samples.Running(Now));
        await Store.CommitAsync(lease, [new Change.RequestTrainingStop(job.Id, Enum.Parse<StopReason>(reason), Now)], default);

        Assert.Equal(TrainingJobStatus.Failed, (await SetAsync(lease, job, Samples.Failed(FailureKind.NonRetryable, Now))).Progress.Status);
    }

    [Theory]
    [InlineData(TuningJobStatus.Completed)]
    [InlineData(TuningJobStatus.Failed)]
    public async Task A_tuning_job_that_was_asked_to_stop_ends_as_stopped_or_not_at_all(object status)
    {
        var (job, lease) = await LeasedTuningJobAsync();
        await Store.RequestTuningJobStopAsync(job.Name, Now, default);
        Assert.True(await Store.CommitAsync(lease, [new Change.FinishTuning((TuningJobStatus)status, "no", Now)], default));
        var read = (await Store.FindTuningJobAsync(job.Name, default))!;
        Assert.Equal((TuningJobStatus.Stopping, null, null), (read.Status, read.EndTime, read.FailureReason));

        await FinishAsync(lease, TuningJobStatus.Stopped);
        Assert.Equal(TuningJobStatus.Stopped, (await Store.FindTuningJobAsync(job.Name, default))!.Status);
    }

    [Fact]
    public async Task A_tuning_job_that_nobody_asked_to_stop_does_not_end_as_stopped()
    {
        var (job, lease) = await LeasedTuningJobAsync();
        await FinishAsync(lease, TuningJobStatus.Stopped);
        Assert.Equal(TuningJobStatus.InProgress, (await Store.FindTuningJobAsync(job.Name, default))!.Status);
    }

    [Fact]
    public async Task A_commit_without_changes_tells_whether_the_lease_is_held()
    {
        var (_, lease) = await LeasedTuningJobAsync();
        Assert.True(await Store.CommitAsync(lease, [], default));
        Assert.False(await Store.CommitAsync(lease with { Epoch = lease.Epoch + 1 }, [], default));
        Assert.False(await Store.CommitAsync(lease with { Owner = "other" }, [], default));
        await Store.CreateTrainingJobAsync(Samples.OwnTrainingJob("own", Now), default);
        var own = await LeaseOnAsync(LeaseKind.TrainingJob, (await TrainingJobAsync("own")).Id);
        Assert.True(await Store.CommitAsync(own, [], default));
        await Store.ReleaseAsync("owner", default);
        Assert.False(await Store.CommitAsync(own, [], default));
    }

    [Fact]
    public async Task A_new_attempt_begins_without_the_readings_of_the_lost_one()
    {
        var (_, lease) = await LeasedTuningJobAsync();
        var job = await LaunchAsync(lease, 1);
        var other = await LaunchAsync(lease, 2);
        MetricReading[] readings = [new("m", 0, 1, Now), new("n", 5, 2, Now)];
        await Store.CommitAsync(lease, [new Change.AppendReadings(job.Id, readings), new Change.AppendReadings(other.Id, readings)], default);
        await Store.CommitAsync(lease, [new Change.ForgetReadings(job.Id)], default);
        Assert.Empty(await Store.ReadLastMetricsAsync(job.Id, default));
        Assert.Equal(readings, await Store.ReadLastMetricsAsync(other.Id, default));
        await Assert.ThrowsAsync<InvalidOperationException>(() => Store.CommitAsync(lease, [new Change.ForgetReadings(999)], default));
    }

    [Fact]
    public async Task Very_many_readings_of_a_metric_are_thinned_out_evenly_and_the_outermost_stay()
    {
        var (_, lease) = await LeasedTuningJobAsync();
        var job = await LaunchAsync(lease, 1);
        // Offsets as lines of ten bytes have them; the smallest and the greatest value come where nothing else would keep them.
        var readings = Enumerable.Range(0, 60_000)
            .Select(i => new MetricReading("m", i * 10L, i switch { 12_347 => -7.0, 50_001 => 1e9, _ => i % 100 }, Now)).ToList();
        await Store.CommitAsync(lease, [new Change.AppendReadings(job.Id, [new MetricReading("other", 3, 3, Now)])], default);
        foreach (var part in readings.Chunk(2500))
            await Store.CommitAsync(lease, [new Change.AppendReadings(job.Id, part)], default);

        var kept = await Store.ReadMetricAsync(job.Id, "m", -1, 100_000, default);
        Assert.InRange(kept.Count, 2000, SqlStore.MostReadings);
        Assert.Equal((readings[0], readings[^1]), (kept[0], kept[^1]));
        Assert.Equal((-7.0, 1e9), (kept.Min(r => r.Value), kept.Max(r => r.Value)));
        for (var tenth = 0; tenth < 10; tenth++)
            Assert.InRange(kept.Count(r => r.Offset / 60_000 == tenth), 100, 5000);
        Assert.Single(await Store.ReadMetricAsync(job.Id, "other", -1, 10, default));
    }
}
