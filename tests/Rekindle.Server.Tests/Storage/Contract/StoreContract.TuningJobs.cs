using System.Text.Json;
using Rekindle.Server.Storage;
using Rekindle.Server.TrainingJobs;
using Rekindle.Server.TuningJobs;

namespace Rekindle.Server.Tests.Storage.Contract;

public abstract partial class StoreContract
{
    [Fact]
    public async Task A_tuning_job_reads_back_as_it_was_stored()
    {
        var job = Samples.TuningJob("My-Tuning", Now.AddTicks(12_345)) with { Tags = [new Tag("b", "2"), new Tag("a", "1")] };
        Assert.Equal(CreateOutcome.Created, await Store.CreateTuningJobAsync(job, default));

        var read = await Store.FindTuningJobAsync("MY-tuning", default);
        Assert.NotNull(read);
        Assert.Equal(("My-Tuning", job.Arn, job.Description), (read.Name, read.Arn, read.Description));
        Assert.Equal(JsonSerializer.Serialize(job.Definition), JsonSerializer.Serialize(read.Definition));
        Assert.Equal(TuningJobStatus.InProgress, read.Status);
        Assert.Equal(Now.AddMilliseconds(1), read.CreationTime);
        Assert.Equal(read.CreationTime, read.LastModifiedTime);
        Assert.Equal([new Tag("b", "2"), new Tag("a", "1")], await Store.ReadTagsAsync(job.Arn, default));
        Assert.Null(read.EndTime);
        Assert.Null(read.FailureReason);
        Assert.Null(read.StopRequestedAt);
        Assert.Null(read.Ending);
        Assert.Null(read.ConvergenceDetectedTime);
        Assert.Empty(read.Parents);
        Assert.Null(await Store.FindTuningJobAsync("other", default));
    }

    [Fact]
    public async Task Names_are_unique_without_case_until_the_job_is_deleted()
    {
        var (job, lease) = await LeasedTuningJobAsync("Abc");
        Assert.Equal(CreateOutcome.NameTaken, await Store.CreateTuningJobAsync(Samples.TuningJob("aBC", Now), default));

        Assert.Equal(TuningJobStatus.InProgress, await Store.DeleteTuningJobAsync("ABC", Now, default));
        Assert.NotNull(await Store.FindTuningJobAsync("abc", default));

        await FinishAsync(lease);
        Assert.Equal(TuningJobStatus.Completed, await Store.DeleteTuningJobAsync("ABC", Now, default));
        Assert.Null(await Store.FindTuningJobAsync("abc", default));
        Assert.Null(await Store.ReadTagsAsync(job.Arn, default));
        Assert.Null(await Store.DeleteTuningJobAsync("abc", Now, default));
        Assert.Empty((await Store.ListTuningJobsAsync(new TuningJobQuery(), default)).Items);

        Assert.Equal(CreateOutcome.Created, await Store.CreateTuningJobAsync(Samples.TuningJob("aBC", Now), default));
        Assert.NotEqual(job.Id, (await Store.FindTuningJobAsync("abc", default))!.Id);
    }

    [Fact]
    public async Task Parents_must_exist_be_terminal_and_not_be_deleted()
    {
        var (parent, lease) = await LeasedTuningJobAsync("parent");
        var child = Samples.TuningJob("child", Now) with { ParentIds = [parent.Id] };
        Assert.Equal(CreateOutcome.ParentUnavailable, await Store.CreateTuningJobAsync(child, default));
        Assert.Equal(CreateOutcome.ParentUnavailable, await Store.CreateTuningJobAsync(child with { ParentIds = [parent.Id + 1000] }, default));

        await FinishAsync(lease);
        Assert.Equal(CreateOutcome.Created, await Store.CreateTuningJobAsync(child, default));
        await Store.DeleteTuningJobAsync("parent", Now, default);
        Assert.Equal(CreateOutcome.ParentUnavailable, await Store.CreateTuningJobAsync(child with { Name = "late" }, default));
        Assert.Null(await Store.FindTuningJobAsync("late", default));
    }

