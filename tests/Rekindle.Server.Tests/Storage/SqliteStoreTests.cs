using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Rekindle.Server.Storage;
using Rekindle.Server.Tests.Storage.Contract;

namespace Rekindle.Server.Tests.Storage;

public sealed class SqliteStoreTests : StoreContract
{
    private readonly string _folder = Directory.CreateTempSubdirectory("rekindle-store-").FullName;

    private string DatabasePath => Path.Combine(_folder, "rekindle.db");

    private protected override IStore Open() => Open(DatabasePath);

    private protected override IStore OpenEmpty(string key) => Open(Path.Combine(_folder, $"{key}.db"));

    private protected override IStore OpenWithClockOfDatabase() => SqlStore.Open(DatabasePath, TimeProvider.System, NullLogger.Instance);

    private protected override async Task PretendNewerSchemaAsync()
    {
        await using var connection = new SqliteConnection($"Data Source={DatabasePath};Pooling=False");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "INSERT INTO schema_version (version) VALUES (9999)";
        await command.ExecuteNonQueryAsync();
    }

    private protected override void RemoveDatabase() => Directory.Delete(_folder, recursive: true);

    private SqlStore Open(string path) => new(new SqliteDialect(path), Clock, NullLogger.Instance) { LeaseClock = Clock.GetUtcNow };
}
