using System.Data.Common;
using Rekindle.Server.TrainingJobs;
using Rekindle.Server.TuningJobs;

namespace Rekindle.Server.Storage;

internal sealed partial class SqlStore
{
    private const string TuningJobColumns =
        "SELECT j.id, j.name, j.arn, j.description, j.status, j.creation_time, j.last_modified_time, j.end_time, j.failure_reason, "
        + "j.stop_requested_at, j.ending, j.convergence_time, j.imported_at, j.unlisted, j.deleted_at FROM tuning_jobs j";

    private static readonly Dictionary<TuningJobSort, ListSort<TuningJob>> TuningJobSorts = new()
    {
        [TuningJobSort.Name] = new("name_lower", job => Columns.Fold(job.Name)),
        [TuningJobSort.Status] = new("status", job => job.Status.ToColumn()),
        [TuningJobSort.CreationTime] = new("creation_time", job => job.CreationTime.ToColumn()),
    };

    private readonly ImmutableRows<TuningJobDefinition> _definitions = new(capacity: 1000);

    public Task<CreateOutcome> CreateTuningJobAsync(NewTuningJob job, CancellationToken cancellationToken) => WriteAsync(
        async transaction =>
        {
            var parents = job.ParentIds.Distinct().ToList();
            var usable = await transaction.NumberAsync(
                $"SELECT count(*) FROM tuning_jobs WHERE {_dialect.IsAnyOf("id", "@ids")} AND deleted_at IS NULL AND NOT {StatusSql.Open}",
                ("@ids", _dialect.IdList(parents)));
            if (usable != parents.Count)
                return CreateOutcome.ParentUnavailable;

            var id = await transaction.NumberAsync(
                """
                INSERT INTO tuning_jobs (name, name_lower, arn, definition, description, status, creation_time, last_modified_time)
                VALUES (@name, @folded, @arn, @definition, @description, 'InProgress', @time, @time)
                ON CONFLICT DO NOTHING RETURNING id
                """,
                ("@name", job.Name),
                ("@folded", Columns.Fold(job.Name)),
                ("@arn", job.Arn),
                ("@definition", StorageJson.Write(job.Definition)),
                ("@description", job.Description),
                ("@time", job.CreationTime.ToColumn()));
            if (id is null)
                return CreateOutcome.NameTaken;

            await WriteParentsAsync(transaction, id.Value, job.ParentIds, job.Ancestors);
            await WriteTagsAsync(transaction, TuningJobTags, id.Value, job.Tags);
            return CreateOutcome.Created;
        },
        cancellationToken);

    public Task<TuningJob?> FindTuningJobAsync(string name, CancellationToken cancellationToken) => ReadAsync(
        async transaction => (await ReadTuningJobsAsync(
            transaction, $"{TuningJobColumns} WHERE j.name_lower = @name AND j.deleted_at IS NULL", ("@name", Columns.Fold(name)))).SingleOrDefault(),
        cancellationToken);

    public Task<TuningJob?> ReadTuningJobAsync(long tuningJobId, CancellationToken cancellationToken) => ReadAsync(
        async transaction => (await ReadTuningJobsAsync(transaction, $"{TuningJobColumns} WHERE j.id = @id", ("@id", tuningJobId))).SingleOrDefault(),
        cancellationToken);

    public Task<Page<TuningJobListing>> ListTuningJobsAsync(TuningJobQuery query, CancellationToken cancellationToken) => ReadAsync(
        async transaction =>
        {
            var list = new ListQuery<TuningJob>(
                "tuning jobs", TuningJobSorts[query.SortBy], query.SortOrder, query.MaxResults, job => (job.Name, job.Id));
            list.Where(_dialect.Contains("j.name_lower", "@part"), "@part", query.NameContains is { } part ? Columns.Fold(part) : null);
            list.Where("j.status = @status", "@status", query.Status.ToColumn());
            list.WhereTime("creation_time", query.CreationTimeAfter, query.CreationTimeBefore);
            list.WhereTime("last_modified_time", query.LastModifiedTimeAfter, query.LastModifiedTimeBefore);
            var page = await list.ReadAsync(
                TuningJobColumns, query.NextToken, (sql, parameters) => ReadTuningJobsAsync(transaction, sql, parameters));
            var counters = await CountAsync(transaction, page.Items.Select(job => job.Id));
            return new Page<TuningJobListing>([.. page.Items.Select(job => new TuningJobListing(job, counters[job.Id]))], page.NextToken);
        },
        cancellationToken);

