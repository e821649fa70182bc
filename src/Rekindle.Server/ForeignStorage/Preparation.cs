namespace Rekindle.Server.ForeignStorage;

/// <summary>The bringing of what a training job needs, and the start of its program after it. It is nothing but memory: a server that has none begins anew.</summary>
internal sealed class Preparation
{
    // It holds nothing that would have to be freed.
    private readonly Func<Task> _cancel;
    private readonly Lock _gate = new();
    private TaskCompletionSource _changed = New();
    private string? _condition;

    private Preparation(Func<Action<string?>, CancellationToken, Task> run)
    {
        var ending = new CancellationTokenSource();
        _cancel = ending.CancelAsync;
        Task = Task.Run(() => run(Tell, ending.Token), CancellationToken.None);
    }

    public Task Task { get; }

    /// <summary>What it waits for; null when it simply goes on.</summary>
    public string? Condition
    {
        get
        {
            lock (_gate) return _condition;
        }
    }

    /// <param name="run">What is to be done. It hears how to say what it waits for.</param>
    public static Preparation Begin(Func<Action<string?>, CancellationToken, Task> run) => new(run);

    /// <summary>Completes at its end, or when it waits for something else.</summary>
    public async Task WaitForChangeAsync(CancellationToken cancellationToken)
    {
        Task changed;
        lock (_gate) changed = _changed.Task;
        await Task.WhenAny(Task, changed).WaitAsync(cancellationToken);
    }

    /// <summary>Ends it, however far it is.</summary>
    public async Task StopAsync()
    {
        await _cancel();
        await Task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private void Tell(string? condition)
    {
        TaskCompletionSource changed;
        lock (_gate)
        {
            if (_condition == condition) return;
            _condition = condition;
            (changed, _changed) = (_changed, New());
        }

        changed.SetResult();
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
