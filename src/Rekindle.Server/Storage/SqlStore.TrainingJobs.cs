using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.Storage;

internal sealed partial class SqlStore
{
    private const string TrainingJobColumns =
        "SELECT j.id, j.tuning_job_id, j.launch_index, j.name, j.arn, j.tuned, j.origin, j.description, j.definition, j.hyper_parameters, "
        + "j.creation_time, j.stop_requested_at, j.stop_reason, j.status, j.secondary, j.last_modified_time, j.seen_running, j.start_time, "
        + "j.end_time, j.objective_status, j.objective_value, j.exit_code, j.failure_reason, j.failure_kind, j.log_position, "
        + "j.model_artifact, j.explanation, j.algorithm, j.metrics_position, j.interruption_requested_at, j.interruptions, j.ran_before, j.resumed_at, "
        + "j.metrics_base FROM training_jobs j";

    /// <summary>Imported training jobs share names: the one that ran here comes first, then the one imported last.</summary>
    private const string FirstOfName = "ORDER BY imported, id DESC LIMIT 1";

    private const string StartingMessage = "Starting the training job";
    private const string StoppingMessage = "Stopping the training job";

    private static readonly Dictionary<TrainingJobSort, ListSort<TrainingJob>> TrainingJobSorts = new()
    {
        [TrainingJobSort.Name] = new("name_lower", job => Columns.Fold(job.Name)),
        [TrainingJobSort.CreationTime] = new("creation_time", job => job.CreationTime.ToColumn()),
        [TrainingJobSort.LastModifiedTime] = new("last_modified_time", job => job.Progress.LastModifiedTime.ToColumn()),
        [TrainingJobSort.Status] = new("status", job => job.Progress.Status.ToColumn()),
        [TrainingJobSort.FinalObjectiveMetricValue] = new("objective_value", job => job.Progress.ObjectiveValue ?? 0),
    };

    private readonly ImmutableRows<TrainingJob> _ended = new(capacity: 12_000);

    public Task<CreateOutcome> CreateTrainingJobAsync(NewOwnTrainingJob job, CancellationToken cancellationToken) => WriteAsync(
        async transaction =>
        {
            var id = await transaction.NumberAsync(
                """
                INSERT INTO training_jobs (launch_index, name, name_lower, arn, description, definition, hyper_parameters, creation_time,
                    status, secondary, last_modified_time, objective_status)
                VALUES (0, @name, @folded, @arn, @description, @definition, @hyper_parameters, @time, 'InProgress', 'Starting', @time, 'Pending')
                ON CONFLICT DO NOTHING RETURNING id
                """,
                ("@name", job.Name),
                ("@folded", Columns.Fold(job.Name)),
                ("@arn", job.Arn),
                ("@description", job.Description),
                ("@definition", StorageJson.Write(job.Definition)),
                ("@hyper_parameters", StorageJson.Write(job.HyperParameters)),
                ("@time", job.CreationTime.ToColumn()));
            if (id is null)
                return CreateOutcome.NameTaken;

            await AppendTransitionAsync(
                transaction, id.Value, new SecondaryTransition(SecondaryStatus.Starting, StartingMessage, job.CreationTime, null));
            await WriteTagsAsync(transaction, TrainingJobTags, id.Value, job.Tags);
            return CreateOutcome.Created;
        },
        cancellationToken);

    public Task<TrainingJob?> FindTrainingJobAsync(string name, CancellationToken cancellationToken) => ReadAsync(
        async transaction => (await ReadTrainingJobsAsync(
            transaction, $"{TrainingJobColumns} WHERE j.name_lower = @name AND j.deleted_at IS NULL {FirstOfName}", ("@name", Columns.Fold(name)))).SingleOrDefault(),
        cancellationToken);

    public Task<TrainingJob?> ReadTrainingJobAsync(long trainingJobId, CancellationToken cancellationToken) => ReadAsync(
        async transaction => (await ReadTrainingJobsAsync(
            transaction, $"{TrainingJobColumns} WHERE j.id = @id", ("@id", trainingJobId))).SingleOrDefault(),
        cancellationToken);

