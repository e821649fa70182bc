using System.Collections.Concurrent;

namespace Rekindle.Server.Storage;

/// <summary>
/// Rows that can't change any more, by id, so that they are read and parsed once. Sound for what the SQL never updates again (definitions,
/// terminal training jobs), because an id is never used twice and only committed rows come here. Emptied when full: memory stays bounded.
/// </summary>
internal sealed class ImmutableRows<T>(int capacity)
{
    private readonly ConcurrentDictionary<long, T> _known = new();

    /// <summary>The known ones among <paramref name="ids"/>; the others are added to <paramref name="missing"/>.</summary>
    public Dictionary<long, T> Find(IEnumerable<long> ids, List<long> missing)
    {
        var found = new Dictionary<long, T>();
        foreach (var id in ids)
        {
            if (_known.TryGetValue(id, out var row))
                found.TryAdd(id, row);
            else
                missing.Add(id);
        }

        return found;
    }

    public void Keep(long id, T row)
    {
        // The count takes all locks of the dictionary, but it is asked only when something new was read.
        if (_known.Count >= capacity)
            _known.Clear();
        _known[id] = row;
    }
}
