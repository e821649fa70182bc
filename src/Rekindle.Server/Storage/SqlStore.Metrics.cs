using System.Data.Common;
using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.Storage;

internal sealed partial class SqlStore
{
    /// <summary>A metric with more readings than this in one training job is thinned out to about half.</summary>
    internal const int MostReadings = 10_000;

    private const double Share = 1L << 32;

    // Steps from metric to metric through the key: a few look-ups instead of reading all that was ever reported. CROSS JOIN keeps SQLite
    // from turning the join around, which would look at every reading.
    public Task<IReadOnlyList<MetricReading>> ReadLastMetricsAsync(long trainingJobId, CancellationToken cancellationToken) =>
        ReadAsync<IReadOnlyList<MetricReading>>(
        async transaction => await transaction.QueryAsync(
            """
            WITH RECURSIVE metrics (metric) AS (
                SELECT min(metric) FROM metric_readings WHERE training_job_id = @id
                UNION ALL
                SELECT (SELECT min(r.metric) FROM metric_readings r WHERE r.training_job_id = @id AND r.metric > metrics.metric)
                FROM metrics WHERE metrics.metric IS NOT NULL),
            last (metric, log_offset) AS (
                SELECT m.metric, (SELECT max(r.log_offset) FROM metric_readings r WHERE r.training_job_id = @id AND r.metric = m.metric)
                FROM metrics m WHERE m.metric IS NOT NULL)
            SELECT r.metric, r.log_offset, r.value, r.time, r.ordinal FROM last CROSS JOIN metric_readings r
            WHERE r.training_job_id = @id AND r.metric = last.metric AND r.log_offset = last.log_offset
            ORDER BY r.metric
            """,
            ReadingAt,
            ("@id", trainingJobId)),
        cancellationToken);

    public Task<IReadOnlyList<MetricReading>> ReadMetricAsync(
        long trainingJobId, string metric, long afterOffset, int limit, CancellationToken cancellationToken) =>
        ReadAsync<IReadOnlyList<MetricReading>>(
        async transaction => await transaction.QueryAsync(
            """
            SELECT metric, log_offset, value, time, ordinal FROM metric_readings
            WHERE training_job_id = @id AND metric = @metric AND log_offset > @after ORDER BY log_offset LIMIT @limit
            """,
            ReadingAt,
            ("@id", trainingJobId),
            ("@metric", metric),
            ("@after", afterOffset),
            ("@limit", (long)limit)),
        cancellationToken);

    public Task<IReadOnlyDictionary<long, IReadOnlyList<CurvePoint>>> ReadCurvesAsync(
        IReadOnlyList<long> trainingJobIds, string metric, CancellationToken cancellationToken) =>
        ReadAsync<IReadOnlyDictionary<long, IReadOnlyList<CurvePoint>>>(
        async transaction =>
        {
            var curves = new Dictionary<long, IReadOnlyList<CurvePoint>>();
            foreach (var id in trainingJobIds)
            {
                var points = await transaction.QueryAsync(
                    "SELECT ordinal, value, time FROM metric_readings WHERE training_job_id = @id AND metric = @metric ORDER BY log_offset",
                    row => new CurvePoint(row.GetInt32(0), row.GetDouble(1), row.TimeAt(2)),
                    ("@id", id),
                    ("@metric", metric));
                if (points.Count > 0) curves[id] = points;
            }

            return curves;
        },
        cancellationToken);

    public Task<IReadOnlyDictionary<string, int>> CountReadingsAsync(
        long trainingJobId, long fromOffset, long beforeOffset, CancellationToken cancellationToken) =>
        ReadAsync<IReadOnlyDictionary<string, int>>(
        async transaction => (await transaction.QueryAsync(
            "SELECT metric, max(ordinal) FROM metric_readings WHERE training_job_id = @id AND log_offset >= @from AND log_offset < @before GROUP BY metric",
            row => KeyValuePair.Create(row.GetString(0), row.GetInt32(1)),
            ("@id", trainingJobId),
            ("@from", fromOffset),
            ("@before", beforeOffset))).ToDictionary(StringComparer.Ordinal),
        cancellationToken);