    public Task<Page<TrainingJob>> ListTrainingJobsAsync(TrainingJobQuery query, CancellationToken cancellationToken) => ReadAsync(
        transaction =>
        {
            var list = new ListQuery<TrainingJob>(
                "training jobs", TrainingJobSorts[query.SortBy], query.SortOrder, query.MaxResults, job => (job.Name, job.Id));
            if (query.SortBy == TrainingJobSort.FinalObjectiveMetricValue)
                list.Where("j.objective_status = 'Succeeded'");
            list.Where("j.tuning_job_id = @tuning_job", "@tuning_job", query.TuningJobId);
            list.Where(_dialect.Contains("j.name_lower", "@part"), "@part", query.NameContains is { } part ? Columns.Fold(part) : null);
            if (query.HasStarted) list.Where("j.start_time IS NOT NULL");
            if (query.NamePrefix is { Length: > 0 } prefix)
            {
                // No name holds a letter beyond those of ASCII.
                list.Where("j.name_lower >= @from", "@from", Columns.Fold(prefix));
                list.Where("j.name_lower < @to", "@to", Columns.Fold(prefix) + '\u007F');
            }

            list.Where("j.status = @status", "@status", query.Status.ToColumn());
            list.WhereTime("creation_time", query.CreationTimeAfter, query.CreationTimeBefore);
            list.WhereTime("last_modified_time", query.LastModifiedTimeAfter, query.LastModifiedTimeBefore);
            return list.ReadAsync(
                TrainingJobColumns, query.NextToken, (sql, parameters) => ReadTrainingJobsAsync(transaction, sql, parameters));
        },
        cancellationToken);

    public Task<TrainingJobStatus?> RequestTrainingJobStopAsync(string name, DateTimeOffset now, CancellationToken cancellationToken) => WriteAsync(
        async transaction =>
        {
            if (await FindTrainingJobStatusAsync(transaction, name) is not { } found)
                return (TrainingJobStatus?)null;
            await RequestStopAsync(transaction, found.Id, StopReason.User, now);
            return found.Status;
        },
        cancellationToken);

    public Task<bool> RequestInterruptionAsync(long trainingJobId, string message, DateTimeOffset now, CancellationToken cancellationToken) => WriteAsync(
        async transaction =>
        {
            var asked = await transaction.ExecuteAsync(
                $"""
                UPDATE training_jobs SET secondary = 'Interrupted', interruption_requested_at = @now, last_modified_time = {Later("@now")}
                WHERE id = @id AND status = 'InProgress' AND secondary = 'Training' AND seen_running = 1 AND interruption_requested_at IS NULL
                """,
                ("@now", now.ToColumn()),
                ("@id", trainingJobId)) > 0;
            if (asked)
                await AppendTransitionAsync(transaction, trainingJobId, new SecondaryTransition(SecondaryStatus.Interrupted, message, now, null));
            return asked;
        },
        cancellationToken);

    public Task<TrainingJobStatus?> DeleteTrainingJobAsync(string name, DateTimeOffset now, CancellationToken cancellationToken) => WriteAsync(
        async transaction =>
        {
            if (await FindTrainingJobStatusAsync(transaction, name) is not { } found)
                return (TrainingJobStatus?)null;
            await transaction.ExecuteAsync(
                $"UPDATE training_jobs SET deleted_at = @now WHERE id = @id AND NOT {StatusSql.Open}", ("@now", now.ToColumn()), ("@id", found.Id));
            return found.Status;
        },
        cancellationToken);

    public Task<bool> ReplaceDescriptionAsync(long trainingJobId, string before, string description, CancellationToken cancellationToken) => WriteAsync(
        async transaction => await transaction.ExecuteAsync(
            $"UPDATE training_jobs SET description = @description WHERE id = @id AND description = @before AND tuning_job_id IS NULL AND {StatusSql.Open}",
            ("@description", description),
            ("@before", before),
            ("@id", trainingJobId)) > 0,
        cancellationToken);

    private static async Task<(long Id, TrainingJobStatus Status)?> FindTrainingJobStatusAsync(Transaction transaction, string name)
    {
        var rows = await transaction.QueryAsync(
            $"SELECT id, status FROM training_jobs WHERE name_lower = @name AND deleted_at IS NULL {FirstOfName}",
            row => (row.GetInt64(0), row.EnumAt<TrainingJobStatus>(1)),
            ("@name", Columns.Fold(name)));
        return rows.Count == 0 ? null : rows[0];
    }

