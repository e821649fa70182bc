namespace Rekindle.Server.Storage;

internal sealed partial class SqlStore
{
    public Task<IReadOnlyList<Lease>> ClaimAsync(string owner, TimeSpan timeToLive, CancellationToken cancellationToken) =>
        WriteAsync<IReadOnlyList<Lease>>(
        async transaction =>
        [
            .. await ClaimAsync(transaction, LeaseKind.TuningJob, "tuning_jobs", StatusSql.Open, owner, timeToLive),
            .. await ClaimAsync(transaction, LeaseKind.TrainingJob, "training_jobs", $"tuning_job_id IS NULL AND {StatusSql.Open}", owner, timeToLive),
        ],
        cancellationToken);

    public Task ReleaseAsync(string ownerPrefix, CancellationToken cancellationToken) => WriteAsync(
        async transaction =>
        {
            foreach (var table in (string[])["tuning_jobs", "training_jobs"])
            {
                await transaction.ExecuteAsync(
                    $"""
                    UPDATE {table} SET lease_owner = NULL, lease_expires = 0
                    WHERE {StatusSql.Open} AND lease_owner IS NOT NULL AND substr(lease_owner, 1, length(@prefix)) = @prefix
                    """,
                    ("@prefix", ownerPrefix));
            }

            return true;
        },
        cancellationToken);

    /// <summary>
    /// One statement, so that no two owners find the same row free. What nobody renewed in time is acquired anew, by the same owner too:
    /// the epoch rises, and a commit that was still under way with the old one is fenced off.
    /// </summary>
    private Task<List<Lease>> ClaimAsync(
        Transaction transaction, LeaseKind kind, string table, string condition, string owner, TimeSpan timeToLive)
    {
        var now = $"coalesce(@now, {_dialect.Now})";
        return transaction.QueryAsync(
            $"""
            UPDATE {table} SET
                lease_epoch = CASE WHEN lease_owner = @owner AND lease_expires > {now} THEN lease_epoch ELSE lease_epoch + 1 END,
                lease_owner = @owner,
                lease_expires = {now} + @milliseconds
            WHERE {condition} AND (lease_owner IS NULL OR lease_owner = @owner OR lease_expires <= {now})
            RETURNING id, lease_epoch
            """,
            row => new Lease(kind, row.GetInt64(0), owner, row.GetInt64(1)),
            ("@owner", owner),
            ("@now", LeaseClock?.Invoke().ToColumn()),
            ("@milliseconds", (long)timeToLive.TotalMilliseconds));
    }

    /// <summary>Touches the leased row; false when another owner or another epoch holds it.</summary>
    private static async Task<bool> HoldAsync(Transaction transaction, Lease lease)
    {
        var table = lease.Kind == LeaseKind.TuningJob ? "tuning_jobs" : "training_jobs";
        return await transaction.ExecuteAsync(
            $"UPDATE {table} SET lease_epoch = lease_epoch WHERE id = @id AND lease_owner = @owner AND lease_epoch = @epoch",
            ("@id", lease.Id),
            ("@owner", lease.Owner),
            ("@epoch", lease.Epoch)) == 1;
    }

    private static async Task<bool> IsHeldAsync(Transaction transaction, Lease lease)
    {
        var table = lease.Kind == LeaseKind.TuningJob ? "tuning_jobs" : "training_jobs";
        return await transaction.NumberAsync(
            $"SELECT 1 FROM {table} WHERE id = @id AND lease_owner = @owner AND lease_epoch = @epoch",
            ("@id", lease.Id),
            ("@owner", lease.Owner),
            ("@epoch", lease.Epoch)) == 1;
    }
}