    public Task<TuningJobStatus?> RequestTuningJobStopAsync(string name, DateTimeOffset now, CancellationToken cancellationToken) => WriteAsync(
        async transaction =>
        {
            if (await FindTuningJobStatusAsync(transaction, name) is not { } found)
                return (TuningJobStatus?)null;
            await transaction.ExecuteAsync(
                $"""
                UPDATE tuning_jobs SET status = 'Stopping', stop_requested_at = @now, last_modified_time = {Later("@now")}
                WHERE id = @id AND status = 'InProgress'
                """,
                ("@now", now.ToColumn()),
                ("@id", found.Id));
            return found.Status;
        },
        cancellationToken);

    public Task<TuningJobStatus?> DeleteTuningJobAsync(string name, DateTimeOffset now, CancellationToken cancellationToken) => WriteAsync(
        async transaction =>
        {
            if (await FindTuningJobStatusAsync(transaction, name) is not { } found)
                return (TuningJobStatus?)null;
            await transaction.ExecuteAsync(
                $"UPDATE tuning_jobs SET deleted_at = @now WHERE id = @id AND NOT {StatusSql.Open}", ("@now", now.ToColumn()), ("@id", found.Id));
            return found.Status;
        },
        cancellationToken);

    public Task<TuningJobCounters> CountTrainingJobsAsync(long tuningJobId, CancellationToken cancellationToken) =>
        ReadAsync(async transaction => (await CountAsync(transaction, [tuningJobId]))[tuningJobId], cancellationToken);

    public Task<BestTrainingJob?> FindBestTrainingJobAsync(
        IReadOnlyList<long> tuningJobIds, ObjectiveGoal goal, CancellationToken cancellationToken) => ReadAsync(
        async transaction =>
        {
            var best = await ReadTrainingJobsAsync(
                transaction,
                $"""
                {TrainingJobColumns} WHERE {_dialect.IsAnyOf("j.tuning_job_id", "@ids")} AND j.objective_status = 'Succeeded'
                ORDER BY j.objective_value {(goal == ObjectiveGoal.Maximize ? "DESC" : "ASC")}, j.creation_time, j.id LIMIT 1
                """,
                ("@ids", _dialect.IdList(tuningJobIds)));
            if (best is not [{ TuningJobId: { } owner } job])
                return null;
            var name = await transaction.TextAsync("SELECT name FROM tuning_jobs WHERE id = @id", ("@id", owner));
            return name is null ? null : new BestTrainingJob(job, name);
        },
        cancellationToken);

    public Task<TuningSnapshot?> ReadTuningSnapshotAsync(long tuningJobId, CancellationToken cancellationToken) => ReadAsync(
        async transaction => await FindTuningJobAsync(transaction, tuningJobId) is { } job
            ? new TuningSnapshot(job, await ReadTrainingJobsOfAsync(transaction, tuningJobId, "1 = 1"))
            : null,
        cancellationToken);

    public Task<IReadOnlyList<ParentSnapshot>> ReadParentsAsync(long tuningJobId, CancellationToken cancellationToken) =>
        ReadAsync<IReadOnlyList<ParentSnapshot>>(
        async transaction =>
        {
            var parents = await transaction.QueryAsync(
                "SELECT parent_id, depth, through FROM tuning_job_parents WHERE tuning_job_id = @id ORDER BY position",
                row => (Id: row.GetInt64(0), Depth: (int)row.GetInt64(1), Through: row.TextAt(2)),
                ("@id", tuningJobId));
            var snapshots = new List<ParentSnapshot>();
            foreach (var (id, depth, through) in parents)
            {
                if (await FindTuningJobAsync(transaction, id) is { } parent)
                {
                    var observed = await ReadTrainingJobsOfAsync(transaction, id, "j.objective_status = 'Succeeded'");
                    snapshots.Add(new ParentSnapshot(parent, observed) { Depth = depth, Through = through });
                }
            }

            return snapshots;
        },
        cancellationToken);

