using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Rekindle.Server.Storage;

/// <summary>What a list is sorted by: a column of the row (alias <c>j</c>), or a value of an item.</summary>
/// <param name="Column">Without the alias.</param>
/// <param name="Key">The same value taken from an item that was read: text, long or double.</param>
internal sealed record ListSort<T>(string Column, Func<T, object> Key);

/// <summary>
/// A list in pages: sorted by (key, lower-case name, id), all in one direction, so that the order is total and a page begins
/// where a comparison says, not where a count says. A token of one list is refused by a list of another name.
/// </summary>
internal sealed class ListQuery<T>(string list, ListSort<T> sort, SortOrder order, int maxResults, Func<T, (string Name, long Id)> identity)
{
    private static readonly TimeSpan OneMillisecond = TimeSpan.FromMilliseconds(1);

    private readonly List<string> _conditions = ["j.deleted_at IS NULL"];
    private readonly List<(string Name, object? Value)> _parameters = [];

    public void Where(string condition) => _conditions.Add(condition);

    /// <summary>Adds a condition that uses one parameter; nothing when the value is null.</summary>
    public void Where(string condition, string parameter, object? value)
    {
        if (value is null)
            return;
        _conditions.Add(condition);
        _parameters.Add((parameter, value));
    }

    /// <summary>Strictly after and before, on a column of whole milliseconds.</summary>
    public void WhereTime(string column, DateTimeOffset? after, DateTimeOffset? before)
    {
        Where($"j.{column} > @{column}_after", $"@{column}_after", after.ToColumn());
        var ceiling = before is { } limit && limit.UtcTicks % TimeSpan.TicksPerMillisecond > 0 && DateTimeOffset.MaxValue - limit > OneMillisecond
            ? limit.ToUniversalTime() + OneMillisecond
            : before;
        Where($"j.{column} < @{column}_before", $"@{column}_before", ceiling.ToColumn());
    }

    /// <summary>Reads one page. <paramref name="select"/> ends before WHERE and calls the listed table <c>j</c>.</summary>
    public async Task<Page<T>> ReadAsync(string select, string? token, Func<string, (string Name, object? Value)[], Task<IReadOnlyList<T>>> query)
    {
        var fingerprint = Fingerprint();
        var (comparison, direction) = order == SortOrder.Ascending ? (">", "ASC") : ("<", "DESC");
        var byName = sort.Column == "name_lower";
        if (token is not null)
            StartAfter(PageToken.Read(token, fingerprint), byName, comparison);

        var key = byName ? "" : $"j.{sort.Column} {direction}, ";
        var sql = $"{select} WHERE {string.Join(" AND ", _conditions)} ORDER BY {key}j.name_lower {direction}, j.id {direction} LIMIT @limit";
        var rows = await query(sql, [.. _parameters, ("@limit", (long)maxResults + 1)]);
        if (rows.Count <= maxResults)
            return new Page<T>(rows, null);
        var items = rows.Take(maxResults).ToList();
        return new Page<T>(items, items.Count == 0 ? null : TokenAfter(items[^1], fingerprint).Write());
    }

    private void StartAfter(PageToken last, bool byName, string comparison)
    {
        _parameters.Add(("@last_name", last.Name));
        _parameters.Add(("@last_id", last.Id));
        if (byName)
        {
            _conditions.Add($"(j.name_lower, j.id) {comparison} (@last_name, @last_id)");
            return;
        }

        _parameters.Add(("@last_key", (object?)last.Text ?? (object?)last.Number ?? last.Real ?? throw new InvalidTokenException()));
        _conditions.Add($"(j.{sort.Column}, j.name_lower, j.id) {comparison} (@last_key, @last_name, @last_id)");
    }

    private PageToken TokenAfter(T item, string fingerprint)
    {
        var (name, id) = identity(item);
        var key = sort.Key(item);
        return new PageToken
        {
            Query = fingerprint,
            Name = Columns.Fold(name),
            Id = id,
            Text = key as string,
            Number = key as long?,
            Real = key as double?,
        };
    }

    private string Fingerprint()
    {
        var text = new StringBuilder(list).Append(' ').Append(sort.Column).Append(' ').Append(order.ToString());
        foreach (var (name, value) in _parameters)
        {
            var shown = Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
            text.Append('\n').Append(name).Append(' ').Append(shown.Length).Append(' ').Append(shown);
        }

        return Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())).AsSpan(0, 9));
    }
}