    // Halved so often that no sum of numbers goes beyond the largest one; to halve a number changes nothing of it but its size.
    public Task<IReadOnlyList<MetricPeriod>> ReadMetricPeriodsAsync(
        long trainingJobId, string metric, DateTimeOffset from, DateTimeOffset before, TimeSpan period, CancellationToken cancellationToken) =>
        ReadAsync<IReadOnlyList<MetricPeriod>>(
        async transaction => await transaction.QueryAsync(
            """
            SELECT time / @period * @period AS start, count(*), sum(value / @share), min(value), max(value) FROM metric_readings
            WHERE training_job_id = @id AND metric = @metric AND time >= @from AND time < @before GROUP BY start ORDER BY start
            """,
            row => new MetricPeriod(row.TimeAt(0), row.GetInt64(1), row.GetDouble(2) / row.GetInt64(1) * Share, row.GetDouble(2) * Share, row.GetDouble(3), row.GetDouble(4)),
            ("@id", trainingJobId),
            ("@metric", metric),
            ("@from", from.ToColumn()),
            ("@before", before.ToColumn()),
            ("@share", Share),
            ("@period", (long)period.TotalMilliseconds)),
        cancellationToken);

    private static MetricReading ReadingAt(DbDataReader row) =>
        new(row.GetString(0), row.GetInt64(1), row.GetDouble(2), row.TimeAt(3)) { Ordinal = row.GetInt32(4) };

    private async Task AppendReadingsAsync(
        Transaction transaction, long trainingJobId, IReadOnlyList<MetricReading> readings, IReadOnlySet<int> milestones)
    {
        foreach (var reading in readings)
        {
            await transaction.ExecuteAsync(
                """
                INSERT INTO metric_readings (training_job_id, metric, log_offset, value, time, ordinal)
                VALUES (@id, @metric, @offset, @value, @time, @ordinal)
                ON CONFLICT DO NOTHING
                """,
                ("@id", trainingJobId),
                ("@metric", reading.Metric),
                ("@offset", reading.Offset),
                ("@value", reading.Value.ToColumn()),
                ("@time", reading.Time.ToColumn()),
                ("@ordinal", (long)reading.Ordinal));
        }

        foreach (var metric in readings.Where(reading => reading.Offset >= MetricsFile.FirstOffset).Select(reading => reading.Metric).Distinct(StringComparer.Ordinal))
        {
            await transaction.ExecuteAsync(
                "DELETE FROM metric_readings WHERE training_job_id = @id AND metric = @metric AND log_offset < @first",
                ("@id", trainingJobId),
                ("@metric", metric),
                ("@first", MetricsFile.FirstOffset));
        }

        foreach (var metric in readings.Select(reading => reading.Metric).Distinct(StringComparer.Ordinal))
            await ThinAsync(transaction, trainingJobId, metric, milestones);
    }

    /// <summary>
    /// Divides the log into equal parts and keeps the first reading of each, and the smallest, the greatest and the last of all. By offset,
    /// not by every second reading: the beginning would be halved again and again until nothing of it was left.
    /// </summary>
    private async Task ThinAsync(Transaction transaction, long trainingJobId, string metric, IReadOnlySet<int> milestones)
    {
        const string All = "FROM metric_readings r WHERE r.training_job_id = @id AND r.metric = @metric";
        var count = await transaction.NumberAsync($"SELECT count(*) {All}", ("@id", trainingJobId), ("@metric", metric));
        if (count <= MostReadings)
            return;
        await transaction.ExecuteAsync(
            $"""
            WITH span (first, width) AS (SELECT min(r.log_offset), (max(r.log_offset) - min(r.log_offset)) / @parts + 1 {All})
            DELETE FROM metric_readings WHERE training_job_id = @id AND metric = @metric
                AND log_offset NOT IN (SELECT min(r.log_offset) {All}
                    GROUP BY (r.log_offset - (SELECT first FROM span)) / (SELECT width FROM span))
                AND log_offset NOT IN (SELECT max(r.log_offset) {All})
                AND log_offset NOT IN (SELECT r.log_offset {All} ORDER BY r.value, r.log_offset LIMIT 1)
                AND log_offset NOT IN (SELECT r.log_offset {All} ORDER BY r.value DESC, r.log_offset LIMIT 1)
                AND NOT ({_dialect.IsAnyOf("ordinal", "@milestones")})
            """,
            ("@parts", (long)MostReadings / 2),
            ("@milestones", _dialect.IdList(milestones.Select(ordinal => (long)ordinal))),
            ("@id", trainingJobId),
            ("@metric", metric));
    }
}
