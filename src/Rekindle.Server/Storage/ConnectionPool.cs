namespace Rekindle.Server.Storage;

/// <summary>At most <paramref name="size"/> connections, opened when first needed; who finds none free waits without holding a thread.</summary>
internal sealed class ConnectionPool(SqlDialect dialect, bool forWriting, int size) : IAsyncDisposable
{
    private readonly SemaphoreSlim _gate = new(size, size);
    private readonly Stack<PooledConnection> _free = new();
    private bool _disposed;

    public async Task<PooledConnection> RentAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            lock (_free)
            {
                ObjectDisposedException.ThrowIf(_disposed, this);
                if (_free.TryPop(out var connection))
                    return connection;
            }

            return new PooledConnection(await dialect.OpenAsync(forWriting, cancellationToken));
        }
        catch
        {
            _gate.Release();
            throw;
        }
    }

    public async Task ReturnAsync(PooledConnection connection)
    {
        var keep = !connection.Broken;
        lock (_free)
        {
            keep &= !_disposed;
            if (keep)
                _free.Push(connection);
        }

        if (!keep)
            await connection.DisposeAsync();
        _gate.Release();
    }

    public async ValueTask DisposeAsync()
    {
        PooledConnection[] free;
        lock (_free)
        {
            _disposed = true;
            free = [.. _free];
            _free.Clear();
        }

        foreach (var connection in free)
            await connection.DisposeAsync();
    }
}
