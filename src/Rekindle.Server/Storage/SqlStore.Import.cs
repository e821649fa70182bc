namespace Rekindle.Server.Storage;

internal sealed partial class SqlStore
{
    public Task<CreateOutcome> ImportTuningJobAsync(ImportedTuningJob job, CancellationToken cancellationToken)
    {
        if (!StatusSql.IsTerminal(job.Status) || job.TrainingJobs.Any(training => !training.Progress.IsTerminal))
            throw new InvalidOperationException($"The tuning job {job.Name} or a training job of it has not ended; only ended ones are imported.");

        return WriteAsync(
            async transaction =>
            {
                if (await InsertImportedAsync(transaction, job) is not { } id)
                    return CreateOutcome.NameTaken;

                await WriteParentsAsync(transaction, id, job.ParentIds, []);
                await WriteTagsAsync(transaction, TuningJobTags, id, job.Tags);
                for (var i = 0; i < job.TrainingJobs.Count; i++)
                    await InsertImportedAsync(transaction, id, i + 1, job.TrainingJobs[i]);
                await transaction.ExecuteAsync(
                    """
                    INSERT INTO training_job_tags (job_id, position, key, value)
                    SELECT j.id, t.position, t.key, t.value FROM training_jobs j JOIN tuning_job_tags t ON t.job_id = j.tuning_job_id
                    WHERE j.tuning_job_id = @id
                    """,
                    ("@id", id));
                return CreateOutcome.Created;
            },
            cancellationToken);
    }

    private static Task<long?> InsertImportedAsync(Transaction transaction, ImportedTuningJob job) => transaction.NumberAsync(
        """
        INSERT INTO tuning_jobs (name, name_lower, arn, definition, description, status, creation_time, last_modified_time, end_time,
            failure_reason, convergence_time, imported_at, unlisted)
        VALUES (@name, @folded, @arn, @definition, @description, @status, @creation, @modified, @end, @failure, @convergence, @imported, @unlisted)
        ON CONFLICT DO NOTHING RETURNING id
        """,
        ("@name", job.Name),
        ("@folded", Columns.Fold(job.Name)),
        ("@arn", job.Arn),
        ("@definition", StorageJson.Write(job.Definition)),
        ("@description", job.Description),
        ("@status", job.Status.ToColumn()),
        ("@creation", job.CreationTime.ToColumn()),
        ("@modified", job.LastModifiedTime.ToColumn()),
        ("@end", job.EndTime.ToColumn()),
        ("@failure", job.FailureReason),
        ("@convergence", job.ConvergenceDetectedTime.ToColumn()),
        ("@imported", job.ImportedAt.ToColumn()),
        ("@unlisted", job.Unlisted == new TuningJobCounters() ? null : StorageJson.Write(job.Unlisted)));

    private static Task<int> InsertImportedAsync(Transaction transaction, long tuningJobId, int index, ImportedTrainingJob job)
    {
        var progress = job.Progress;
        return transaction.ExecuteAsync(
            """
            INSERT INTO training_jobs (tuning_job_id, launch_index, name, name_lower, arn, tuned, description, creation_time, status, secondary,
                last_modified_time, seen_running, start_time, end_time, objective_status, objective_value, failure_reason, failure_kind, imported)
            VALUES (@tuning_job, @index, @name, @folded, @arn, @tuned, @description, @creation, @status, @secondary,
                @modified, @seen_running, @start, @end, @objective_status, @objective, @failure, @failure_kind, 1)
            """,
            ("@tuning_job", tuningJobId),
            ("@index", (long)index),
            ("@name", job.Name),
            ("@folded", Columns.Fold(job.Name)),
            ("@arn", job.Arn),
            ("@tuned", StorageJson.Write(job.TunedHyperParameters)),
            ("@description", job.Description),
            ("@creation", job.CreationTime.ToColumn()),
            ("@status", progress.Status.ToColumn()),
            ("@secondary", progress.Secondary.ToColumn()),
            ("@modified", progress.LastModifiedTime.ToColumn()),
            ("@seen_running", progress.SeenRunning ? 1L : 0L),
            ("@start", progress.TrainingStartTime.ToColumn()),
            ("@end", progress.TrainingEndTime.ToColumn()),
            ("@objective_status", progress.ObjectiveStatus.ToColumn()),
            ("@objective", progress.ObjectiveValue?.ToColumn()),
            ("@failure", progress.FailureReason),
            ("@failure_kind", progress.FailureKind.ToColumn()));
    }
}