    [Fact]
    public async Task A_child_still_sees_what_deleted_parents_left()
    {
        var (first, firstLease) = await LeasedTuningJobAsync("first");
        var kept = await LaunchAsync(firstLease, 1);
        var failed = await LaunchAsync(firstLease, 2);
        await CompleteAsync(firstLease, kept, 0.5);
        await SetAsync(firstLease, failed, Samples.Failed(FailureKind.NonRetryable, Now));
        await FinishAsync(firstLease);
        var (second, secondLease) = await LeasedTuningJobAsync("second");
        await FinishAsync(secondLease);
        Assert.Equal(
            CreateOutcome.Created,
            await Store.CreateTuningJobAsync(Samples.TuningJob("child", Now) with { ParentIds = [second.Id, first.Id] }, default));

        await Store.DeleteTuningJobAsync("first", Now, default);
        await Store.DeleteTrainingJobAsync(kept.Name, Now, default);
        Assert.Null(await Store.FindTrainingJobAsync(kept.Name, default));

        var child = (await Store.FindTuningJobAsync("child", default))!;
        Assert.Equal([new WarmStartParent(second.Id, "second"), new WarmStartParent(first.Id, "first")], child.Parents);
        var parents = await Store.ReadParentsAsync(child.Id, default);
        Assert.Equal(["second", "first"], parents.Select(parent => parent.Job.Name));
        Assert.Empty(parents[0].TrainingJobs);
        Assert.Equal(kept.Id, Assert.Single(parents[1].TrainingJobs).Id);
        Assert.Equal(2, (await Store.ReadTuningSnapshotAsync(first.Id, default))!.TrainingJobs.Count);
        var best = await Store.FindBestTrainingJobAsync([first.Id, second.Id], ObjectiveGoal.Maximize, default);
        Assert.Equal((kept.Id, "first"), (best!.TrainingJob.Id, best.TuningJobName));
        Assert.Equal(2, (await Store.CountTrainingJobsAsync(first.Id, default)).Launched);
    }

    [Fact]
    public async Task A_stop_request_moves_a_tuning_job_once()
    {
        var (_, lease) = await LeasedTuningJobAsync("stopped");
        Assert.Null(await Store.RequestTuningJobStopAsync("unknown", Now, default));
        Assert.Equal(TuningJobStatus.InProgress, await Store.RequestTuningJobStopAsync("STOPPED", Now.AddSeconds(1), default));
        Assert.Equal(TuningJobStatus.Stopping, await Store.RequestTuningJobStopAsync("stopped", Now.AddSeconds(2), default));

        var job = (await Store.FindTuningJobAsync("stopped", default))!;
        Assert.Equal((TuningJobStatus.Stopping, Now.AddSeconds(1)), (job.Status, job.StopRequestedAt));
        Assert.Equal(Now.AddSeconds(1), job.LastModifiedTime);

        await FinishAsync(lease, TuningJobStatus.Stopped);
        Assert.Equal(TuningJobStatus.Stopped, await Store.RequestTuningJobStopAsync("stopped", Now.AddSeconds(3), default));
        Assert.Equal(TuningJobStatus.Stopped, (await Store.FindTuningJobAsync("stopped", default))!.Status);
    }

    [Fact]
    public async Task The_first_ending_and_the_first_convergence_stay()
    {
        var (job, lease) = await LeasedTuningJobAsync();
        await Store.CommitAsync(lease, [new Change.EndTuning(TuningJobEnding.TargetReached, Now), new Change.RecordConvergence(Now)], default);
        await Store.CommitAsync(
            lease, [new Change.EndTuning(TuningJobEnding.MaxRuntime, Now.AddHours(1)), new Change.RecordConvergence(Now.AddHours(1))], default);

        var read = (await Store.ReadTuningSnapshotAsync(job.Id, default))!.Job;
        Assert.Equal((TuningJobEnding.TargetReached, Now), (read.Ending, read.ConvergenceDetectedTime));
        Assert.Equal(Now, read.LastModifiedTime);
    }

    [Fact]
    public async Task A_tuning_job_finishes_once_and_only_after_its_training_jobs()
    {
        var (job, lease) = await LeasedTuningJobAsync();
        var launched = await LaunchAsync(lease, 1);
        await Assert.ThrowsAsync<InvalidOperationException>(
            () => Store.CommitAsync(lease, [new Change.FinishTuning(TuningJobStatus.Completed, null, Now)], default));
        await Assert.ThrowsAsync<InvalidOperationException>(
            () => Store.CommitAsync(lease, [new Change.FinishTuning(TuningJobStatus.Stopping, null, Now)], default));
        Assert.Equal(TuningJobStatus.InProgress, (await Store.FindTuningJobAsync(job.Name, default))!.Status);

        var finish = new Change.FinishTuning(TuningJobStatus.Failed, "No training job succeeded after 5 attempts.", Now.AddMinutes(1));
        Assert.True(await Store.CommitAsync(
            lease, [new Change.SetTrainingProgress(launched.Id, Samples.Failed(FailureKind.NonRetryable, Now), []), finish], default));
        var read = (await Store.FindTuningJobAsync(job.Name, default))!;
        Assert.Equal((TuningJobStatus.Failed, finish.FailureReason), (read.Status, read.FailureReason));
        Assert.Equal((Now.AddMinutes(1), Now.AddMinutes(1)), (read.EndTime, read.LastModifiedTime));

        Assert.False(await Store.CommitAsync(lease, [new Change.FinishTuning(TuningJobStatus.Completed, null, Now)], default));
        Assert.Empty(await Store.ClaimAsync("owner", TimeToLive, default));
    }

