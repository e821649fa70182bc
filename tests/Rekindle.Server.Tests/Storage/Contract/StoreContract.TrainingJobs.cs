using System.Text.Json;
using Rekindle.Server.Storage;
using Rekindle.Server.TrainingJobs;
using Rekindle.Server.TuningJobs;

namespace Rekindle.Server.Tests.Storage.Contract;

public abstract partial class StoreContract
{
    [Fact]
    public async Task A_training_job_of_its_own_reads_back_as_it_was_stored()
    {
        var job = Samples.OwnTrainingJob("Own-Job", Now) with { Tags = [new Tag("k", "v")] };
        Assert.Equal(CreateOutcome.Created, await Store.CreateTrainingJobAsync(job, default));
        Assert.Equal(CreateOutcome.NameTaken, await Store.CreateTrainingJobAsync(job with { Name = "OWN-job" }, default));

        var read = await TrainingJobAsync("own-JOB");
        Assert.Equal((job.Name, job.Arn, job.Description), (read.Name, read.Arn, read.Description));
        Assert.Equal(JsonSerializer.Serialize(job.Definition), JsonSerializer.Serialize(read.Definition));
        Assert.Equal(job.HyperParameters, read.HyperParameters);
        Assert.Equal((null, 0, Now), (read.TuningJobId, read.LaunchIndex, read.CreationTime));
        Assert.Empty(read.TunedHyperParameters);
        Assert.Equal(
            new TrainingProgress { Status = TrainingJobStatus.InProgress, Secondary = SecondaryStatus.Starting, LastModifiedTime = Now }, read.Progress);
        Assert.Equal([new SecondaryTransition(SecondaryStatus.Starting, "Starting the training job", Now, null)], read.Transitions);
        Assert.Equal([new Tag("k", "v")], await Store.ReadTagsAsync(job.Arn, default));
    }

    [Fact]
    public async Task A_launched_training_job_takes_definition_and_tags_of_its_tuning_job()
    {
        var (job, lease) = await LeasedTuningJobAsync(job: Samples.TuningJob("Tuning", Now) with { Tags = [new Tag("a", "1")] });
        var first = await LaunchAsync(lease, 1, new Dictionary<string, string> { ["eta"] = "0.03" });
        await Store.PutTagsAsync(job.Arn, [new Tag("b", "2")], 50, default);
        var second = await LaunchAsync(lease, 2);
        await Store.RemoveTagsAsync(job.Arn, ["a"], default);

        Assert.Equal((job.Id, 1, "Model"), (first.TuningJobId, first.LaunchIndex, first.Origin));
        Assert.Equal(new Dictionary<string, string> { ["eta"] = "0.03" }, first.TunedHyperParameters);
        Assert.Equal(
            new Dictionary<string, string> { ["epochs"] = "3", ["eta"] = "0.03", ["_tuning_objective_metric"] = "validation:accuracy" },
            first.HyperParameters);
        Assert.Equal(JsonSerializer.Serialize(job.Definition.Training), JsonSerializer.Serialize(first.Definition));
        Assert.Null(first.Description);
        Assert.Equal((TrainingJobStatus.InProgress, SecondaryStatus.Starting), (first.Progress.Status, first.Progress.Secondary));
        Assert.Equal([new SecondaryTransition(SecondaryStatus.Starting, "Starting the training job", Now, null)], first.Transitions);
        Assert.Equal([new Tag("a", "1")], await Store.ReadTagsAsync(first.Arn, default));
        Assert.Equal([new Tag("a", "1"), new Tag("b", "2")], await Store.ReadTagsAsync(second.Arn, default));
    }

    [Fact]
    public async Task Launching_an_index_again_leaves_the_first_launch_as_it_is()
    {
        var (job, lease) = await LeasedTuningJobAsync();
        var first = await LaunchAsync(lease, 1);
        await SetAsync(lease, first, Samples.Running(Now));

        var again = Samples.Launch(job.Id, 1, Now.AddHours(1), new Dictionary<string, string> { ["eta"] = "9" }) with { Name = "Different" };
        Assert.True(await Store.CommitAsync(lease, [again, Samples.Launch(job.Id, 2, Now)], default));

        var read = (await Store.ReadTuningSnapshotAsync(job.Id, default))!.TrainingJobs;
        Assert.Equal([1, 2], read.Select(item => item.LaunchIndex));
        Assert.Equal((first.Name, first.CreationTime, SecondaryStatus.Training), (read[0].Name, read[0].CreationTime, read[0].Progress.Secondary));
        Assert.Equal(first.TunedHyperParameters, read[0].TunedHyperParameters);
        Assert.Single(read[0].Transitions);
    }

