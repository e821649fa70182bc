using Rekindle.Server.Storage;
using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.Tests.Storage.Contract;

/// <summary>Requests to give way.</summary>
public abstract partial class StoreContract
{
    private Task<bool> InterruptAsync(TrainingJob job) => Store.RequestInterruptionAsync(job.Id, "It was interrupted", Now, default);

    [Fact]
    public async Task A_request_to_give_way_is_stored_with_its_step_once_and_the_status_stays()
    {
        var (_, lease) = await LeasedTuningJobAsync();
        var job = await LaunchAsync(lease, 1);
        Assert.False(await InterruptAsync(job));
        await SetAsync(lease, job, Samples.Running(Now), new SecondaryTransition(SecondaryStatus.Training, "Training", Now, null));
        var before = Store.Revision;

        Assert.True(await InterruptAsync(job));
        Assert.False(await InterruptAsync(job));

        job = await TrainingJobAsync(job.Name);
        Assert.Equal((TrainingJobStatus.InProgress, SecondaryStatus.Interrupted, Now), (job.Progress.Status, job.Progress.Secondary, job.InterruptionRequestedAt));
        Assert.Equal(
            [SecondaryStatus.Starting, SecondaryStatus.Training, SecondaryStatus.Interrupted], job.Transitions.Select(step => step.Status));
        Assert.Equal(("It was interrupted", null), (job.Transitions[^1].Message, job.Transitions[^1].EndTime));
        Assert.NotEqual(before, Store.Revision);
        Assert.False(await Store.RequestInterruptionAsync(job.Id + 1, "It was interrupted", Now, default));
    }

    [Fact]
    public async Task What_was_decided_before_the_request_was_known_does_not_hide_it()
    {
        var (_, lease) = await LeasedTuningJobAsync();
        var job = await LaunchAsync(lease, 1);
        await SetAsync(lease, job, Samples.Running(Now));
        Assert.True(await InterruptAsync(job));

        job = await SetAsync(lease, job, Samples.Running(Now) with { LogPosition = 77 }, new SecondaryTransition(SecondaryStatus.Training, "Again", Now, null));

        Assert.Equal((SecondaryStatus.Interrupted, 77L), (job.Progress.Secondary, job.Progress.LogPosition));
        Assert.Equal(SecondaryStatus.Interrupted, job.Transitions[^1].Status);
        // Its program may have been done by then.
        job = await SetAsync(lease, job, Samples.Completed(1, Now));
        Assert.Equal(TrainingJobStatus.Completed, job.Progress.Status);
    }

    [Fact]
    public async Task What_came_of_it_is_stored_and_it_can_be_asked_again_when_it_runs_again()
    {
        var (_, lease) = await LeasedTuningJobAsync();
        var job = await LaunchAsync(lease, 1);
        await SetAsync(lease, job, Samples.Running(Now));
        Assert.True(await InterruptAsync(job));
        var gone = Samples.Running(Now) with
        {
            Secondary = SecondaryStatus.Interrupted,
            SeenRunning = false,
            Interruptions = 3,
            RanBefore = TimeSpan.FromMilliseconds(123_456),
            MetricsPosition = 50,
            MetricsBase = 40,
        };
        job = await SetAsync(lease, job, gone);
        Assert.True(job.HasGivenWay);
        Assert.Equal(gone, job.Progress);

        var waiting = new Change.SetTrainingProgress(
            job.Id, gone with { Secondary = SecondaryStatus.Starting }, [new SecondaryTransition(SecondaryStatus.Starting, "Again", Now, null)])
        {
            EndsInterruption = true,
        };
        Assert.True(await Store.CommitAsync(lease, [waiting], default));
        job = await TrainingJobAsync(job.Name);
        Assert.Equal((null, SecondaryStatus.Starting), (job.InterruptionRequestedAt, job.Transitions[^1].Status));
        Assert.False(await InterruptAsync(job));

        var resumed = gone with { Secondary = SecondaryStatus.Training, SeenRunning = true, ResumedAt = Now };
        Assert.Equal(resumed, (await SetAsync(lease, job, resumed)).Progress);
        Assert.True(await InterruptAsync(job));
    }

    [Fact]
    public async Task A_stop_goes_over_a_request_to_give_way_and_none_comes_after_it()
    {
        var (_, lease) = await LeasedTuningJobAsync();
        var job = await LaunchAsync(lease, 1);
        await SetAsync(lease, job, Samples.Running(Now));
        Assert.True(await InterruptAsync(job));
        Assert.Equal(TrainingJobStatus.InProgress, await Store.RequestTrainingJobStopAsync(job.Name, Now, default));
        var waiting = new Change.SetTrainingProgress(
            job.Id, Samples.Running(Now) with { Secondary = SecondaryStatus.Starting }, [new SecondaryTransition(SecondaryStatus.Starting, "Again", Now, null)])
        {
            EndsInterruption = true,
        };
        Assert.True(await Store.CommitAsync(lease, [waiting], default));

        job = await TrainingJobAsync(job.Name);
        Assert.Equal((TrainingJobStatus.Stopping, SecondaryStatus.Stopping, StopReason.User), (job.Progress.Status, job.Progress.Secondary, job.StopReason));
        Assert.Equal(SecondaryStatus.Stopping, job.Transitions[^1].Status);
        Assert.False(await InterruptAsync(job));
    }
}