    [Fact]
    public async Task Counters_are_counted_from_rows()
    {
        var (job, lease) = await LeasedTuningJobAsync();
        var jobs = new List<TrainingJob>();
        for (var index = 1; index <= 7; index++)
            jobs.Add(await LaunchAsync(lease, index));
        await CompleteAsync(lease, jobs[0], 1);
        await CompleteAsync(lease, jobs[1], 2);
        await SetAsync(lease, jobs[2], Samples.Failed(FailureKind.Retryable, Now));
        await SetAsync(lease, jobs[3], Samples.Failed(FailureKind.NonRetryable, Now));
        await SetAsync(lease, jobs[4], Samples.Completed(3, Now) with { Status = TrainingJobStatus.Stopped, Secondary = SecondaryStatus.Stopped });
        await Store.RequestTrainingJobStopAsync(jobs[5].Name, Now, default);

        var expected = new TuningJobCounters
        {
            Completed = 2,
            RetryableError = 1,
            NonRetryableError = 1,
            Stopped = 1,
            InProgress = 2,
            ObjectiveSucceeded = 3,
            ObjectiveFailed = 2,
            ObjectivePending = 2,
        };
        Assert.Equal(expected, await Store.CountTrainingJobsAsync(job.Id, default));
        Assert.Equal(7, expected.Launched);
        Assert.Equal(new TuningJobCounters(), await Store.CountTrainingJobsAsync(job.Id + 1, default));

        await LeasedTuningJobAsync("Zero");
        var listed = (await Store.ListTuningJobsAsync(new TuningJobQuery(), default)).Items;
        Assert.Equal([expected, new TuningJobCounters()], listed.Select(item => item.Counters));
    }

    [Theory]
    [InlineData(true, new[] { 0.1, 0.9, 0.9, 0.5 }, 2)]
    [InlineData(false, new[] { 0.5, 0.1, 0.1, 0.9 }, 2)]
    [InlineData(true, new[] { -double.Epsilon, 0.0, double.Epsilon }, 3)]
    [InlineData(false, new[] { -1e300, double.MinValue, double.MaxValue }, 2)]
    [InlineData(true, new[] { double.MinValue }, 1)]
    [InlineData(false, new[] { 0.0, -0.0 }, 1)]
    [InlineData(true, new double[0], 0)]
    public async Task The_best_training_job_is_the_earliest_of_the_best_objectives(bool maximize, double[] objectives, int expectedIndex)
    {
        var (job, lease) = await LeasedTuningJobAsync();
        for (var i = 0; i < objectives.Length; i++)
            await CompleteAsync(lease, await LaunchAsync(lease, i + 1), objectives[i]);
        // Neither of these has a final objective.
        await SetAsync(lease, await LaunchAsync(lease, 50), Samples.Running(Now) with { ObjectiveValue = maximize ? double.MaxValue : double.MinValue });
        await SetAsync(lease, await LaunchAsync(lease, 51), Samples.Failed(FailureKind.NonRetryable, Now) with { ObjectiveValue = 1e308 });

        var goal = maximize ? ObjectiveGoal.Maximize : ObjectiveGoal.Minimize;
        var best = await Store.FindBestTrainingJobAsync([job.Id], goal, default);
        Assert.Equal(expectedIndex, best?.TrainingJob.LaunchIndex ?? 0);
        Assert.Null(await Store.FindBestTrainingJobAsync([], goal, default));
    }

    [Fact]
    public async Task Among_equal_objectives_the_earlier_creation_wins_over_the_smaller_id()
    {
        var (job, lease) = await LeasedTuningJobAsync();
        await CompleteAsync(lease, await LaunchAsync(lease, 1), 0.5);
        var earlier = Samples.Launch(job.Id, 2, Now.AddSeconds(-1));
        await Store.CommitAsync(lease, [earlier], default);
        await CompleteAsync(lease, await TrainingJobAsync(earlier.Name), 0.5);
        Assert.Equal(2, (await Store.FindBestTrainingJobAsync([job.Id], ObjectiveGoal.Minimize, default))!.TrainingJob.LaunchIndex);
    }
}