    [Fact]
    public async Task A_launch_under_a_name_of_another_job_undoes_the_whole_commit()
    {
        var (job, lease) = await LeasedTuningJobAsync();
        await Store.CreateTrainingJobAsync(Samples.OwnTrainingJob("taken", Now), default);
        Change[] changes = [Samples.Launch(job.Id, 1, Now), Samples.Launch(job.Id, 2, Now) with { Name = "TAKEN" }];
        await Assert.ThrowsAsync<NameTakenException>(() => Store.CommitAsync(lease, changes, default));
        Assert.Empty((await Store.ReadTuningSnapshotAsync(job.Id, default))!.TrainingJobs);
    }

    [Fact]
    public async Task Progress_reads_back_whole_and_each_transition_ends_the_one_before()
    {
        var (_, lease) = await LeasedTuningJobAsync();
        var job = await LaunchAsync(lease, 1);
        var running = Samples.Running(Now.AddSeconds(2)) with { ObjectiveValue = 0.25, LogPosition = long.MaxValue };
        var read = await SetAsync(
            lease,
            job,
            running,
            new SecondaryTransition(SecondaryStatus.Downloading, "Downloading input data", Now.AddSeconds(1), null),
            new SecondaryTransition(SecondaryStatus.Training, "Training", Now.AddSeconds(2), null));
        Assert.Equal(running, read.Progress);

        var completed = Samples.Completed(0.5, Now.AddSeconds(9));
        read = await SetAsync(
            lease, job, completed, new SecondaryTransition(SecondaryStatus.Completed, "Done", Now.AddSeconds(9), Now.AddSeconds(9)));
        Assert.Equal(completed, read.Progress);
        Assert.Equal(
            [
                new(SecondaryStatus.Starting, "Starting the training job", Now, Now.AddSeconds(1)),
                new(SecondaryStatus.Downloading, "Downloading input data", Now.AddSeconds(1), Now.AddSeconds(2)),
                new(SecondaryStatus.Training, "Training", Now.AddSeconds(2), Now.AddSeconds(9)),
                new(SecondaryStatus.Completed, "Done", Now.AddSeconds(9), Now.AddSeconds(9)),
            ],
            read.Transitions);

        var failed = Samples.Failed(FailureKind.Retryable, Now);
        Assert.Equal(failed, (await SetAsync(lease, await LaunchAsync(lease, 2), failed)).Progress);
    }

    [Theory]
    [InlineData(5e-324)]
    [InlineData(-5e-324)]
    [InlineData(double.MaxValue)]
    [InlineData(double.MinValue)]
    [InlineData(-0.0)]
    [InlineData(1.0)]
    [InlineData(-3.0)]
    [InlineData(9007199254740993.0)]
    [InlineData(0.1)]
    [InlineData(2.2250738585072011e-308)]
    [InlineData(0.87000000000000011)]
    public async Task Values_keep_every_bit(double value)
    {
        var (_, lease) = await LeasedTuningJobAsync();
        var job = await LaunchAsync(lease, 1);
        var read = await CompleteAsync(lease, job, value);
        Assert.Equal(BitConverter.DoubleToInt64Bits(value), BitConverter.DoubleToInt64Bits(read.Progress.ObjectiveValue!.Value));

        await Store.CommitAsync(lease, [new Change.AppendReadings(job.Id, [new MetricReading("m", 0, value, Now)])], default);
        var reading = Assert.Single(await Store.ReadLastMetricsAsync(job.Id, default));
        Assert.Equal(BitConverter.DoubleToInt64Bits(value), BitConverter.DoubleToInt64Bits(reading.Value));
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    public async Task What_is_not_a_finite_number_never_reaches_a_row(double value)
    {
        var (_, lease) = await LeasedTuningJobAsync();
        var job = await LaunchAsync(lease, 1);
        Change[] progress = [new Change.SetTrainingProgress(job.Id, Samples.Running(Now) with { ObjectiveValue = value }, [])];
        Change[] readings = [new Change.AppendReadings(job.Id, [new MetricReading("m", 0, 1, Now), new MetricReading("m", 1, value, Now)])];
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Store.CommitAsync(lease, progress, default));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Store.CommitAsync(lease, readings, default));

