using System.Data.Common;

namespace Rekindle.Server.Storage;

/// <summary>One open transaction. Parameters are named <c>@name</c>; a null value is the database's NULL.</summary>
internal sealed class Transaction(PooledConnection connection, CancellationToken cancellationToken)
{
    /// <summary>Whether the transaction is to be rolled back although nothing failed.</summary>
    public bool Abandoned { get; private set; }

    public void Abandon() => Abandoned = true;

    /// <summary>The number of rows changed.</summary>
    public Task<int> ExecuteAsync(string sql, params ReadOnlySpan<(string Name, object? Value)> parameters) =>
        connection.Prepare(sql, parameters).ExecuteNonQueryAsync(cancellationToken);

    public Task<List<T>> QueryAsync<T>(string sql, Func<DbDataReader, T> read, params ReadOnlySpan<(string Name, object? Value)> parameters) =>
        ReadAsync(connection.Prepare(sql, parameters), read);

    /// <summary>The first column of the first row as a number; null when there is no row or no value.</summary>
    public async Task<long?> NumberAsync(string sql, params (string Name, object? Value)[] parameters) =>
        await connection.Prepare(sql, parameters).ExecuteScalarAsync(cancellationToken) is long number ? number : null;

    /// <summary>The first column of the first row as text; null when there is no row or no value.</summary>
    public async Task<string?> TextAsync(string sql, params (string Name, object? Value)[] parameters) =>
        await connection.Prepare(sql, parameters).ExecuteScalarAsync(cancellationToken) as string;

    public Task RunScriptAsync(string sql) => connection.RunScriptAsync(sql, cancellationToken);

    private async Task<List<T>> ReadAsync<T>(DbCommand command, Func<DbDataReader, T> read)
    {
        var rows = new List<T>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            rows.Add(read(reader));
        return rows;
    }
}
