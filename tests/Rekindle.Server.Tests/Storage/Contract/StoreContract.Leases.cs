using Rekindle.Server.Storage;
using Rekindle.Server.TrainingJobs;
using Rekindle.Server.TuningJobs;

namespace Rekindle.Server.Tests.Storage.Contract;

public abstract partial class StoreContract
{
    [Fact]
    public async Task Only_open_tuning_jobs_and_open_training_jobs_of_their_own_are_claimed()
    {
        var (open, openLease) = await LeasedTuningJobAsync("open");
        await LaunchAsync(openLease, 1);
        var (_, done) = await LeasedTuningJobAsync("done");
        await FinishAsync(done);
        var (stopping, _) = await LeasedTuningJobAsync("stopping");
        await Store.RequestTuningJobStopAsync("stopping", Now, default);
        await Store.CreateTrainingJobAsync(Samples.OwnTrainingJob("own", Now), default);
        await Store.CreateTrainingJobAsync(Samples.OwnTrainingJob("own-done", Now), default);
        var own = await TrainingJobAsync("own");
        var ownDone = await TrainingJobAsync("own-done");
        await CompleteAsync(await LeaseOnAsync(LeaseKind.TrainingJob, ownDone.Id), ownDone, 1);

        var held = await Store.ClaimAsync("owner", TimeToLive, default);
        Assert.Equal(
            [(LeaseKind.TuningJob, open.Id), (LeaseKind.TuningJob, stopping.Id), (LeaseKind.TrainingJob, own.Id)],
            held.Select(lease => (lease.Kind, lease.Id)).Order());
    }

    [Fact]
    public async Task A_renewal_in_time_keeps_the_epoch_and_a_late_one_raises_it()
    {
        var (job, lease) = await LeasedTuningJobAsync();
        Clock.Advance(TimeToLive - TimeSpan.FromMilliseconds(1));
        Assert.Equal([lease], await Store.ClaimAsync("owner", TimeToLive, default));
        Clock.Advance(TimeToLive - TimeSpan.FromMilliseconds(1));
        Assert.Empty(await Store.ClaimAsync("other", TimeToLive, default));
        Assert.True(await Store.CommitAsync(lease, [], default));

        Clock.Advance(TimeSpan.FromMilliseconds(1));
        var again = Assert.Single(await Store.ClaimAsync("owner", TimeToLive, default));
        Assert.Equal(lease with { Epoch = lease.Epoch + 1 }, again);
        Assert.False(await Store.CommitAsync(lease, [Samples.Launch(job.Id, 1, Now)], default));
        Assert.True(await Store.CommitAsync(again, [Samples.Launch(job.Id, 1, Now)], default));
    }

    [Fact]
    public async Task An_owner_who_lost_the_lease_can_change_nothing()
    {
        var (job, lease) = await LeasedTuningJobAsync();
        var training = await LaunchAsync(lease, 1);
        await Store.CreateTrainingJobAsync(Samples.OwnTrainingJob("own", Now), default);
        var own = await TrainingJobAsync("own");
        var ownLease = await LeaseOnAsync(LeaseKind.TrainingJob, own.Id);
        Clock.Advance(TimeToLive);
        await using var elsewhere = Open();
        var taken = await elsewhere.ClaimAsync("other", TimeToLive, default);
        Assert.Equal(2, taken.Count);
        Assert.All(taken, acquired => Assert.Equal(2, acquired.Epoch));

        Change[] changes =
        [
            Samples.Launch(job.Id, 2, Now),
            new Change.SetTrainingProgress(training.Id, Samples.Completed(1, Now), []),
            new Change.AppendReadings(training.Id, [new MetricReading("m", 0, 1, Now)]),
            new Change.RequestTrainingStop(training.Id, StopReason.EarlyStopping, Now),
            new Change.EndTuning(TuningJobEnding.Converged, Now),
            new Change.RecordConvergence(Now),
            new Change.FinishTuning(TuningJobStatus.Completed, null, Now),
        ];
        foreach (var change in changes)
            Assert.False(await Store.CommitAsync(lease, [change], default));
        Assert.False(await Store.CommitAsync(lease, changes, default));
        Assert.False(await Store.CommitAsync(ownLease, [new Change.SetTrainingProgress(own.Id, Samples.Completed(1, Now), [])], default));
        Assert.False(await Store.CommitAsync(taken[0] with { Owner = "owner" }, [], default));

        var snapshot = (await Store.ReadTuningSnapshotAsync(job.Id, default))!;
        Assert.Equal(Text(training), Text(Assert.Single(snapshot.TrainingJobs)));
        Assert.Equal((TuningJobStatus.InProgress, null, null), (snapshot.Job.Status, snapshot.Job.Ending, snapshot.Job.ConvergenceDetectedTime));
        Assert.Equal(TrainingJobStatus.InProgress, (await TrainingJobAsync("own")).Progress.Status);
    }

