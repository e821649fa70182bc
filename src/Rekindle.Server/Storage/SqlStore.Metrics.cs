using System.Data.Common;
using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.Storage;

internal sealed partial class SqlStore
{
    public Task<IReadOnlyList<MetricReading>> ReadLastMetricsAsync(long trainingJobId, CancellationToken cancellationToken) =>
        ReadAsync<IReadOnlyList<MetricReading>>(
        async transaction => await transaction.QueryAsync(
            """
            SELECT r.metric, r.log_offset, r.value, r.time FROM metric_readings r
            JOIN (SELECT metric, max(log_offset) AS log_offset FROM metric_readings WHERE training_job_id = @id GROUP BY metric) l
                ON l.metric = r.metric AND l.log_offset = r.log_offset
            WHERE r.training_job_id = @id ORDER BY r.metric
            """,
            ReadingAt,
            ("@id", trainingJobId)),
        cancellationToken);

    public Task<IReadOnlyList<MetricReading>> ReadMetricAsync(
        long trainingJobId, string metric, long afterOffset, int limit, CancellationToken cancellationToken) =>
        ReadAsync<IReadOnlyList<MetricReading>>(
        async transaction => await transaction.QueryAsync(
            """
            SELECT metric, log_offset, value, time FROM metric_readings
            WHERE training_job_id = @id AND metric = @metric AND log_offset > @after ORDER BY log_offset LIMIT @limit
            """,
            ReadingAt,
            ("@id", trainingJobId),
            ("@metric", metric),
            ("@after", afterOffset),
            ("@limit", (long)limit)),
        cancellationToken);

    private static MetricReading ReadingAt(DbDataReader row) => new(row.GetString(0), row.GetInt64(1), row.GetDouble(2), row.TimeAt(3));

    private static async Task AppendReadingsAsync(Transaction transaction, long trainingJobId, IReadOnlyList<MetricReading> readings)
    {
        foreach (var reading in readings)
        {
            await transaction.ExecuteAsync(
                """
                INSERT INTO metric_readings (training_job_id, metric, log_offset, value, time) VALUES (@id, @metric, @offset, @value, @time)
                ON CONFLICT DO NOTHING
                """,
                ("@id", trainingJobId),
                ("@metric", reading.Metric),
                ("@offset", reading.Offset),
                ("@value", reading.Value.ToColumn()),
                ("@time", reading.Time.ToColumn()));
        }
    }
}
