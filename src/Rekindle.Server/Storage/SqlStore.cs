using System.Data.Common;

namespace Rekindle.Server.Storage;

/// <summary>
/// The store over SQL. Writes are serialized by the dialect's number of writing connections and begin with the right to write;
/// reads see one state of the database. All SQL stands in the parts of this class, by theme.
/// </summary>
internal sealed partial class SqlStore : IStore
{
    private static readonly TimeSpan SlowWrite = TimeSpan.FromSeconds(2);

    private readonly SqlDialect _dialect;
    private readonly ConnectionPool _writers;
    private readonly ConnectionPool _readers;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private long _revision;

    public SqlStore(SqlDialect dialect, TimeProvider time, ILogger logger)
    {
        _dialect = dialect;
        _writers = new ConnectionPool(dialect, forWriting: true, dialect.Writers);
        _readers = new ConnectionPool(dialect, forWriting: false, dialect.Readers);
        _time = time;
        _logger = logger;
    }

    /// <summary>Replaces the database's clock in lease statements, for tests.</summary>
    public Func<DateTimeOffset>? LeaseClock { get; init; }

    /// <summary>The store in one SQLite file. File and folder are created when missing; <see cref="MigrateAsync"/> makes the tables.</summary>
    public static SqlStore Open(string databasePath, TimeProvider time, ILogger logger)
    {
        var path = Path.GetFullPath(databasePath);
        Directory.CreateDirectory(Path.GetDirectoryName(path) ?? path);
        return new SqlStore(new SqliteDialect(path), time, logger);
    }

    public Task MigrateAsync(CancellationToken cancellationToken) =>
        WriteAsync(transaction => Migrator.MigrateAsync(transaction, _dialect.MigrationPrefix), cancellationToken);

    public async ValueTask DisposeAsync()
    {
        // The writer goes last: closing the last connection moves the log into the database file.
        await _readers.DisposeAsync();
        await _writers.DisposeAsync();
    }

    public long Revision => Interlocked.Read(ref _revision);

    private async Task<T> ReadAsync<T>(Func<Transaction, Task<T>> work, CancellationToken cancellationToken)
    {
        var connection = await _readers.RentAsync(cancellationToken);
        try
        {
            return await RunAsync(connection, _dialect.BeginRead, work, cancellationToken);
        }
        catch (DbException problem) when (_dialect.IsDamage(problem))
        {
            throw UnreadableRowException.Of("a part of its file", problem);
        }
        finally
        {
            await _readers.ReturnAsync(connection);
        }
    }

    private async Task<T> WriteAsync<T>(Func<Transaction, Task<T>> work, CancellationToken cancellationToken)
    {
        var start = _time.GetTimestamp();
        var connection = await _writers.RentAsync(cancellationToken);
        try
        {
            return await RunAsync(connection, _dialect.BeginWrite, work, cancellationToken);
        }
        finally
        {
            // No other process writes here, so this tells of every change; one that was rolled back does no harm.
            Interlocked.Increment(ref _revision);
            await _writers.ReturnAsync(connection);
            var elapsed = _time.GetElapsedTime(start);
            if (elapsed > SlowWrite)
                LogSlowWrite(elapsed.TotalSeconds);
        }
    }

    private static async Task<T> RunAsync<T>(
        PooledConnection connection, string begin, Func<Transaction, Task<T>> work, CancellationToken cancellationToken)
    {
        await connection.Prepare(begin, []).ExecuteNonQueryAsync(cancellationToken);
        var transaction = new Transaction(connection, cancellationToken);
        T result;
        try
        {
            result = await work(transaction);
            if (!transaction.Abandoned)
            {
                // Not cancellable: who is told of a cancellation must be able to rely on it that nothing happened.
                await connection.Prepare("COMMIT", []).ExecuteNonQueryAsync(CancellationToken.None);
                return result;
            }
        }
        catch
        {
            await RollBackAsync(connection);
            throw;
        }

        await RollBackAsync(connection);
        return result;
    }

    private static async Task RollBackAsync(PooledConnection connection)
    {
        try
        {
            await connection.Prepare("ROLLBACK", []).ExecuteNonQueryAsync(CancellationToken.None);
        }
        catch (DbException)
        {
            // The engine may have rolled back by itself (full disk); either way a fresh connection is safe, and the first problem is what counts.
            connection.Broken = true;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A write to the database took {Seconds:F1} s, waiting for its turn included.")]
    private partial void LogSlowWrite(double seconds);
}