    private static async Task<(long Id, TuningJobStatus Status)?> FindTuningJobStatusAsync(Transaction transaction, string name)
    {
        var rows = await transaction.QueryAsync(
            "SELECT id, status FROM tuning_jobs WHERE name_lower = @name AND deleted_at IS NULL",
            row => (row.GetInt64(0), row.EnumAt<TuningJobStatus>(1)),
            ("@name", Columns.Fold(name)));
        return rows.Count == 0 ? null : rows[0];
    }

    /// <summary>The later of the last modification and a new one: a clock set back moves nothing back.</summary>
    private static string Later(string parameter) =>
        $"CASE WHEN {parameter} > last_modified_time THEN {parameter} ELSE last_modified_time END";

    private async Task<TuningJob?> FindTuningJobAsync(Transaction transaction, long id) =>
        (await ReadTuningJobsAsync(transaction, $"{TuningJobColumns} WHERE j.id = @id", ("@id", id))).SingleOrDefault();

    private async Task<IReadOnlyDictionary<long, TuningJobCounters>> CountAsync(Transaction transaction, IEnumerable<long> tuningJobIds)
    {
        var counters = tuningJobIds.ToDictionary(id => id, _ => new TuningJobCounters());
        var groups = await transaction.QueryAsync(
            $"""
            SELECT tuning_job_id, status, failure_kind, objective_status, count(*) FROM training_jobs
            WHERE {_dialect.IsAnyOf("tuning_job_id", "@ids")} GROUP BY tuning_job_id, status, failure_kind, objective_status
            """,
            row => (
                Id: row.GetInt64(0),
                Status: row.EnumAt<TrainingJobStatus>(1),
                Failure: row.OptionalEnumAt<FailureKind>(2),
                Objective: row.EnumAt<ObjectiveStatus>(3),
                Count: (int)row.GetInt64(4)),
            ("@ids", _dialect.IdList(counters.Keys)));
        foreach (var (id, status, failure, objective, count) in groups)
            counters[id] = Add(counters[id], status, failure, objective, count);
        var unlisted = await transaction.QueryAsync(
            $"SELECT id, unlisted FROM tuning_jobs WHERE {_dialect.IsAnyOf("id", "@ids")} AND unlisted IS NOT NULL",
            row => (Id: row.GetInt64(0), Counters: StorageJson.ReadCounters(row.GetString(1))),
            ("@ids", _dialect.IdList(counters.Keys)));
        foreach (var (id, more) in unlisted)
            counters[id] = counters[id].Plus(more);
        return counters;
    }

    private static TuningJobCounters Add(
        TuningJobCounters to, TrainingJobStatus status, FailureKind? failure, ObjectiveStatus objective, int count)
    {
        to = objective switch
        {
            ObjectiveStatus.Succeeded => to with { ObjectiveSucceeded = to.ObjectiveSucceeded + count },
            ObjectiveStatus.Pending => to with { ObjectivePending = to.ObjectivePending + count },
            _ => to with { ObjectiveFailed = to.ObjectiveFailed + count },
        };
        return status switch
        {
            TrainingJobStatus.Completed => to with { Completed = to.Completed + count },
            TrainingJobStatus.Stopped => to with { Stopped = to.Stopped + count },
            TrainingJobStatus.Failed when failure == FailureKind.Retryable => to with { RetryableError = to.RetryableError + count },
            TrainingJobStatus.Failed => to with { NonRetryableError = to.NonRetryableError + count },
            _ => to with { InProgress = to.InProgress + count },
        };
    }

