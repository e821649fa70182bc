using System.Collections.Concurrent;
using Rekindle.Server.TuningJobs;

namespace Rekindle.Server.Storage;

/// <summary>Definitions by tuning job id. Sound because a stored definition never changes and an id is never used again.</summary>
internal sealed class DefinitionCache
{
    private const int Capacity = 1024;
    private readonly ConcurrentDictionary<long, TuningJobDefinition> _known = new();

    /// <summary>The definitions of these tuning jobs; those not known yet are read with one query.</summary>
    public async Task<IReadOnlyDictionary<long, TuningJobDefinition>> ReadAsync(Transaction transaction, SqlDialect dialect, IEnumerable<long> ids)
    {
        var found = new Dictionary<long, TuningJobDefinition>();
        var missing = new List<long>();
        foreach (var id in ids.Distinct())
        {
            if (_known.TryGetValue(id, out var definition))
                found.Add(id, definition);
            else
                missing.Add(id);
        }

        if (missing.Count == 0)
            return found;

        if (_known.Count + missing.Count > Capacity)
            _known.Clear();
        var rows = await transaction.QueryAsync(
            $"SELECT id, definition FROM tuning_jobs WHERE {dialect.IsAnyOf("id", "@ids")}",
            row => (Id: row.GetInt64(0), Definition: row.GetString(1)),
            ("@ids", dialect.IdList(missing)));
        foreach (var (id, text) in rows)
        {
            var definition = StorageJson.ReadTuningJobDefinition(text);
            found.Add(id, definition);
            _known[id] = definition;
        }

        return found;
    }
}
