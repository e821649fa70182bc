using Rekindle.Server.Storage;
using Rekindle.Server.TuningJobs;

namespace Rekindle.Server.Tests.Storage.Contract;

public abstract partial class StoreContract
{
    /// <summary>Dashboards that poll while training jobs report: nobody ever sees a lock, and every snapshot is of one moment.</summary>
    [Fact]
    public async Task Readers_at_full_speed_and_writers_of_two_processes_never_disturb_each_other()
    {
        const int Launches = 60;
        var (job, lease) = await LeasedTuningJobAsync();
        using var done = new CancellationTokenSource();
        await using var elsewhere = Open();
        var readers = Enumerable.Range(0, 8).Select(index => Task.Run(async () =>
        {
            var store = index % 2 == 0 ? Store : elsewhere;
            var reads = 0;
            do
            {
                var snapshot = (await store.ReadTuningSnapshotAsync(job.Id, default))!;
                // Both come with one commit, so a snapshot with only one of them is torn.
                Assert.Equal(0, snapshot.TrainingJobs.Count % 2);
                Assert.All(snapshot.TrainingJobs, training => Assert.NotEmpty(training.Transitions));
                var listed = Assert.Single((await store.ListTuningJobsAsync(new TuningJobQuery { NameContains = "Tuning" }, default)).Items);
                Assert.Equal(0, listed.Counters.Launched % 2);
                await store.ListTrainingJobsAsync(new TrainingJobQuery { TuningJobId = job.Id, SortBy = TrainingJobSort.CreationTime }, default);
                await store.FindBestTrainingJobAsync([job.Id], ObjectiveGoal.Maximize, default);
                reads++;
            }
            while (!done.IsCancellationRequested);
            return reads;
        })).ToList();
        var otherWriter = Task.Run(async () =>
        {
            for (var i = 0; i < Launches; i++)
                Assert.Equal(CreateOutcome.Created, await elsewhere.CreateTrainingJobAsync(Samples.OwnTrainingJob($"own-{i}", Now), default));
        });

        for (var i = 0; i < Launches; i += 2)
            Assert.True(await Store.CommitAsync(lease, [Samples.Launch(job.Id, i + 1, Now), Samples.Launch(job.Id, i + 2, Now)], default));
        await otherWriter;
        await done.CancelAsync();
        Assert.All(await Task.WhenAll(readers), reads => Assert.True(reads > 0));
        Assert.Equal(Launches, (await Store.CountTrainingJobsAsync(job.Id, default)).Launched);
    }

    [Fact]
    public async Task Of_creations_with_one_name_at_once_exactly_one_succeeds()
    {
        await using var elsewhere = Open();
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Task.Run(
            () => (i % 2 == 0 ? Store : elsewhere).CreateTuningJobAsync(Samples.TuningJob(i % 3 == 0 ? "Same" : "sAME", Now), default))));
        Assert.Single(outcomes, outcome => outcome == CreateOutcome.Created);
        Assert.Equal(15, outcomes.Count(outcome => outcome == CreateOutcome.NameTaken));
    }
}
