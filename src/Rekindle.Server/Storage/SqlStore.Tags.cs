namespace Rekindle.Server.Storage;

internal sealed partial class SqlStore
{
    private const string TuningJobTags = "tuning_job_tags";
    private const string TrainingJobTags = "training_job_tags";

    public Task<TagOutcome?> PutTagsAsync(string arn, IReadOnlyList<Tag> tags, int limit, CancellationToken cancellationToken) => WriteAsync(
        async transaction =>
        {
            if (await FindTaggedAsync(transaction, arn) is not var (table, id))
                return null;

            var before = await ReadTagsAsync(transaction, table, id);
            var after = before.Select(tag => tag.Key).Union(tags.Select(tag => tag.Key), StringComparer.Ordinal).Count();
            if (after > limit)
                return new TagOutcome(before, LimitExceeded: true);
            await WriteTagsAsync(transaction, table, id, tags);
            return new TagOutcome(await ReadTagsAsync(transaction, table, id), LimitExceeded: false);
        },
        cancellationToken);

    public Task<IReadOnlyList<Tag>?> ReadTagsAsync(string arn, CancellationToken cancellationToken) => ReadAsync<IReadOnlyList<Tag>?>(
        async transaction => await FindTaggedAsync(transaction, arn) is var (table, id) ? await ReadTagsAsync(transaction, table, id) : null,
        cancellationToken);

    public Task<bool> RemoveTagsAsync(string arn, IReadOnlyList<string> keys, CancellationToken cancellationToken) => WriteAsync(
        async transaction =>
        {
            if (await FindTaggedAsync(transaction, arn) is not var (table, id))
                return false;
            foreach (var key in keys)
                await transaction.ExecuteAsync($"DELETE FROM {table} WHERE job_id = @id AND key = @key", ("@id", id), ("@key", key));
            return true;
        },
        cancellationToken);

    private static async Task<(string Table, long Id)?> FindTaggedAsync(Transaction transaction, string arn)
    {
        if (await transaction.NumberAsync("SELECT id FROM tuning_jobs WHERE arn = @arn AND deleted_at IS NULL", ("@arn", arn)) is { } tuning)
            return (TuningJobTags, tuning);
        if (await transaction.NumberAsync("SELECT id FROM training_jobs WHERE arn = @arn AND deleted_at IS NULL " + FirstOfName, ("@arn", arn)) is { } training)
            return (TrainingJobTags, training);
        return null;
    }

    private static Task<List<Tag>> ReadTagsAsync(Transaction transaction, string table, long id) => transaction.QueryAsync(
        $"SELECT key, value FROM {table} WHERE job_id = @id ORDER BY position", row => new Tag(row.GetString(0), row.GetString(1)), ("@id", id));

    /// <summary>A key that is there keeps its place and takes the new value.</summary>
    private static async Task WriteTagsAsync(Transaction transaction, string table, long id, IReadOnlyList<Tag> tags)
    {
        foreach (var tag in tags)
        {
            await transaction.ExecuteAsync(
                $"""
                INSERT INTO {table} (job_id, position, key, value)
                VALUES (@id, (SELECT coalesce(max(position) + 1, 0) FROM {table} WHERE job_id = @id), @key, @value)
                ON CONFLICT (job_id, key) DO UPDATE SET value = excluded.value
                """,
                ("@id", id),
                ("@key", tag.Key),
                ("@value", tag.Value));
        }
    }
}
