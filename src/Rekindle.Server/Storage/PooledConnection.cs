using System.Data.Common;

namespace Rekindle.Server.Storage;

/// <summary>One connection with the statements it has already prepared. Used by one transaction at a time.</summary>
internal sealed class PooledConnection(DbConnection connection) : IAsyncDisposable
{
    private const int MaxPrepared = 256;
    private readonly Dictionary<string, DbCommand> _prepared = new(StringComparer.Ordinal);

    /// <summary>Set when the connection's state is unknown; it is then closed instead of being used again.</summary>
    public bool Broken { get; set; }

    /// <summary>The prepared statement with these values. The same text always comes with the same parameter names in the same order.</summary>
    public DbCommand Prepare(string sql, ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        if (_prepared.TryGetValue(sql, out var known))
        {
            for (var i = 0; i < parameters.Length; i++)
                known.Parameters[i].Value = parameters[i].Value ?? DBNull.Value;
            return known;
        }

        if (_prepared.Count >= MaxPrepared)
            Forget();

        var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = name;
            parameter.Value = value ?? DBNull.Value;
            command.Parameters.Add(parameter);
        }

        _prepared.Add(sql, command);
        return command;
    }

    /// <summary>Runs a script of several statements once.</summary>
    public async Task RunScriptAsync(string sql, CancellationToken cancellationToken)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public ValueTask DisposeAsync()
    {
        Forget();
        return connection.DisposeAsync();
    }

    private void Forget()
    {
        foreach (var command in _prepared.Values)
            command.Dispose();
        _prepared.Clear();
    }
}
