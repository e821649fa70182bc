using Microsoft.Extensions.Time.Testing;
using Rekindle.Server.Storage;
using Rekindle.Server.TrainingJobs;
using Rekindle.Server.TuningJobs;

namespace Rekindle.Server.Tests.Storage.Contract;

/// <summary>What every store must do, whatever its database. A database joins by deriving and opening stores.</summary>
public abstract partial class StoreContract : IAsyncLifetime
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan TimeToLive = TimeSpan.FromSeconds(15);

    private readonly FakeTimeProvider _clock = new(Start);

    /// <summary>The clock that this class's stores use for leases.</summary>
    private protected FakeTimeProvider Clock => _clock;

    private protected IStore Store { get; private set; } = null!;

    /// <summary>One more store on the same, at first empty, database.</summary>
    private protected abstract IStore Open();

    /// <summary>A store on the same database that takes the time of leases from the database.</summary>
    private protected abstract IStore OpenWithClockOfDatabase();

    /// <summary>Another database, with no tables yet; called several times with one key, the same one.</summary>
    private protected abstract IStore OpenEmpty(string key);

    /// <summary>Marks the database's schema as one from the future.</summary>
    private protected abstract Task PretendNewerSchemaAsync();

    private protected abstract void RemoveDatabase();

    public async ValueTask InitializeAsync()
    {
        Store = Open();
        await Store.MigrateAsync(default);
    }

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        RemoveDatabase();
        GC.SuppressFinalize(this);
    }

    private DateTimeOffset Now => _clock.GetUtcNow();

    /// <summary>A tuning job with one lease on it.</summary>
    private async Task<(TuningJob Job, Lease Lease)> LeasedTuningJobAsync(string name = "Tuning", NewTuningJob? job = null)
    {
        Assert.Equal(CreateOutcome.Created, await Store.CreateTuningJobAsync(job ?? Samples.TuningJob(name, Now), default));
        var created = await Store.FindTuningJobAsync(job?.Name ?? name, default);
        Assert.NotNull(created);
        return (created, await LeaseOnAsync(LeaseKind.TuningJob, created.Id));
    }

    private async Task<Lease> LeaseOnAsync(LeaseKind kind, long id) =>
        Assert.Single(await Store.ClaimAsync("owner", TimeToLive, default), lease => lease.Kind == kind && lease.Id == id);

    private async Task<TrainingJob> LaunchAsync(Lease lease, int index, IReadOnlyDictionary<string, string>? tuned = null)
    {
        var add = Samples.Launch(lease.Id, index, Now, tuned);
        Assert.True(await Store.CommitAsync(lease, [add], default));
        return await TrainingJobAsync(add.Name);
    }

    private async Task<TrainingJob> TrainingJobAsync(string name)
    {
        var job = await Store.FindTrainingJobAsync(name, default);
        Assert.NotNull(job);
        return job;
    }

    private async Task<TrainingJob> SetAsync(Lease lease, TrainingJob job, TrainingProgress progress, params SecondaryTransition[] transitions)
    {
        Assert.True(await Store.CommitAsync(lease, [new Change.SetTrainingProgress(job.Id, progress, transitions)], default));
        return (await Store.ReadTrainingJobAsync(job.Id, default))!;
    }

    private Task<TrainingJob> CompleteAsync(Lease lease, TrainingJob job, double objective) =>
        SetAsync(lease, job, Samples.Completed(objective, Now), new SecondaryTransition(SecondaryStatus.Completed, "Training job completed", Now, Now));

    private async Task FinishAsync(Lease lease, TuningJobStatus status = TuningJobStatus.Completed) =>
        Assert.True(await Store.CommitAsync(lease, [new Change.FinishTuning(status, null, Now)], default));
}