    /// <summary>Runs a query over <see cref="TuningJobColumns"/> and completes its rows with definitions and parents, one query each for all.</summary>
    private async Task<IReadOnlyList<TuningJob>> ReadTuningJobsAsync(
        Transaction transaction, string sql, params (string Name, object? Value)[] parameters)
    {
        var rows = await transaction.QueryAsync(sql, row => (Id: row.GetInt64(0), Complete: TuningJobAt(row)), parameters);
        if (rows.Count == 0)
            return [];

        var ids = rows.Select(row => row.Id).ToList();
        var definitions = await ReadDefinitionsAsync(transaction, ids);
        var parents = await transaction.QueryAsync(
            $"""
            SELECT p.tuning_job_id, p.parent_id, j.name, p.depth, p.through FROM tuning_job_parents p JOIN tuning_jobs j ON j.id = p.parent_id
            WHERE {_dialect.IsAnyOf("p.tuning_job_id", "@ids")} ORDER BY p.tuning_job_id, p.position
            """,
            row => (Child: row.GetInt64(0), Id: row.GetInt64(1), Name: row.GetString(2), Depth: (int)row.GetInt64(3), Through: row.TextAt(4)),
            ("@ids", _dialect.IdList(ids)));
        var byChild = parents.ToLookup(row => row.Child);
        return
        [
            .. rows.Select(row => row.Complete(definitions[row.Id]) with
            {
                Parents = [.. byChild[row.Id].Where(parent => parent.Depth == 0).Select(parent => new WarmStartParent(parent.Id, parent.Name))],
                Ancestors =
                [
                    .. byChild[row.Id].Where(parent => parent.Depth > 0)
                        .Select(parent => new WarmStartAncestor(parent.Id, parent.Name, parent.Depth, parent.Through ?? "")),
                ],
            }),
        ];
    }

    private async Task<IReadOnlyDictionary<long, TuningJobDefinition>> ReadDefinitionsAsync(Transaction transaction, IEnumerable<long> ids)
    {
        var missing = new List<long>();
        var definitions = _definitions.Find(ids.Distinct(), missing);
        if (missing.Count == 0)
            return definitions;

        var rows = await transaction.QueryAsync(
            $"SELECT id, definition, name FROM tuning_jobs WHERE {_dialect.IsAnyOf("id", "@ids")}",
            row => (Id: row.GetInt64(0), Definition: row.GetString(1), Name: row.GetString(2)),
            ("@ids", _dialect.IdList(missing)));
        foreach (var (id, text, name) in rows)
        {
            var definition = UnreadableRowException.Guard("the definition of the tuning job", name, () => StorageJson.ReadTuningJobDefinition(text));
            definitions.Add(id, definition);
            _definitions.Keep(id, definition);
        }

        return definitions;
    }

    private static Func<TuningJobDefinition, TuningJob> TuningJobAt(DbDataReader row)
    {
        try
        {
            return TuningJobOf(row);
        }
        catch (Exception problem) when (UnreadableRowException.IsOfData(problem))
        {
            throw UnreadableRowException.Of($"the row of the tuning job {row.GetValue(1)}", problem);
        }
    }

    private static Func<TuningJobDefinition, TuningJob> TuningJobOf(DbDataReader row)
    {
        var (id, name, arn, description) = (row.GetInt64(0), row.GetString(1), row.GetString(2), row.GetString(3));
        var (status, creation, modified) = (row.EnumAt<TuningJobStatus>(4), row.TimeAt(5), row.TimeAt(6));
        var (end, failure, stop) = (row.OptionalTimeAt(7), row.TextAt(8), row.OptionalTimeAt(9));
        var (ending, convergence) = (row.OptionalEnumAt<TuningJobEnding>(10), row.OptionalTimeAt(11));
        var (imported, unlisted, deleted) = (row.OptionalTimeAt(12), row.TextAt(13), row.OptionalTimeAt(14));
        return definition => new TuningJob
        {
            Id = id,
            Name = name,
            Arn = arn,
            Definition = definition,
            Description = description,
            Status = status,
            CreationTime = creation,
            LastModifiedTime = modified,
            EndTime = end,
            FailureReason = failure,
            StopRequestedAt = stop,
            Ending = ending,
            ConvergenceDetectedTime = convergence,
            ImportedAt = imported,
            Unlisted = unlisted is null
                ? new TuningJobCounters()
                : UnreadableRowException.Guard("the counters of the tuning job", name, () => StorageJson.ReadCounters(unlisted)),
            DeletedAt = deleted,
        };
    }
}
