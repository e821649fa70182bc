using System.Collections.Concurrent;
using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.ForeignStorage;

/// <summary>
/// Checkpoints whose place is a bucket elsewhere: brought here before a program starts, and taken there while it runs and at its end. What
/// a program removes here stays there, as with SageMaker. Which files are there already is kept beside them, for the next server as well.
/// </summary>
internal sealed class ForeignCheckpoints : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private readonly BucketsElsewhere _elsewhere;
    private readonly IReadOnlyDictionary<string, ForeignEndpoint> _endpoints;
    private readonly JobPlaces _places;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<string, CheckpointFolder> _folders = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string> _conditions = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _ending = new();
    private readonly Task _looking;

    public ForeignCheckpoints(BucketsElsewhere elsewhere, IReadOnlyDictionary<string, ForeignEndpoint> endpoints, JobPlaces places, TimeProvider time)
    {
        _elsewhere = elsewhere;
        _endpoints = endpoints;
        _places = places;
        _time = time;
        _looking = LookAsync(_ending.Token);
    }

    /// <summary>What keeps the checkpoints of a running program from being stored; null when nothing does.</summary>
    public string? ConditionOf(string job) => _conditions.GetValueOrDefault(job);

    /// <summary>Brings the checkpoints that there are, unless this job's own are here and newer. The folder's URI for executors.</summary>
    /// <exception cref="EndpointRefusedException">The endpoint keeps them.</exception>
    /// <exception cref="ExecutionRefusedException">They can't be files.</exception>
    public async Task<string> RestoreAsync(string job, string bucket, string key, Action<string?> tell, CancellationToken cancellationToken)
    {
        var prefix = key.TrimEnd('/') is { Length: > 0 } folder ? folder + "/" : "";
        var here = FolderOf(job);
        if (!here.HasUnstoredFor(bucket, prefix))
        {
            here.Clear();
            var endpoint = _endpoints[bucket];
            var listing = ObjectListing.Of(
                endpoint, await Patience.WithEndpoint(_time).TryAsync(() => endpoint.ListAsync(prefix, cancellationToken), tell, cancellationToken));
            if (listing.Objects.Count > 0)
            {
                var download = new ContentDownload(listing, here.Restoring, here.Restored, _ => Task.CompletedTask, _time) { IsWritable = true };
                download.Begin(() => Task.CompletedTask);
                await download.WaitAsync(tell, cancellationToken);
            }

            here.Begin(bucket, prefix);
        }

        return _elsewhere.AliasUri(JobPlaces.KeyOf(job, CheckpointFolder.Name));
    }

    /// <summary>Whether a job has checkpoints that exist only here.</summary>
    public bool HasUnstored(string job) => FolderOf(job).HasUnstored();

    /// <summary>Takes there what is new; at the end also what was written a moment ago.</summary>
    /// <exception cref="EndpointAwayException">The endpoint can't be reached.</exception>
    /// <exception cref="EndpointRefusedException">It takes nothing of ours.</exception>
    public Task StoreAsync(string job, bool isLast, CancellationToken cancellationToken) => FolderOf(job).StoreAsync(
        bucket => _endpoints.GetValueOrDefault(bucket), isLast, cancellationToken);

    /// <summary>Before all of a job is removed: stores what is new.</summary>
    /// <returns>Whether all is stored.</returns>
    public async Task<bool> TryStoreLastAsync(string job, CancellationToken cancellationToken)
    {
        try
        {
            await StoreAsync(job, isLast: true, cancellationToken);
            return true;
        }
        catch (Exception problem) when (problem is EndpointRefusedException or EndpointAwayException)
        {
            return false;
        }
    }

    public void Forget(string job)
    {
        _folders.TryRemove(job, out _);
        _conditions.TryRemove(job, out _);
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _looking.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _ending.Dispose();
        foreach (var folder in _folders.Values)
        {
            folder.Dispose();
        }
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await Task.Delay(Interval, _time, cancellationToken);
            // One endpoint that is slow must not hold up the others.
            await Task.WhenAll(Jobs().Where(job => FolderOf(job).IsThere).Select(job => LookAsync(job, cancellationToken)));
        }
    }

    private async Task LookAsync(string job, CancellationToken cancellationToken)
    {
        try
        {
            await StoreAsync(job, isLast: false, cancellationToken);
            _conditions.TryRemove(job, out _);
        }
        catch (Exception problem) when (!cancellationToken.IsCancellationRequested)
        {
            // Whatever it is, it must not end the looking after the others. A folder that was just removed has no checkpoints to be told of.
            if (FolderOf(job).IsThere) _conditions[job] = $"checkpoints can't be stored: {problem.Message}";
        }
    }

    private IReadOnlyList<string> Jobs()
    {
        try
        {
            return _places.All();
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            // A folder was removed meanwhile, or a disk is in trouble: there is a next look.
            return [];
        }
    }

    private CheckpointFolder FolderOf(string job) => _folders.GetOrAdd(job, name => new CheckpointFolder(_places.FolderOf(name)));
}