    [Fact]
    public async Task Leases_of_an_earlier_life_are_released_by_the_prefix_of_their_owner()
    {
        await Store.CreateTuningJobAsync(Samples.TuningJob("a", Now), default);
        await Store.ClaimAsync("node_1/life1", TimeToLive, default);
        await Store.CreateTuningJobAsync(Samples.TuningJob("b", Now), default);
        await Store.ClaimAsync("nodeX1/life1", TimeToLive, default);
        await Store.CreateTrainingJobAsync(Samples.OwnTrainingJob("c", Now), default);
        await Store.ClaimAsync("NODE_1/life1", TimeToLive, default);
        Assert.Empty(await Store.ClaimAsync("node_1/life2", TimeToLive, default));

        await Store.ReleaseAsync("node_1/", default);
        var a = await Store.FindTuningJobAsync("a", default);
        Assert.Equal([new Lease(LeaseKind.TuningJob, a!.Id, "node_1/life2", 2)], await Store.ClaimAsync("node_1/life2", TimeToLive, default));
        Assert.False(await Store.CommitAsync(new Lease(LeaseKind.TuningJob, a.Id, "node_1/life1", 1), [], default));
    }

    [Fact]
    public async Task Many_claimers_at_once_get_each_job_once()
    {
        for (var i = 0; i < 100; i++)
        {
            await Store.CreateTuningJobAsync(Samples.TuningJob($"tuning-{i}", Now), default);
            await Store.CreateTrainingJobAsync(Samples.OwnTrainingJob($"training-{i}", Now), default);
        }

        var stores = Enumerable.Range(0, 8).Select(_ => Open()).ToList();
        var claimed = await Task.WhenAll(Enumerable.Range(0, 64).Select(
            owner => Task.Run(() => stores[owner % stores.Count].ClaimAsync($"owner-{owner}", TimeToLive, default))));
        foreach (var store in stores)
            await store.DisposeAsync();

        var all = claimed.SelectMany(leases => leases).ToList();
        Assert.Equal(200, all.Count);
        Assert.Equal(200, all.Select(lease => (lease.Kind, lease.Id)).Distinct().Count());
        Assert.All(all, lease => Assert.Equal(1, lease.Epoch));
    }

    [Fact]
    public async Task Claimers_compete_while_jobs_are_still_created()
    {
        const int Jobs = 60;
        var created = 0;
        var creator = Task.Run(async () =>
        {
            for (; created < Jobs; created++)
                await Store.CreateTuningJobAsync(Samples.TuningJob($"tuning-{created}", Now), default);
        });
        var claimers = Enumerable.Range(0, 8).Select(owner => Task.Run(async () =>
        {
            await using var store = Open();
            IReadOnlyList<Lease> held;
            bool complete;
            do
            {
                complete = creator.IsCompleted;
                held = await store.ClaimAsync($"owner-{owner}", TimeToLive, default);
            }
            while (!complete);
            return held;
        }));
        var all = (await Task.WhenAll(claimers)).SelectMany(leases => leases).ToList();
        await creator;
        Assert.Equal(Jobs, all.Select(lease => lease.Id).Distinct().Count());
        Assert.Equal(Jobs, all.Count);
    }

    [Fact]
    public async Task Without_a_clock_of_tests_leases_run_on_the_clock_of_the_database()
    {
        await Store.CreateTuningJobAsync(Samples.TuningJob("a", Now), default);
        await using var first = OpenWithClockOfDatabase();
        await using var second = OpenWithClockOfDatabase();
        Assert.Equal(1, Assert.Single(await first.ClaimAsync("first", TimeSpan.FromHours(1), default)).Epoch);
        Assert.Empty(await second.ClaimAsync("second", TimeSpan.FromHours(1), default));
        Assert.Equal(1, Assert.Single(await first.ClaimAsync("first", TimeSpan.Zero, default)).Epoch);
        Assert.Equal(2, Assert.Single(await second.ClaimAsync("second", TimeSpan.FromHours(1), default)).Epoch);
    }

    [Fact]
    public async Task Stores_that_start_at_once_on_an_empty_database_all_find_it_migrated()
    {
        var stores = Enumerable.Range(0, 10).Select(_ => OpenEmpty("shared")).ToList();
        await Task.WhenAll(stores.Select(store => Task.Run(() => store.MigrateAsync(default))));
        for (var i = 0; i < stores.Count; i++)
            Assert.Equal(CreateOutcome.Created, await stores[i].CreateTuningJobAsync(Samples.TuningJob($"by-{i}", Now), default));
        foreach (var store in stores)
        {
            Assert.Equal(10, (await store.ListTuningJobsAsync(new TuningJobQuery { MaxResults = 100 }, default)).Items.Count);
            await store.DisposeAsync();
        }
    }
}
