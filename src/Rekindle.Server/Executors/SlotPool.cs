namespace Rekindle.Server.Executors;

/// <summary>Lets only so many run at once; the others wait in order of their coming, managed spot training behind the rest.</summary>
internal sealed class SlotPool(int slots)
{
    private readonly Lock _gate = new();
    private readonly LinkedList<Place> _waiting = new();
    private int _taken;

    /// <summary>How many may run at once.</summary>
    public int Slots => slots;

    /// <summary>Completes when a slot is the caller's, who then owes a <see cref="Leave"/>; cancelled, the caller has none and owes nothing.</summary>
    public Task EnterAsync(CancellationToken cancellationToken, bool isSpot = false)
    {
        LinkedListNode<Place> place;
        lock (_gate)
        {
            if (cancellationToken.IsCancellationRequested) return Task.FromCanceled(cancellationToken);
            if (_taken < slots)
            {
                _taken++;
                return Task.CompletedTask;
            }

            place = _waiting.AddBefore(new Place(isSpot), other => other.IsSpot && !isSpot);
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
                next.Value.Granted.SetResult();
            }
        }
    }

    private async Task WaitAsync(LinkedListNode<Place> place, CancellationToken cancellationToken)
    {
        await using var _ = cancellationToken.Register(() =>
        {
            lock (_gate)
            {
                // Whoever was given a slot a moment ago keeps it.
                if (place.List is null) return;
                _waiting.Remove(place);
            }

            place.Value.Granted.SetCanceled(cancellationToken);
        });
        await place.Value.Granted.Task;
    }

    private sealed record Place(bool IsSpot)
    {
        public TaskCompletionSource Granted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
