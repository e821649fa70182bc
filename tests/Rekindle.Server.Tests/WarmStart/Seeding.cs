using System.Globalization;
using Rekindle.Server.Storage;
using Rekindle.Server.TrainingJobs;
using Rekindle.Server.TuningJobs;

namespace Rekindle.Server.Tests.WarmStart;

/// <summary>
/// Puts tuning jobs into a store in any state, through the same changes a driver makes. Those left open stay leased, so that no server
/// drives them on.
/// </summary>
internal sealed class Seeding(SqlStore store)
{
    private const string Owner = "seeding/1";

    private static readonly TimeSpan Long = TimeSpan.FromHours(10);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Stores a tuning job with training jobs that have all ended.</summary>
    /// <param name="job">Name, definition, creation time and status.</param>
    /// <param name="trainingJobs">Tuned values, and how the training job ended.</param>
    /// <param name="parents">Rows of its parents.</param>
    public async Task<long> AddAsync(TuningJob job, IReadOnlyList<SeededTrainingJob> trainingJobs, params IReadOnlyList<long> parents)
    {
        var outcome = await store.CreateTuningJobAsync(
            new NewTuningJob
            {
                Name = job.Name,
                Arn = Arn.ForTuningJob("us-east-1", "000000000000", job.Name),
                Definition = job.Definition,
                Description = job.Description,
                CreationTime = job.CreationTime,
                ParentIds = parents,
            },
            Token);
        Assert.Equal(CreateOutcome.Created, outcome);
        var id = (await store.FindTuningJobAsync(job.Name, Token))!.Id;
        var lease = (await store.ClaimAsync(Owner, Long, Token)).Single(lease => lease.Kind == LeaseKind.TuningJob && lease.Id == id);
        await CommitAsync(lease, trainingJobs.Select((training, index) => (Change)new Change.AddTrainingJob(
            NameOf(job, index), Arn.ForTrainingJob("us-east-1", "000000000000", NameOf(job, index)), index + 1, training.Tuned, training.Origin, job.CreationTime)));
        var launched = (await store.ReadTuningSnapshotAsync(id, Token))!.TrainingJobs;
        await CommitAsync(lease, launched.Zip(trainingJobs, (row, training) => (Change)new Change.SetTrainingProgress(
            row.Id,
            row.Progress with
            {
                Status = training.Status,
                Secondary = Enum.Parse<SecondaryStatus>(training.Status.ToString()),
                TrainingEndTime = job.CreationTime,
                ObjectiveStatus = training.Objective is null ? ObjectiveStatus.Failed : ObjectiveStatus.Succeeded,
                ObjectiveValue = training.Objective,
                FailureReason = training.FailureReason,
            },
            [])));
        if (job.Status is TuningJobStatus.Stopping or TuningJobStatus.Stopped)
        {
            await store.RequestTuningJobStopAsync(job.Name, job.CreationTime, Token);
        }

        if (job.Status is not (TuningJobStatus.InProgress or TuningJobStatus.Stopping))
        {
            await CommitAsync(lease, [new Change.FinishTuning(job.Status, null, job.CreationTime)]);
        }

        return id;
    }

    public static string NameOf(TuningJob job, int index) => string.Create(CultureInfo.InvariantCulture, $"{job.Name}-{index + 1:000}");

    private async Task CommitAsync(Lease lease, IEnumerable<Change> changes) => Assert.True(await store.CommitAsync(lease, [.. changes], Token));
}

/// <param name="Tuned">The suggested values.</param>
/// <param name="Objective">Its final objective; null for one that gave none.</param>
/// <param name="Status">How it ended.</param>
/// <param name="FailureReason">Why it failed.</param>
/// <param name="Origin">How it was suggested.</param>
internal sealed record SeededTrainingJob(
    IReadOnlyDictionary<string, string> Tuned,
    double? Objective,
    TrainingJobStatus Status = TrainingJobStatus.Completed,
    string? FailureReason = null,
    string Origin = "Model");
