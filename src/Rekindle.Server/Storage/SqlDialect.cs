using System.Data.Common;

namespace Rekindle.Server.Storage;

/// <summary>Everything in which one database differs from another. All other SQL is common to all of them.</summary>
internal abstract class SqlDialect
{
    /// <summary>How many connections may write at once.</summary>
    public abstract int Writers { get; }

    /// <summary>How many connections may read at once.</summary>
    public abstract int Readers { get; }

    /// <summary>Starts a transaction that holds what it needs to write from its first moment.</summary>
    public abstract string BeginWrite { get; }

    /// <summary>Starts a transaction whose statements all see one state of the database.</summary>
    public abstract string BeginRead { get; }

    /// <summary>The database's own clock in milliseconds since 1970, fixed within a statement.</summary>
    public abstract string Now { get; }

    /// <summary>Prefix of the embedded migration scripts.</summary>
    public abstract string MigrationPrefix { get; }

    public abstract Task<DbConnection> OpenAsync(bool forWriting, CancellationToken cancellationToken);

    /// <summary>Condition: <paramref name="column"/> is one of the numbers bound to <paramref name="parameter"/> by <see cref="IdList"/>.</summary>
    public abstract string IsAnyOf(string column, string parameter);

    /// <summary>The value for <see cref="IsAnyOf"/>.</summary>
    public abstract object IdList(IEnumerable<long> ids);

    /// <summary>Condition: the text in <paramref name="column"/> contains the one bound to <paramref name="parameter"/>.</summary>
    public abstract string Contains(string column, string parameter);

    /// <summary>Whether the database says that it is damaged itself.</summary>
    public abstract bool IsDamage(DbException problem);
}
