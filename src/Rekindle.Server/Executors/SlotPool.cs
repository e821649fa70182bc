namespace Rekindle.Server.Executors;

/// <summary>Lets only so many run at once; the others wait in order of their coming.</summary>
internal sealed class SlotPool(int slots)
{
    private readonly Lock _gate = new();
    private readonly LinkedList<TaskCompletionSource> _waiting = new();
    private int _taken;

    /// <summary>Completes when a slot is the caller's, who then owes a <see cref="Leave"/>; cancelled, the caller has none and owes nothing.</summary>
    public Task EnterAsync(CancellationToken cancellationToken)
    {
        LinkedListNode<TaskCompletionSource> place;
        lock (_gate)
        {
            if (cancellationToken.IsCancellationRequested) return Task.FromCanceled(cancellationToken);
            if (_taken < slots)
            {
                _taken++;
                return Task.CompletedTask;
            }

            place = _waiting.AddLast(new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        return WaitAsync(place, cancellationToken);
    }

    /// <summary>Takes a slot for what runs already, even beyond their number.</summary>
    public void Occupy()
    {
        lock (_gate) _taken++;
    }

    public void Leave()
    {
        lock (_gate)
        {
            _taken--;
            while (_taken < slots && _waiting.First is { } next)
            {
                _waiting.RemoveFirst();
                _taken++;
                next.Value.SetResult();
            }
        }
    }

    private async Task WaitAsync(LinkedListNode<TaskCompletionSource> place, CancellationToken cancellationToken)
    {
        await using var _ = cancellationToken.Register(() =>
        {
            lock (_gate)
            {
                // Whoever was given a slot a moment ago keeps it.
                if (place.List is null) return;
                _waiting.Remove(place);
            }

            place.Value.SetCanceled(cancellationToken);
        });
        await place.Value.Task;
    }
}
