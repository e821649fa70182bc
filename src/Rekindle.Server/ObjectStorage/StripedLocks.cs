namespace Rekindle.Server.ObjectStorage;

/// <summary>Lets one at a time work at what has the same name; at most a few names share a lock by chance.</summary>
internal sealed class StripedLocks : IDisposable
{
    private readonly SemaphoreSlim[] _locks = [.. Enumerable.Range(0, 64).Select(_ => new SemaphoreSlim(1, 1))];

    public async Task<IDisposable> HoldAsync(string name, CancellationToken cancellationToken)
    {
        var one = _locks[(uint)string.GetHashCode(name, StringComparison.Ordinal) % (uint)_locks.Length];
        await one.WaitAsync(cancellationToken);
        return new Held(one);
    }

    public void Dispose()
    {
        foreach (var one in _locks)
        {
            one.Dispose();
        }
    }

    private sealed class Held(SemaphoreSlim one) : IDisposable
    {
        public void Dispose() => one.Release();
    }
}
