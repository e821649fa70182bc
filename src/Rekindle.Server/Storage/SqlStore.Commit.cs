using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.Storage;

internal sealed partial class SqlStore
{
    // Without changes nothing is written, and nothing waits for the disk.
    public Task<bool> CommitAsync(Lease lease, IReadOnlyList<Change> changes, CancellationToken cancellationToken) => changes.Count == 0
        ? ReadAsync(transaction => IsHeldAsync(transaction, lease), cancellationToken)
        : WriteAsync(
        async transaction =>
        {
            if (!await HoldAsync(transaction, lease))
            {
                transaction.Abandon();
                return false;
            }

            foreach (var change in changes)
                await MakeAsync(transaction, lease, change);
            return true;
        },
        cancellationToken);

    private Task MakeAsync(Transaction transaction, Lease lease, Change change) => change switch
    {
        Change.AddTrainingJob add => AddTrainingJobAsync(transaction, TuningJobOf(lease), add),
        Change.SetTrainingProgress set => SetProgressAsync(transaction, lease, set),
        Change.AppendReadings append => AppendReadingsAsync(transaction, lease, append),
        Change.ForgetReadings forget => ForgetReadingsAsync(transaction, lease, forget),
        Change.RequestTrainingStop stop => RequestStopAsync(transaction, lease, stop),
        Change.EndTuning end => EndTuningAsync(transaction, TuningJobOf(lease), end),
        Change.RecordConvergence record => RecordConvergenceAsync(transaction, TuningJobOf(lease), record),
        Change.FinishTuning finish => FinishTuningAsync(transaction, TuningJobOf(lease), finish),
        _ => throw new InvalidOperationException($"Unknown change {change.GetType().Name}."),
    };

    private static long TuningJobOf(Lease lease) =>
        lease.Kind == LeaseKind.TuningJob ? lease.Id : throw new InvalidOperationException("The lease of a training job covers no change of a tuning job.");

    private static async Task AddTrainingJobAsync(Transaction transaction, long tuningJobId, Change.AddTrainingJob add)
    {
        var id = await transaction.NumberAsync(
            """
            INSERT INTO training_jobs (tuning_job_id, launch_index, name, name_lower, arn, tuned, origin, explanation, algorithm,
                creation_time, status, secondary, last_modified_time, objective_status)
            VALUES (@tuning_job, @index, @name, @folded, @arn, @tuned, @origin, @explanation, @algorithm, @time, 'InProgress', 'Starting', @time, 'Pending')
            ON CONFLICT DO NOTHING RETURNING id
            """,
            ("@tuning_job", tuningJobId),
            ("@index", (long)add.LaunchIndex),
            ("@name", add.Name),
            ("@folded", Columns.Fold(add.Name)),
            ("@arn", add.Arn),
            ("@tuned", StorageJson.Write(add.TunedHyperParameters)),
            ("@origin", add.Origin),
            ("@explanation", add.Explanation is { } explanation ? StorageJson.Write(explanation) : null),
            ("@algorithm", (long)add.Algorithm),
            ("@time", add.CreationTime.ToColumn()));
        if (id is null)
        {
            var launched = await transaction.NumberAsync(
                "SELECT id FROM training_jobs WHERE tuning_job_id = @tuning_job AND launch_index = @index",
                ("@tuning_job", tuningJobId),
                ("@index", (long)add.LaunchIndex));
            if (launched is null)
                throw new NameTakenException(add.Name);
            return;
        }

        await AppendTransitionAsync(
            transaction, id.Value, new SecondaryTransition(SecondaryStatus.Starting, StartingMessage, add.CreationTime, null));
        await transaction.ExecuteAsync(
            "INSERT INTO training_job_tags (job_id, position, key, value) SELECT @id, position, key, value FROM tuning_job_tags WHERE job_id = @tuning_job",
            ("@id", id),
            ("@tuning_job", tuningJobId));
    }

    /// <summary>
    /// A request to stop may have come in since the driver read the row: then Stopping stays, but what the driver learned is not lost.
    /// The secondary status and its transitions belong together: both are taken or neither.
    /// </summary>
    private static async Task SetProgressAsync(Transaction transaction, Lease lease, Change.SetTrainingProgress set)
    {
        var progress = set.Progress;
        var behind = $"@rank < {StatusSql.RankOfRow}";
        // Decided by one who had not heard of it.
        const string Yielding = "(secondary = 'Interrupted' AND @ends_interruption = 0 AND @secondary IN ('Starting', 'Pending', 'Training'))";
        var secondary = await transaction.TextAsync(
            $"""
            UPDATE training_jobs SET
                status = CASE WHEN {behind} THEN status ELSE @status END,
                secondary = CASE WHEN {behind} AND secondary = 'Stopping' OR {Yielding} THEN secondary ELSE @secondary END,
                interruption_requested_at = CASE WHEN @ends_interruption = 1 THEN NULL ELSE interruption_requested_at END,
                last_modified_time = {Later("@modified")},
                seen_running = @seenRunning, start_time = @start, end_time = @end,
                objective_status = @objective_status, objective_value = @objective,
                exit_code = @exit_code, failure_reason = @failure, failure_kind = @failure_kind,
                log_position = @position, metrics_position = @metrics_position, model_artifact = @artifact,
                interruptions = @interruptions, ran_before = @ran_before, resumed_at = @resumed, metrics_base = @metrics_base
            WHERE id = @id AND {Covered(lease)} AND {StatusSql.Open}
                AND (@rank < 2 OR @status = 'Stopped' OR stop_requested_at IS NULL OR stop_reason IN ('EarlyStopping', 'MaxResource'))
            RETURNING secondary
            """,
            ("@rank", StatusSql.Rank(progress.Status)),
            ("@status", progress.Status.ToColumn()),
            ("@secondary", progress.Secondary.ToColumn()),
            ("@modified", progress.LastModifiedTime.ToColumn()),
            ("@seenRunning", progress.SeenRunning ? 1L : 0L),
            ("@start", progress.TrainingStartTime.ToColumn()),
            ("@end", progress.TrainingEndTime.ToColumn()),
            ("@objective_status", progress.ObjectiveStatus.ToColumn()),
            ("@objective", progress.ObjectiveValue?.ToColumn()),
            ("@exit_code", (long?)progress.ExitCode),
            ("@failure", progress.FailureReason),
            ("@failure_kind", progress.FailureKind.ToColumn()),
            ("@position", progress.LogPosition),
            ("@metrics_position", progress.MetricsPosition),
            ("@artifact", progress.ModelArtifact),
            ("@interruptions", (long)progress.Interruptions),
            ("@ran_before", (long)progress.RanBefore.TotalMilliseconds),
            ("@resumed", progress.ResumedAt.ToColumn()),
            ("@metrics_base", progress.MetricsBase),
            ("@ends_interruption", set.EndsInterruption ? 1L : 0L),
            ("@id", set.TrainingJobId),
            ("@lease", lease.Id));
        if (secondary is null)
        {
            await CheckCoveredAsync(transaction, lease, set.TrainingJobId);
            return;
        }

        if (secondary != progress.Secondary.ToColumn())
            return;
        foreach (var transition in set.Transitions)
            await AppendTransitionAsync(transaction, set.TrainingJobId, transition);
    }

