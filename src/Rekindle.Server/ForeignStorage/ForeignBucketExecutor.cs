using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.ForeignStorage;

/// <summary>
/// Stands before an executor that knows folders only: brings what lies in buckets elsewhere before a program starts, and takes there what it
/// left. As long as something is on its way the execution is queued. Nothing in memory is needed to go on: what was being prepared when a
/// server was killed is absent for the next one, and is submitted again.
/// </summary>
internal sealed class ForeignBucketExecutor : IExecutor, IAsyncDisposable
{
    // What is here within this time was never seen to be on its way.
    private static readonly TimeSpan ShortestDownload = TimeSpan.FromMilliseconds(250);

    private readonly IExecutor _inner;
    private readonly ForeignInputs _inputs;
    private readonly ForeignOutputs _outputs;
    private readonly ContentCache _cache;
    private readonly ForeignCheckpoints _checkpoints;
    private readonly JobPlaces _places;
    private readonly IReadOnlyDictionary<string, ForeignEndpoint> _endpoints;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Preparation> _preparing = new(StringComparer.Ordinal);

    /// <param name="inner">Runs the programs.</param>
    /// <param name="elsewhere">The buckets, and the folder for what is brought here.</param>
    /// <param name="endpoints">How each bucket is asked.</param>
    /// <param name="maxBytes">What the cache may grow to.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">For the cache.</param>
    public ForeignBucketExecutor(
        IExecutor inner,
        BucketsElsewhere elsewhere,
        IReadOnlyDictionary<string, ForeignEndpoint> endpoints,
        long maxBytes,
        TimeProvider time,
        ILogger<ForeignBucketExecutor> log)
    {
        _inner = inner;
        _endpoints = endpoints;
        _time = time;
        _places = new JobPlaces(elsewhere.Folder);
        _cache = new ContentCache(elsewhere.Folder, maxBytes, _places, IsUsingAsync, time, log);
        _checkpoints = new ForeignCheckpoints(elsewhere, endpoints, _places, time);
        _inputs = new ForeignInputs(elsewhere, endpoints, _cache, _checkpoints, _places, time);
        _outputs = new ForeignOutputs(elsewhere, endpoints, _places);
    }

    public string? Refuse(TrainingDefinition definition, IReadOnlyDictionary<string, string> hyperParameters, string region) =>
        _inputs.Refuse(definition, hyperParameters) ?? _inner.Refuse(definition, hyperParameters, region);

    public string PlaceOf(string name, TrainingDefinition definition) => _inner.PlaceOf(name, definition);

    public async Task SubmitAsync(ExecutionSpec spec, CancellationToken cancellationToken)
    {
        if (!_inputs.Concerns(spec))
        {
            await _inner.SubmitAsync(spec, cancellationToken);
            return;
        }

        var preparation = Find(spec.Name);
        if (preparation is null)
        {
            if ((await _inner.ObserveAsync(spec.Name, 0, cancellationToken)).State != ExecutionState.Absent) return;
            lock (_gate)
            {
                if (!_preparing.TryGetValue(spec.Name, out preparation))
                {
                    preparation = Preparation.Begin((tell, token) => PrepareAsync(spec, tell, token));
                    _preparing.Add(spec.Name, preparation);
                }
            }
        }

        using var done = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(preparation.Task, Task.Delay(ShortestDownload, _time, done.Token));
        await done.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
        if (!preparation.Task.IsCompleted) return;
        Forget(spec.Name, preparation);
        await preparation.Task;
    }

    public async Task<ExecutionReport> ObserveAsync(string name, long position, CancellationToken cancellationToken)
    {
        if (Find(name) is { } preparation)
        {
            // One that failed is submitted again, which tells why.
            if (preparation.Task.IsFaulted || preparation.Task.IsCanceled) return new ExecutionReport { State = ExecutionState.Absent, NextPosition = position };
            if (!preparation.Task.IsCompleted)
            {
                return new ExecutionReport { State = ExecutionState.Queued, NextPosition = position, BringsInput = true, Condition = preparation.Condition };
            }

            Forget(name, preparation);
        }

        var report = await _inner.ObserveAsync(name, position, cancellationToken);
        return report is { State: ExecutionState.Running, Condition: null } ? report with { Condition = _checkpoints.ConditionOf(name) } : report;
    }

    public async Task StopAsync(string name, TimeSpan grace, CancellationToken cancellationToken)
    {
        var wasPreparing = await EndPreparationAsync(name);
        await _inner.StopAsync(name, grace, cancellationToken);
        if (wasPreparing && (await _inner.ObserveAsync(name, 0, cancellationToken)).State == ExecutionState.Absent) Forget(name);
    }

