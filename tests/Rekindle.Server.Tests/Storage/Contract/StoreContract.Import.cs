using Rekindle.Server.Storage;
using Rekindle.Server.TuningJobs;

namespace Rekindle.Server.Tests.Storage.Contract;

public abstract partial class StoreContract
{
    [Fact]
    public async Task An_imported_tuning_job_comes_back_whole_and_is_never_leased()
    {
        var job = Imported("Elsewhere", 3);
        Assert.Equal(CreateOutcome.Created, await Store.ImportTuningJobAsync(job, default));

        var found = await Store.FindTuningJobAsync("elsewhere", default);
        Assert.NotNull(found);
        Assert.Equal(
            (job.Name, job.Arn, job.Description, job.Status, job.FailureReason),
            (found.Name, found.Arn, found.Description, found.Status, found.FailureReason));
        Assert.Equal(
            (job.CreationTime, job.LastModifiedTime, (DateTimeOffset?)job.EndTime, (DateTimeOffset?)job.ImportedAt, job.ConvergenceDetectedTime),
            (found.CreationTime, found.LastModifiedTime, found.EndTime, found.ImportedAt, found.ConvergenceDetectedTime));
        Assert.Equal(job.Unlisted, found.Unlisted);
        var snapshot = await Store.ReadTuningSnapshotAsync(found.Id, default);
        Assert.Equal([1, 2, 3], snapshot!.TrainingJobs.Select(training => training.LaunchIndex));
        Assert.Equal(job.TrainingJobs.Select(training => training.Progress), snapshot.TrainingJobs.Select(training => training.Progress));
        Assert.Equal(job.TrainingJobs.Select(training => training.Description), snapshot.TrainingJobs.Select(training => training.Description));
        Assert.Empty(await Store.ClaimAsync("owner", TimeToLive, default));
        Assert.Equal(TuningJobStatus.Stopped, await Store.RequestTuningJobStopAsync("elsewhere", Now, default));
        Assert.Equal(TuningJobStatus.Stopped, (await Store.FindTuningJobAsync("elsewhere", default))!.Status);
    }

    [Fact]
    public async Task What_an_imported_tuning_job_does_not_list_is_counted_everywhere()
    {
        await Store.ImportTuningJobAsync(Imported("Elsewhere", 3), default);
        var found = await Store.FindTuningJobAsync("Elsewhere", default);

        var counters = await Store.CountTrainingJobsAsync(found!.Id, default);
        Assert.Equal((3 + 40, 2, 45), (counters.Completed, counters.RetryableError, counters.Launched));
        Assert.Equal(counters, Assert.Single((await Store.ListTuningJobsAsync(new TuningJobQuery(), default)).Items).Counters);
        Assert.Equal(counters, TuningJobCounters.Of((await Store.ReadTuningSnapshotAsync(found.Id, default))!));
    }

    [Fact]
    public async Task Imported_training_jobs_share_names_and_those_that_ran_here_come_first()
    {
        await Store.ImportTuningJobAsync(Imported("First", 1), default);
        await Store.ImportTuningJobAsync(Imported("Second", 1), default);
        var (first, second) = (await Store.FindTuningJobAsync("First", default), await Store.FindTuningJobAsync("Second", default));
        Assert.Equal(second!.Id, (await TrainingJobAsync("run-1")).TuningJobId);

        Assert.Equal(CreateOutcome.Created, await Store.CreateTrainingJobAsync(Samples.OwnTrainingJob("RUN-1", Now), default));
        Assert.Null((await TrainingJobAsync("run-1")).TuningJobId);
        Assert.Equal(CreateOutcome.NameTaken, await Store.CreateTrainingJobAsync(Samples.OwnTrainingJob("run-1", Now), default));
        await Store.ImportTuningJobAsync(Imported("Third", 1), default);
        Assert.Null((await TrainingJobAsync("run-1")).TuningJobId);
        Assert.Equal(first!.Id, Assert.Single((await Store.ListTrainingJobsAsync(new TrainingJobQuery { TuningJobId = first.Id }, default)).Items).TuningJobId);
    }

    [Fact]
    public async Task An_import_under_a_taken_name_changes_nothing()
    {
        await Store.CreateTuningJobAsync(Samples.TuningJob("Taken", Now), default);

        Assert.Equal(CreateOutcome.NameTaken, await Store.ImportTuningJobAsync(Imported("TAKEN", 2), default));

        Assert.Null((await Store.FindTuningJobAsync("taken", default))!.ImportedAt);
        Assert.Empty((await Store.ListTrainingJobsAsync(new TrainingJobQuery(), default)).Items);
    }

    [Fact]
    public async Task What_has_not_ended_is_not_imported()
    {
        var job = Imported("Elsewhere", 1);

        await Assert.ThrowsAsync<InvalidOperationException>(() => Store.ImportTuningJobAsync(job with { Status = TuningJobStatus.Stopping }, default));
        var running = job.TrainingJobs[0] with { Progress = Samples.Running(Now) };
        await Assert.ThrowsAsync<InvalidOperationException>(() => Store.ImportTuningJobAsync(job with { TrainingJobs = [running] }, default));
        Assert.Null(await Store.FindTuningJobAsync("Elsewhere", default));
    }

    [Fact]
    public async Task A_child_reads_what_an_imported_parent_left()
    {
        await Store.ImportTuningJobAsync(Imported("Parent", 4), default);
        var parent = await Store.FindTuningJobAsync("Parent", default);
        await Store.CreateTuningJobAsync(Samples.TuningJob("Child", Now) with { ParentIds = [parent!.Id] }, default);
        await Store.DeleteTuningJobAsync("Parent", Now, default);

        var child = await Store.FindTuningJobAsync("Child", default);
        var left = Assert.Single(await Store.ReadParentsAsync(child!.Id, default));
        Assert.Equal(4, left.TrainingJobs.Count);
    }

    private ImportedTuningJob Imported(string name, int trainingJobs) => new()
    {
        Name = name,
        Arn = Samples.TuningJobArn(name),
        Definition = Samples.Definition,
        Description = """{"Unknown":"é"}""",
        Status = TuningJobStatus.Stopped,
        CreationTime = new DateTimeOffset(2017, 1, 2, 3, 4, 5, 6, TimeSpan.Zero),
        LastModifiedTime = new DateTimeOffset(2017, 1, 3, 0, 0, 0, TimeSpan.Zero),
        EndTime = new DateTimeOffset(2017, 1, 2, 23, 0, 0, TimeSpan.Zero),
        FailureReason = "none",
        ConvergenceDetectedTime = new DateTimeOffset(2017, 1, 2, 22, 0, 0, TimeSpan.Zero),
        ImportedAt = Now,
        Unlisted = new TuningJobCounters { Completed = 40, RetryableError = 2, ObjectiveSucceeded = 40, ObjectiveFailed = 2 },
        Tags = [new Tag("a", "b")],
        TrainingJobs =
        [
            .. Enumerable.Range(1, trainingJobs).Select(i => new ImportedTrainingJob
            {
                Name = $"run-{i}",
                Arn = Samples.TrainingJobArn($"run-{i}"),
                TunedHyperParameters = new Dictionary<string, string> { ["eta"] = "0.1" },
                Description = $$"""{"TrainingJobName":"run-{{i}}"}""",
                CreationTime = new DateTimeOffset(2017, 1, 2, 4, 0, i, TimeSpan.Zero),
                Progress = Samples.Completed(i / 3.0, Now) with { ExitCode = null, LogPosition = 0, MetricsPosition = 0, ModelArtifact = null },
            }),
        ],
    };
}