        Assert.Equal(job.Progress, (await Store.ReadTrainingJobAsync(job.Id, default))!.Progress);
        Assert.Empty(await Store.ReadLastMetricsAsync(job.Id, default));
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.NegativeInfinity)]
    public async Task An_explanation_with_a_number_that_is_none_undoes_the_launch(double value)
    {
        var (job, lease) = await LeasedTuningJobAsync();
        var why = Samples.Explanation;
        foreach (var wrong in (LaunchExplanation[])
            [
                why with { PredictedMean = value },
                why with { PredictedDeviation = value },
                why with { Acquisition = value },
                why with { Nearest = why.Nearest! with { Value = value } },
                why with { Nearest = why.Nearest! with { Distance = value } },
            ])
        {
            Change[] launch = [Samples.Launch(job.Id, 1, Now) with { Explanation = wrong }];
            await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Store.CommitAsync(lease, launch, default));
        }

        Assert.Empty((await Store.ReadTuningSnapshotAsync(job.Id, default))!.TrainingJobs);
    }

    [Fact]
    public async Task An_explanation_reads_back_to_the_last_bit_and_a_second_launch_of_the_index_leaves_it()
    {
        var (job, lease) = await LeasedTuningJobAsync();
        double[] odd = [-0.0, 5e-324, double.MaxValue, 0.1, 0.87000000000000011, -2.2250738585072011e-308];
        for (var i = 0; i < odd.Length; i++)
        {
            var why = Samples.Explanation;
            why = why with { PredictedMean = odd[i], PredictedDeviation = odd[i], Acquisition = odd[i], Nearest = why.Nearest! with { Value = odd[i], Distance = odd[i] } };
            var launch = Samples.Launch(job.Id, i + 1, Now) with { Explanation = why };
            Assert.True(await Store.CommitAsync(lease, [launch, launch with { Explanation = Samples.Explanation }], default));
            var read = (await TrainingJobAsync(launch.Name)).Explanation!;
            Assert.Equal(JsonSerializer.Serialize(why), JsonSerializer.Serialize(read));
            foreach (var number in (double[])[read.PredictedMean!.Value, read.PredictedDeviation!.Value, read.Acquisition!.Value, read.Nearest!.Value, read.Nearest.Distance])
                Assert.Equal(BitConverter.DoubleToInt64Bits(odd[i]), BitConverter.DoubleToInt64Bits(number));
        }

        Assert.Null((await LaunchAsync(lease, 20)).Explanation);
        var bare = Samples.Launch(job.Id, 21, Now) with { Explanation = new LaunchExplanation { Engine = "1" } };
        await Store.CommitAsync(lease, [bare], default);
        Assert.Equal(JsonSerializer.Serialize(bare.Explanation), JsonSerializer.Serialize((await TrainingJobAsync(bare.Name)).Explanation));
    }

    [Fact]
    public async Task A_terminal_training_job_never_changes()
    {
        var (_, lease) = await LeasedTuningJobAsync();
        var job = await CompleteAsync(lease, await LaunchAsync(lease, 1), 0.5);
        foreach (var status in Enum.GetValues<TrainingJobStatus>())
        {
            var change = Samples.Completed(0.9, Now.AddHours(1)) with { Status = status, Secondary = SecondaryStatus.Failed };
            Assert.Equal(Text(job), Text(await SetAsync(lease, job, change, new SecondaryTransition(SecondaryStatus.Failed, "no", Now, null))));
        }

        Assert.Equal(TrainingJobStatus.Completed, await Store.RequestTrainingJobStopAsync(job.Name, Now, default));
        await Store.CommitAsync(lease, [new Change.RequestTrainingStop(job.Id, StopReason.EarlyStopping, Now)], default);
        Assert.Equal(Text(job), Text((await Store.ReadTrainingJobAsync(job.Id, default))!));
    }

    [Fact]
    public async Task A_stop_request_moves_a_training_job_once_and_its_reason_stays()
    {
        var (_, lease) = await LeasedTuningJobAsync();
        var job = await LaunchAsync(lease, 1);
        Assert.Null(await Store.RequestTrainingJobStopAsync("unknown", Now, default));
        Assert.Equal(TrainingJobStatus.InProgress, await Store.RequestTrainingJobStopAsync(job.Name.ToUpperInvariant(), Now.AddSeconds(1), default));
        var stopping = await TrainingJobAsync(job.Name);
        Assert.Equal((TrainingJobStatus.Stopping, SecondaryStatus.Stopping), (stopping.Progress.Status, stopping.Progress.Secondary));
        Assert.Equal((Now.AddSeconds(1), StopReason.User), (stopping.StopRequestedAt, stopping.StopReason));
        Assert.Equal(
            [
                new(SecondaryStatus.Starting, "Starting the training job", Now, Now.AddSeconds(1)),
                new(SecondaryStatus.Stopping, "Stopping the training job", Now.AddSeconds(1), null),
            ],
            stopping.Transitions);

        Assert.Equal(TrainingJobStatus.Stopping, await Store.RequestTrainingJobStopAsync(job.Name, Now.AddSeconds(2), default));
        await Store.CommitAsync(lease, [new Change.RequestTrainingStop(job.Id, StopReason.TuningJobEnding, Now.AddSeconds(3))], default);
        Assert.Equal(Text(stopping), Text(await TrainingJobAsync(job.Name)));
    }

    [Fact]
    public async Task A_request_that_comes_after_the_driver_began_to_stop_is_recorded()
    {
        var (_, lease) = await LeasedTuningJobAsync();
        var job = await LaunchAsync(lease, 1);
        await SetAsync(lease, job, Samples.Running(Now) with { Status = TrainingJobStatus.Stopping, Secondary = SecondaryStatus.Uploading });
        await Store.CommitAsync(lease, [new Change.RequestTrainingStop(job.Id, StopReason.MaxRuntime, Now)], default);
        var read = await TrainingJobAsync(job.Name);
        Assert.Equal((SecondaryStatus.Uploading, StopReason.MaxRuntime, Now), (read.Progress.Secondary, read.StopReason, read.StopRequestedAt));
        Assert.Single(read.Transitions);
    }

    [Fact]
    public async Task Progress_written_by_a_driver_that_missed_the_stop_request_keeps_Stopping_and_loses_nothing_else()
    {
        var (_, lease) = await LeasedTuningJobAsync();
        var job = await LaunchAsync(lease, 1);
        await Store.RequestTrainingJobStopAsync(job.Name, Now.AddSeconds(1), default);
        var stopping = await TrainingJobAsync(job.Name);

        var late = Samples.Running(Now) with { ObjectiveValue = 0.5, LogPosition = 99 };
        var read = await SetAsync(lease, job, late, new SecondaryTransition(SecondaryStatus.Training, "Training", Now, null));
        Assert.Equal(
            late with { Status = TrainingJobStatus.Stopping, Secondary = SecondaryStatus.Stopping, LastModifiedTime = Now.AddSeconds(1) },
            read.Progress);
        Assert.Equal((StopReason.User, Now.AddSeconds(1)), (read.StopReason, read.StopRequestedAt));
        Assert.Equal(stopping.Transitions, read.Transitions);

        var uploading = late with { Status = TrainingJobStatus.Stopping, Secondary = SecondaryStatus.Uploading, LastModifiedTime = Now.AddSeconds(5) };
        Assert.Equal(uploading, (await SetAsync(lease, job, uploading)).Progress);
        Assert.Equal(
            SecondaryStatus.Training,
            (await SetAsync(lease, job, late with { LastModifiedTime = Now.AddSeconds(6) })).Progress.Secondary);
    }

    [Fact]
    public async Task A_terminal_training_job_always_has_an_objective_status()
    {
        var (_, lease) = await LeasedTuningJobAsync();
        var job = await LaunchAsync(lease, 1);
        var pending = Samples.Completed(1, Now) with { ObjectiveStatus = ObjectiveStatus.Pending };
        await Assert.ThrowsAnyAsync<Exception>(() => SetAsync(lease, job, pending));
        await Assert.ThrowsAnyAsync<Exception>(() => SetAsync(lease, job, Samples.Completed(1, Now) with { ObjectiveValue = null }));
        Assert.Equal(job.Progress, (await TrainingJobAsync(job.Name)).Progress);
    }

    [Fact]
    public async Task Only_a_terminal_training_job_is_deleted_and_its_name_is_free_then()
    {
        await Store.CreateTrainingJobAsync(Samples.OwnTrainingJob("own", Now), default);
        var job = await TrainingJobAsync("own");
        Assert.Null(await Store.DeleteTrainingJobAsync("unknown", Now, default));
        Assert.Equal(TrainingJobStatus.InProgress, await Store.DeleteTrainingJobAsync("own", Now, default));
        Assert.NotNull(await Store.FindTrainingJobAsync("own", default));

        await CompleteAsync(await LeaseOnAsync(LeaseKind.TrainingJob, job.Id), job, 1);
        Assert.Equal(TrainingJobStatus.Completed, await Store.DeleteTrainingJobAsync("OWN", Now, default));
        Assert.Null(await Store.FindTrainingJobAsync("own", default));
        Assert.Empty((await Store.ListTrainingJobsAsync(new TrainingJobQuery(), default)).Items);
        Assert.NotNull(await Store.ReadTrainingJobAsync(job.Id, default));
        Assert.Equal(CreateOutcome.Created, await Store.CreateTrainingJobAsync(Samples.OwnTrainingJob("Own", Now), default));
        Assert.NotEqual(job.Id, (await TrainingJobAsync("own")).Id);
    }

    [Fact]
    public async Task A_lease_covers_only_its_own_training_jobs()
    {
        var (_, lease) = await LeasedTuningJobAsync("one");
        var (_, other) = await LeasedTuningJobAsync("two");
        var job = await LaunchAsync(lease, 1);
        await Store.CreateTrainingJobAsync(Samples.OwnTrainingJob("own", Now), default);
        var own = await LeaseOnAsync(LeaseKind.TrainingJob, (await TrainingJobAsync("own")).Id);

        Change[] changes =
        [
            new Change.SetTrainingProgress(job.Id, Samples.Completed(1, Now), []),
            new Change.AppendReadings(job.Id, [new MetricReading("m", 0, 1, Now)]),
            new Change.RequestTrainingStop(job.Id, StopReason.User, Now),
        ];
        foreach (var change in changes)
        {
            await Assert.ThrowsAsync<InvalidOperationException>(() => Store.CommitAsync(other, [change], default));
            await Assert.ThrowsAsync<InvalidOperationException>(() => Store.CommitAsync(own, [change], default));
        }

        await Assert.ThrowsAsync<InvalidOperationException>(() => Store.CommitAsync(own, [Samples.Launch(1, 1, Now)], default));
        await Assert.ThrowsAsync<InvalidOperationException>(
            () => Store.CommitAsync(own, [new Change.FinishTuning(TuningJobStatus.Completed, null, Now)], default));
        Assert.Equal(Text(job), Text(await TrainingJobAsync(job.Name)));
    }

    [Fact]
    public async Task A_snapshot_holds_all_training_jobs_in_launch_order()
    {
        var (job, lease) = await LeasedTuningJobAsync();
        foreach (var index in (int[])[3, 1, 11, 2])
            await LaunchAsync(lease, index);
        var snapshot = (await Store.ReadTuningSnapshotAsync(job.Id, default))!;
        Assert.Equal([1, 2, 3, 11], snapshot.TrainingJobs.Select(item => item.LaunchIndex));
        Assert.Equal(Text(await TrainingJobAsync(snapshot.TrainingJobs[0].Name)), Text(snapshot.TrainingJobs[0]));
        Assert.Null(await Store.ReadTuningSnapshotAsync(job.Id + 1, default));
    }

    [Fact]
    public async Task A_snapshot_read_again_shows_what_changed_since()
    {
        var (job, lease) = await LeasedTuningJobAsync();
        await using var elsewhere = Open();
        for (var index = 1; index <= 3; index++)
        {
            var launched = await LaunchAsync(lease, index);
            foreach (var step in (Func<Task>[])[() => Task.CompletedTask, () => SetAsync(lease, launched, Samples.Running(Now)), () => CompleteAsync(lease, launched, index)])
            {
                await step();
                var expected = new List<string>();
                for (var other = 1; other <= index; other++)
                    expected.Add(Text(await TrainingJobAsync(Samples.Launch(job.Id, other, Now).Name)));
                foreach (var store in (IStore[])[Store, Store, elsewhere])
                    Assert.Equal(expected, (await store.ReadTuningSnapshotAsync(job.Id, default))!.TrainingJobs.Select(Text));
            }
        }

        await Store.DeleteTrainingJobAsync(Samples.Launch(job.Id, 2, Now).Name, Now, default);
        Assert.Equal([1, 2, 3], (await Store.ReadTuningSnapshotAsync(job.Id, default))!.TrainingJobs.Select(item => item.LaunchIndex));
    }

    private static string Text(TrainingJob job) => JsonSerializer.Serialize(job);
}
