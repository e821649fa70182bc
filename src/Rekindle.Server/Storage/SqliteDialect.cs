using System.Data.Common;
using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace Rekindle.Server.Storage;

/// <summary>
/// SQLite: one file, one writer, readers that never wait for it (write-ahead log). Every acknowledged commit is on the disk
/// (synchronous=FULL). A reading connection can't write, so no read transaction is ever upgraded: an upgrade fails at once when
/// someone else wrote in between, however long the busy timeout.
/// </summary>
internal sealed class SqliteDialect(string databasePath) : SqlDialect
{
    private const int Corrupt = 11;
    private const int NoDatabase = 26;

    public override int Writers => 1;

    public override int Readers => 4;

    public override string BeginWrite => "BEGIN IMMEDIATE";

    public override string BeginRead => "BEGIN";

    public override string Now => "CAST(round(unixepoch('subsec') * 1000) AS INTEGER)";

    public override string MigrationPrefix => "Storage.Migrations.";

    public override async Task<DbConnection> OpenAsync(bool forWriting, CancellationToken cancellationToken)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = databasePath,
            Mode = SqliteOpenMode.ReadWriteCreate,
            Pooling = false,
            DefaultTimeout = 30,
        }.ToString());
        try
        {
            await connection.OpenAsync(cancellationToken);
            // The busy timeout comes first: already the change to write-ahead logging may have to wait for another process.
            await SetAsync(connection, "PRAGMA busy_timeout = 30000", cancellationToken);
            var mode = await SetAsync(connection, "PRAGMA journal_mode = WAL", cancellationToken);
            if (mode is not "wal")
                throw new InvalidOperationException($"The database {databasePath} can't use a write-ahead log (journal mode {mode}); put it on a local disk.");

            await SetAsync(connection, "PRAGMA synchronous = FULL", cancellationToken);
            await SetAsync(connection, "PRAGMA foreign_keys = ON", cancellationToken);
            await SetAsync(connection, forWriting ? "PRAGMA journal_size_limit = 67108864" : "PRAGMA query_only = ON", cancellationToken);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    public override string IsAnyOf(string column, string parameter) => $"{column} IN (SELECT value FROM json_each({parameter}))";

    public override object IdList(IEnumerable<long> ids) => JsonSerializer.Serialize(ids, StorageJson.Default.IEnumerableInt64);

    public override string Contains(string column, string parameter) => $"instr({column}, {parameter}) > 0";

    public override bool IsDamage(DbException problem) => problem is SqliteException { SqliteErrorCode: Corrupt or NoDatabase };

    private static async Task<object?> SetAsync(SqliteConnection connection, string pragma, CancellationToken cancellationToken)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = pragma;
        return await command.ExecuteScalarAsync(cancellationToken);
    }
}
