using Rekindle.Server.TuningJobs;

namespace Rekindle.Server.Storage;

internal sealed partial class SqlStore
{
    public Task<IReadOnlyList<LineageMember>> ReadLineageAsync(long tuningJobId, CancellationToken cancellationToken) =>
        ReadAsync<IReadOnlyList<LineageMember>>(
        async transaction =>
        {
            var ids = await FollowAsync(transaction, tuningJobId, "parent_id", "tuning_job_id");
            ids.UnionWith(await FollowAsync(transaction, tuningJobId, "tuning_job_id", "parent_id"));
            var jobs = await ReadTuningJobsAsync(
                transaction, $"{TuningJobColumns} WHERE {_dialect.IsAnyOf("j.id", "@members")} ORDER BY j.id", ("@members", _dialect.IdList(ids)));
            var counters = await CountAsync(transaction, ids);
            var values = (await transaction.QueryAsync(
                $"""
                SELECT tuning_job_id, min(objective_value), max(objective_value) FROM training_jobs
                WHERE {_dialect.IsAnyOf("tuning_job_id", "@ids")} AND objective_status = 'Succeeded' GROUP BY tuning_job_id
                """,
                row => (Id: row.GetInt64(0), Least: row.RealAt(1), Greatest: row.RealAt(2)),
                ("@ids", _dialect.IdList(ids)))).ToDictionary(row => row.Id);
            return
            [
                .. jobs.Select(job => new LineageMember(
                    job, counters[job.Id].Launched, values.GetValueOrDefault(job.Id).Least, values.GetValueOrDefault(job.Id).Greatest)),
            ];
        },
        cancellationToken);

    /// <summary>A tuning job and all that can be reached from it in one direction.</summary>
    private async Task<HashSet<long>> FollowAsync(Transaction transaction, long start, string to, string from)
    {
        var seen = new HashSet<long> { start };
        IReadOnlyList<long> edge = [start];
        while (edge.Count > 0)
        {
            var next = await transaction.QueryAsync(
                $"SELECT DISTINCT {to} FROM tuning_job_parents WHERE {_dialect.IsAnyOf(from, "@ids")} AND depth = 0",
                row => row.GetInt64(0),
                ("@ids", _dialect.IdList(edge)));
            edge = [.. next.Where(seen.Add)];
        }

        return seen;
    }

    private static async Task WriteParentsAsync(
        Transaction transaction, long id, IReadOnlyList<long> parents, IReadOnlyList<WarmStartAncestor> ancestors)
    {
        var position = 0L;
        foreach (var (parent, depth, through) in parents.Select(parent => (parent, 0, (string?)null))
            .Concat(ancestors.Select(ancestor => (ancestor.TuningJobId, ancestor.Depth, (string?)ancestor.Through))))
        {
            await transaction.ExecuteAsync(
                """
                INSERT INTO tuning_job_parents (tuning_job_id, position, parent_id, depth, through)
                VALUES (@id, @position, @parent, @depth, @through)
                """,
                ("@id", id),
                ("@position", position++),
                ("@parent", parent),
                ("@depth", (long)depth),
                ("@through", through));
        }
    }
}