    public async Task<CollectedArtifacts> CollectAsync(ExecutionSpec spec, CancellationToken cancellationToken)
    {
        // What the program was run for comes first: checkpoints that nobody takes must not cost its model.
        var collected = await _outputs.CollectAsync(spec, rewritten => _inner.CollectAsync(rewritten, cancellationToken), cancellationToken);
        try
        {
            await _checkpoints.StoreAsync(spec.Name, isLast: true, cancellationToken);
            return collected;
        }
        catch (EndpointAwayException away)
        {
            throw new StorageAwayException(away.Message);
        }
        catch (EndpointRefusedException refused)
        {
            return collected with { Remark = $"Its last checkpoints could not be stored: {refused.Message.TrimEnd('.')}." };
        }
    }

    public Task RemoveAsync(string name, CancellationToken cancellationToken) => ClearAsync(name, _inner.RemoveAsync, cancellationToken);

    public Task ResetAsync(string name, CancellationToken cancellationToken) => ClearAsync(name, _inner.ResetAsync, cancellationToken);

    public ExecutorLoad Load() => _inner.Load();

    public async Task WaitForChangeAsync(string name, CancellationToken cancellationToken) =>
        await (Find(name) is { Task.IsCompleted: false } preparation ? preparation.WaitForChangeAsync(cancellationToken) : _inner.WaitForChangeAsync(name, cancellationToken));

    public IReadOnlyList<EndedExecution> FindLeftWork() => _inner.FindLeftWork();

    public async Task DiscardWorkAsync(EndedExecution execution, CancellationToken cancellationToken)
    {
        // Asked for again after a while, as long as there is work of it.
        if (!await _checkpoints.TryStoreLastAsync(execution.Name, cancellationToken)) return;
        await _inner.DiscardWorkAsync(execution, cancellationToken);
        // Another one of the same name may have begun.
        if (await IsUsingAsync(execution.Name, cancellationToken)) return;
        Forget(execution.Name);
        await SweepAsync(cancellationToken);
        await _cache.PruneAsync(cancellationToken);
    }

    public Task<LogLines> ReadLogAsync(string name, long position, bool backwards, CancellationToken cancellationToken) =>
        _inner.ReadLogAsync(name, position, backwards, cancellationToken);

    public Task<LogLines> ReadMetricsAsync(string name, long position, bool complete, CancellationToken cancellationToken) =>
        _inner.ReadMetricsAsync(name, position, complete, cancellationToken);

    /// <summary>Ends what is on its way; programs go on.</summary>
    public async ValueTask DisposeAsync()
    {
        List<Preparation> left;
        lock (_gate) left = [.. _preparing.Values];
        foreach (var preparation in left)
        {
            await preparation.StopAsync();
        }

        await _checkpoints.DisposeAsync();
        await _cache.DisposeAsync();
        foreach (var endpoint in _endpoints.Values)
        {
            endpoint.Dispose();
        }
    }

    private async Task ClearAsync(string name, Func<string, CancellationToken, Task> clear, CancellationToken cancellationToken)
    {
        await EndPreparationAsync(name);
        await clear(name, cancellationToken);
        // What could not be stored is the next attempt's.
        if (await _checkpoints.TryStoreLastAsync(name, cancellationToken)) Forget(name);
    }

    private async Task PrepareAsync(ExecutionSpec spec, Action<string?> tell, CancellationToken cancellationToken)
    {
        _places.ForgetOutgoing(spec.Name);
        try
        {
            var brought = await _inputs.BringAsync(spec, tell, cancellationToken);
            await _inner.SubmitAsync(brought, cancellationToken);
        }
        catch (ExecutionRefusedException)
        {
            // It never will be.
            Forget(spec.Name);
            throw;
        }
    }

    /// <summary>Checkpoints that exist only here stay: the job's next attempt has them, or they are stored when their endpoint takes them again.</summary>
    private void Forget(string name)
    {
        if (_checkpoints.HasUnstored(name)) return;
        _checkpoints.Forget(name);
        _places.Remove(name);
    }

    /// <summary>Removes what is left of jobs that nobody runs any more, once their checkpoints are stored.</summary>
    private async Task SweepAsync(CancellationToken cancellationToken)
    {
        foreach (var name in _places.All())
        {
            if (Find(name) is null && (await _inner.ObserveAsync(name, 0, cancellationToken)).State == ExecutionState.Absent && Find(name) is null) Forget(name);
        }
    }

    private async Task<bool> IsUsingAsync(string name, CancellationToken cancellationToken) =>
        Find(name) is not null || (await _inner.ObserveAsync(name, 0, cancellationToken)).State is ExecutionState.Queued or ExecutionState.Running;

    private async Task<bool> EndPreparationAsync(string name)
    {
        if (Find(name) is not { } preparation) return false;
        await preparation.StopAsync();
        Forget(name, preparation);
        return true;
    }

    private Preparation? Find(string name)
    {
        lock (_gate) return _preparing.GetValueOrDefault(name);
    }

    private void Forget(string name, Preparation preparation)
    {
        lock (_gate)
        {
            if (_preparing.GetValueOrDefault(name) == preparation) _preparing.Remove(name);
        }
    }
}
