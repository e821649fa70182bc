using Rekindle.Server.Storage;
using Rekindle.Server.TrainingJobs;
using Rekindle.Server.TuningJobs;

namespace Rekindle.Server.Driving;

/// <summary>
/// Removes the models of training jobs that are not among the best of their tuning job, where the settings want that. Looks at what is
/// there and keeps nothing that a kill could lose: after a start every tuning job is looked at once, from then on those that run or have changed.
/// </summary>
internal sealed partial class ModelCleaning(
    IStore store, ModelArtifacts artifacts, int keep, TimeProvider time, ILogger<ModelCleaning> log) : BackgroundService
{
    private const int PageSize = 100;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    /// <summary>A row may be stored a little after the time that it bears.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(1);

    private readonly HashSet<long> _cleaned = [];
    private Dictionary<long, TuningJobCounters> _known = [];
    private DateTimeOffset? _lastLook;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            try
            {
                await CleanAsync(stoppingToken);
            }
            catch (Exception problem) when (problem is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                Failed(log, problem);
            }

            await Task.Delay(Interval, time, stoppingToken);
        }
    }

    /// <summary>One look: at what runs, and at what has changed since the last one.</summary>
    public async Task CleanAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var running = new Dictionary<long, TuningJobCounters>();
        foreach (var query in new TuningJobQuery[]
        {
            new() { Status = TuningJobStatus.InProgress },
            new() { Status = TuningJobStatus.Stopping },
            new() { LastModifiedTimeAfter = _lastLook - Margin },
        })
        {
            await foreach (var listing in ListAsync(query, cancellationToken))
            {
                var id = listing.Job.Id;
                if (listing.Job.ImportedAt is not null) continue;
                if (!_known.TryGetValue(id, out var before) || before != listing.Counters) await CleanAsync(id, cancellationToken);
                running[id] = listing.Counters;
            }
        }

        _known = running;
        _lastLook = now;
    }

    private async Task CleanAsync(long tuningJobId, CancellationToken cancellationToken)
    {
        if (await store.ReadTuningSnapshotAsync(tuningJobId, cancellationToken) is not { } snapshot) return;
        foreach (var job in LosingTrainingJobs.Find(snapshot, keep))
        {
            if (job.Progress.ModelArtifact is not { } model || _cleaned.Contains(job.Id)) continue;
            try
            {
                if (artifacts.Remove(job.Definition.OutputPath, job.Name, model)) Removed(log, job.Name, keep);
                _cleaned.Add(job.Id);
            }
            catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or ExecutionRefusedException)
            {
                // A bucket's folder that is not there today may be another day: it is tried again whenever there is news of the tuning job, and after a start.
                NotRemoved(log, problem, job.Name);
            }
        }
    }

    private async IAsyncEnumerable<TuningJobListing> ListAsync(
        TuningJobQuery query, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? next = null;
        do
        {
            var page = await store.ListTuningJobsAsync(query with { MaxResults = PageSize, NextToken = next }, cancellationToken);
            foreach (var item in page.Items)
            {
                yield return item;
            }

            next = page.NextToken;
        }
        while (next is not null);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The model of the training job {Name} is removed: it is not among the best {Keep}")]
    private static partial void Removed(ILogger logger, string name, int keep);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The model of the training job {Name} could not be removed")]
    private static partial void NotRemoved(ILogger logger, Exception problem, string name);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Models could not be looked through; trying again")]
    private static partial void Failed(ILogger logger, Exception problem);
}