    /// <summary>Records the first request to stop and moves a running training job to Stopping; a terminal one stays as it is.</summary>
    private static async Task RequestStopAsync(Transaction transaction, long id, StopReason reason, DateTimeOffset now)
    {
        var moved = await transaction.ExecuteAsync(
            $"""
            UPDATE training_jobs SET status = 'Stopping', secondary = 'Stopping', last_modified_time = {Later("@now")}
            WHERE id = @id AND status = 'InProgress'
            """,
            ("@now", now.ToColumn()),
            ("@id", id));
        await transaction.ExecuteAsync(
            "UPDATE training_jobs SET stop_requested_at = @now, stop_reason = @reason WHERE id = @id AND status = 'Stopping' AND stop_requested_at IS NULL",
            ("@now", now.ToColumn()),
            ("@reason", reason.ToColumn()),
            ("@id", id));
        if (moved == 1)
            await AppendTransitionAsync(transaction, id, new SecondaryTransition(SecondaryStatus.Stopping, StoppingMessage, now, null));
    }

    private static async Task AppendTransitionAsync(Transaction transaction, long id, SecondaryTransition transition)
    {
        await transaction.ExecuteAsync(
            """
            UPDATE transitions SET end_time = @time WHERE training_job_id = @id AND end_time IS NULL
            """,
            ("@time", transition.StartTime.ToColumn()),
            ("@id", id));
        await transaction.ExecuteAsync(
            """
            INSERT INTO transitions (training_job_id, position, status, message, start_time, end_time)
            VALUES (@id, (SELECT coalesce(max(position) + 1, 0) FROM transitions WHERE training_job_id = @id), @status, @message, @start, @end)
            """,
            ("@id", id),
            ("@status", transition.Status.ToColumn()),
            ("@message", transition.Message),
            ("@start", transition.StartTime.ToColumn()),
            ("@end", transition.EndTime.ToColumn()));
    }

    /// <summary>Training jobs of a tuning job in launch order. A driver asks again and again: only those that can still change are read anew.</summary>
    private async Task<IReadOnlyList<TrainingJob>> ReadTrainingJobsOfAsync(Transaction transaction, long tuningJobId, string condition)
    {
        var ids = await transaction.QueryAsync(
            $"SELECT j.id FROM training_jobs j WHERE j.tuning_job_id = @id AND {condition} ORDER BY j.launch_index",
            row => row.GetInt64(0),
            ("@id", tuningJobId));
        var missing = new List<long>();
        var jobs = _ended.Find(ids, missing);
        if (missing.Count > 0)
        {
            var read = await ReadTrainingJobsAsync(
                transaction, $"{TrainingJobColumns} WHERE {_dialect.IsAnyOf("j.id", "@ids")}", ("@ids", _dialect.IdList(missing)));
            foreach (var job in read)
            {
                jobs.Add(job.Id, job);
                if (job.IsTerminal)
                    _ended.Keep(job.Id, job);
            }
        }

        return [.. ids.Select(id => jobs[id])];
    }

    /// <summary>Runs a query over <see cref="TrainingJobColumns"/> and completes its rows with definitions and transitions, one query each for all.</summary>
    private async Task<IReadOnlyList<TrainingJob>> ReadTrainingJobsAsync(
        Transaction transaction, string sql, params (string Name, object? Value)[] parameters)
    {
        var rows = await transaction.QueryAsync(sql, TrainingRow.Read, parameters);
        if (rows.Count == 0)
            return [];

        var definitions = await ReadDefinitionsAsync(transaction, rows.Select(row => row.TuningJobId).OfType<long>());
        var transitions = await transaction.QueryAsync(
            $"""
            SELECT training_job_id, status, message, start_time, end_time FROM transitions
            WHERE {_dialect.IsAnyOf("training_job_id", "@ids")} ORDER BY training_job_id, position
            """,
            row => (
                Id: row.GetInt64(0),
                Transition: new SecondaryTransition(row.EnumAt<SecondaryStatus>(1), row.GetString(2), row.TimeAt(3), row.OptionalTimeAt(4))),
            ("@ids", _dialect.IdList(rows.Select(row => row.Id))));
        var transitionsById = transitions.ToLookup(row => row.Id, row => row.Transition);
        return
        [
            .. rows.Select(row => row.Complete(
                row.TuningJobId is { } owner ? definitions[owner] : null, [.. transitionsById[row.Id]])),
        ];
    }
}