    private async Task AppendReadingsAsync(Transaction transaction, Lease lease, Change.AppendReadings append)
    {
        await CheckCoveredAsync(transaction, lease, append.TrainingJobId);
        await AppendReadingsAsync(transaction, append.TrainingJobId, append.Readings, append.Milestones);
    }

    private static async Task ForgetReadingsAsync(Transaction transaction, Lease lease, Change.ForgetReadings forget)
    {
        await CheckCoveredAsync(transaction, lease, forget.TrainingJobId);
        await transaction.ExecuteAsync("DELETE FROM metric_readings WHERE training_job_id = @id", ("@id", forget.TrainingJobId));
    }

    private static async Task RequestStopAsync(Transaction transaction, Lease lease, Change.RequestTrainingStop stop)
    {
        await CheckCoveredAsync(transaction, lease, stop.TrainingJobId);
        await RequestStopAsync(transaction, stop.TrainingJobId, stop.Reason, stop.Now);
    }

    private static Task<int> EndTuningAsync(Transaction transaction, long tuningJobId, Change.EndTuning end) => transaction.ExecuteAsync(
        $"UPDATE tuning_jobs SET ending = @ending, last_modified_time = {Later("@now")} WHERE id = @id AND ending IS NULL AND {StatusSql.Open}",
        ("@ending", end.Ending.ToColumn()),
        ("@now", end.Now.ToColumn()),
        ("@id", tuningJobId));

    private static Task<int> RecordConvergenceAsync(Transaction transaction, long tuningJobId, Change.RecordConvergence record) => transaction.ExecuteAsync(
        $"""
        UPDATE tuning_jobs SET convergence_time = @now, last_modified_time = {Later("@now")}
        WHERE id = @id AND convergence_time IS NULL AND {StatusSql.Open}
        """,
        ("@now", record.Now.ToColumn()),
        ("@id", tuningJobId));

    private static async Task FinishTuningAsync(Transaction transaction, long tuningJobId, Change.FinishTuning finish)
    {
        if (!StatusSql.IsTerminal(finish.Status))
            throw new InvalidOperationException($"A tuning job can't be finished as {finish.Status}.");

        var finished = await transaction.ExecuteAsync(
            $"""
            UPDATE tuning_jobs SET status = @status, failure_reason = @failure, end_time = @now, last_modified_time = {Later("@now")},
                lease_owner = NULL, lease_expires = 0
            WHERE id = @id AND status = CASE WHEN @status = 'Stopped' THEN 'Stopping' ELSE 'InProgress' END
                AND NOT EXISTS (SELECT 1 FROM training_jobs t WHERE t.tuning_job_id = @id AND t.{StatusSql.Open})
            """,
            ("@status", finish.Status.ToColumn()),
            ("@failure", finish.FailureReason),
            ("@now", finish.Now.ToColumn()),
            ("@id", tuningJobId));
        if (finished == 1)
            return;
        var running = await transaction.NumberAsync(
            $"SELECT count(*) FROM training_jobs WHERE tuning_job_id = @id AND {StatusSql.Open}", ("@id", tuningJobId));
        if (running > 0)
            throw new InvalidOperationException($"A tuning job with {running} unfinished training jobs can't be finished.");
    }

    /// <summary>Condition: the lease <c>@lease</c> covers the training job's row.</summary>
    private static string Covered(Lease lease) => lease.Kind == LeaseKind.TuningJob ? "tuning_job_id = @lease" : "tuning_job_id IS NULL AND id = @lease";

    private static async Task CheckCoveredAsync(Transaction transaction, Lease lease, long trainingJobId)
    {
        var covered = await transaction.NumberAsync(
            $"SELECT 1 FROM training_jobs WHERE id = @id AND {Covered(lease)}", ("@id", trainingJobId), ("@lease", lease.Id));
        if (covered is null)
            throw new InvalidOperationException($"The lease of {lease.Kind} {lease.Id} does not cover training job {trainingJobId}.");
    }
}
