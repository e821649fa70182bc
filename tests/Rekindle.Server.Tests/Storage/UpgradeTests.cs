using System.Globalization;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Rekindle.Server.Storage;
using Rekindle.Server.Tests.Storage.Contract;
using Rekindle.Server.TrainingJobs;
using Rekindle.Server.TuningJobs;

namespace Rekindle.Server.Tests.Storage;

/// <summary>A database that an older program filled is brought up to date, and all that was in it is still there and still works.</summary>
public sealed class UpgradeTests : IDisposable
{
    private const string Scripts = "Rekindle.Server.Storage.Migrations.";

    private static readonly DateTimeOffset Time = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly string _folder = Directory.CreateTempSubdirectory("rekindle-upgrade-").FullName;

    private string DatabasePath => Path.Combine(_folder, "rekindle.db");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(7)]
    public async Task What_an_older_program_stored_reads_and_goes_on(int version)
    {
        await FillAsync(version);
        await using var store = SqlStore.Open(DatabasePath, TimeProvider.System, NullLogger.Instance);
        await store.MigrateAsync(Token);

        var parent = (await store.FindTuningJobAsync("Parent", Token))!;
        var child = (await store.FindTuningJobAsync("Child", Token))!;
        var imported = (await store.FindTuningJobAsync("Imported", Token))!;
        Assert.Equal((TuningJobStatus.Completed, TuningJobStatus.InProgress, Time), (parent.Status, child.Status, imported.ImportedAt));
        Assert.Equal([(parent.Id, "Parent")], child.Parents.Select(job => (job.TuningJobId, job.Name)));
        Assert.Empty(child.Ancestors);
        Assert.Equal(["Parent", "Child"], (await store.ReadLineageAsync(parent.Id, Token)).Select(member => member.Job.Name));
        var learned = Assert.Single(await store.ReadParentsAsync(child.Id, Token));
        Assert.Equal((0, null, 0.75), (learned.Depth, learned.Through, learned.TrainingJobs.Single().Progress.ObjectiveValue));
        var launched = Assert.Single((await store.ReadTuningSnapshotAsync(child.Id, Token))!.TrainingJobs);
        Assert.Equal(("Child-001", "Model", null), (launched.Name, launched.Origin, launched.Explanation));
        // What ran before there was managed spot training never gave way.
        Assert.Equal((null, 0, TimeSpan.Zero, 0L), (launched.InterruptionRequestedAt, launched.Progress.Interruptions, launched.Progress.RanBefore, launched.Progress.MetricsBase));
        Assert.False(launched.Definition.ManagedSpot);
        Assert.Equal("0.02", launched.TunedHyperParameters["eta"]);
        // Readings of before are numbered in the order of their lines, metric by metric.
        var curve = await store.ReadMetricAsync(launched.Id, "m", -1, 10, Token);
        Assert.Equal([(5, 0.5, 1), (9, 0.25, 2), (70, 0.125, 3)], curve.Select(reading => ((int)reading.Offset, reading.Value, reading.Ordinal)));
        Assert.Equal(1, (await store.CountReadingsAsync(launched.Id, 0, long.MaxValue, Token))["other"]);
        Assert.Equal("Imported-001", (await store.FindTrainingJobAsync("imported-001", Token))!.Name);

        // The child goes on where it was.
        var lease = Assert.Single(await store.ClaimAsync("owner", TimeSpan.FromHours(1), Token));
        Assert.Equal(child.Id, lease.Id);
        var next = Samples.Launch(child.Id, 2, Time) with { Explanation = Samples.Explanation };
        Change[] changes = [new Change.SetTrainingProgress(launched.Id, Samples.Completed(0.5, Time), []), next];
        Assert.True(await store.CommitAsync(lease, changes, Token));
        Assert.Equal([null, Samples.Explanation.Engine], (await store.ReadTuningSnapshotAsync(child.Id, Token))!.TrainingJobs.Select(job => job.Explanation?.Engine));
        var ancestor = new WarmStartAncestor(parent.Id, "Parent", 1, "Imported");
        var grandchild = Samples.TuningJob("Grandchild", Time) with { ParentIds = [imported.Id], Ancestors = [ancestor] };
        Assert.Equal(CreateOutcome.Created, await store.CreateTuningJobAsync(grandchild, Token));
        Assert.Equal([ancestor], (await store.FindTuningJobAsync("Grandchild", Token))!.Ancestors);
    }

    /// <summary>A database as the program of this schema version left it: a parent that ended, a running child, an imported tuning job.</summary>
    private async Task FillAsync(int version)
    {
        await using var connection = new SqliteConnection($"Data Source={DatabasePath};Pooling=False");
        await connection.OpenAsync(Token);
        await ExecuteAsync(connection, "CREATE TABLE schema_version (version INTEGER NOT NULL PRIMARY KEY)");
        foreach (var script in typeof(SqlStore).Assembly.GetManifestResourceNames().Where(name => name.StartsWith(Scripts, StringComparison.Ordinal)).Order())
        {
            var number = int.Parse(script.AsSpan(Scripts.Length, 4), NumberStyles.None, CultureInfo.InvariantCulture);
            if (number > version)
                break;
            using var reader = new StreamReader(typeof(SqlStore).Assembly.GetManifestResourceStream(script)!);
            await ExecuteAsync(connection, await reader.ReadToEndAsync(Token));
            await ExecuteAsync(connection, "INSERT INTO schema_version (version) VALUES (@number)", ("@number", number));
        }

        await AddTuningJobAsync(connection, 1, "Parent", "Completed", imported: false);
        await AddTrainingJobAsync(connection, 1, "Parent-001", "Completed", 0.75, imported: 0);
        await AddTuningJobAsync(connection, 2, "Child", "InProgress", imported: false);
        await AddTrainingJobAsync(connection, 2, "Child-001", "InProgress", null, imported: 0);
        await ExecuteAsync(connection, "INSERT INTO tuning_job_parents (tuning_job_id, position, parent_id) VALUES (2, 0, 1)");
        foreach (var (metric, offset, value) in ((string, long, double)[])[("m", 9, 0.25), ("m", 70, 0.125), ("m", 5, 0.5), ("other", 8, 1)])
        {
            await ExecuteAsync(
                connection,
                "INSERT INTO metric_readings (training_job_id, metric, log_offset, value, time) VALUES (2, @metric, @offset, @value, 0)",
                ("@metric", metric),
                ("@offset", offset),
                ("@value", value));
        }

        if (version >= 5)
        {
            await ExecuteAsync(
                connection,
                """
                UPDATE metric_readings SET ordinal = (SELECT count(*) FROM metric_readings r
                    WHERE r.training_job_id = metric_readings.training_job_id AND r.metric = metric_readings.metric AND r.log_offset <= metric_readings.log_offset)
                """);
        }

        await AddTuningJobAsync(connection, 3, "Imported", "Completed", imported: true);
        await AddTrainingJobAsync(connection, 3, "Imported-001", "Completed", 0.25, imported: 1);
    }

    private static Task AddTuningJobAsync(SqliteConnection connection, long id, string name, string status, bool imported) => ExecuteAsync(
        connection,
        """
        INSERT INTO tuning_jobs (id, name, name_lower, arn, definition, description, status, creation_time, last_modified_time, end_time, imported_at)
        VALUES (@id, @name, lower(@name), @arn, @definition, '{}', @status, @time, @time, CASE @status WHEN 'InProgress' THEN NULL ELSE @time END, @imported)
        """,
        ("@id", id),
        ("@name", name),
        ("@arn", Samples.TuningJobArn(name)),
        ("@definition", AsWrittenBefore(StorageJson.Write(Samples.Definition))),
        ("@status", status),
        ("@time", Time.ToUnixTimeMilliseconds()),
        ("@imported", imported ? Time.ToUnixTimeMilliseconds() : DBNull.Value));

    /// <summary>Without what later versions write.</summary>
    private static string AsWrittenBefore(string definition)
    {
        var known = System.Text.Json.Nodes.JsonNode.Parse(definition)!.AsObject();
        Assert.True(known.Remove(nameof(TuningJobDefinition.Further)));
        Assert.True(known[nameof(TuningJobDefinition.Training)]!.AsObject().Remove(nameof(TrainingDefinition.ManagedSpot)));
        return known.ToJsonString();
    }

    private static Task AddTrainingJobAsync(
        SqliteConnection connection, long tuningJobId, string name, string status, double? value, int imported) => ExecuteAsync(
        connection,
        """
        INSERT INTO training_jobs (tuning_job_id, launch_index, name, name_lower, arn, tuned, origin, creation_time, status, secondary,
            last_modified_time, objective_status, objective_value, imported)
        VALUES (@tuning_job, 1, @name, lower(@name), @arn, '{"eta":"0.02"}', 'Model', @time, @status,
            CASE @status WHEN 'InProgress' THEN 'Training' ELSE @status END, @time,
            CASE WHEN @value IS NULL THEN 'Pending' ELSE 'Succeeded' END, @value, @imported)
        """,
        ("@tuning_job", tuningJobId),
        ("@name", name),
        ("@arn", Samples.TrainingJobArn(name)),
        ("@status", status),
        ("@time", Time.ToUnixTimeMilliseconds()),
        ("@value", value is { } number ? number : DBNull.Value),
        ("@imported", imported));

    private static async Task ExecuteAsync(SqliteConnection connection, string sql, params (string Name, object Value)[] parameters)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters)
            command.Parameters.AddWithValue(name, value);
        await command.ExecuteNonQueryAsync(Token);
    }
}
