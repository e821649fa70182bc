using Microsoft.Data.Sqlite;
using Rekindle.Cli.Importing;

namespace Rekindle.Cli.Tests.Importing;

/// <summary>Storages of Optuna that no fixture has: searches that changed, were deleted, or say less than usual.</summary>
public sealed class OddStorageTests
{
    private const string Lr = """{\"name\": \"FloatDistribution\", \"attributes\": {\"step\": null, \"low\": 0.001, \"high\": 0.1, \"log\": true}}""";
    private const string LrWider = """{\"name\": \"FloatDistribution\", \"attributes\": {\"step\": null, \"low\": 0.01, \"high\": 1.0, \"log\": false}}""";
    private const string LrWhole = """{\"name\": \"IntDistribution\", \"attributes\": {\"step\": 1, \"low\": 0, \"high\": 5, \"log\": false}}""";
    private const string Opt = """{\"name\": \"CategoricalDistribution\", \"attributes\": {\"choices\": [\"sgd\", \"adam\"]}}""";
    private const string OptOther = """{\"name\": \"CategoricalDistribution\", \"attributes\": {\"choices\": [\"lion\", \"sgd\"]}}""";

    [Fact]
    public void A_study_without_a_direction_takes_the_goal_of_the_flag_and_asks_for_it()
    {
        var searches = OptunaJournal.Read(Created("s", direction: 0) + Evaluated(0, "lr", Lr, 0.01), []);

        Assert.Equal("Maximize", OptunaImport.Make(searches, null, null, "max", null).Goal);
        Assert.Equal("Minimize", OptunaImport.Make(searches, null, null, "Minimize", null).Goal);
        Assert.Contains("say --goal", Assert.Throws<FormatException>(() => OptunaImport.Make(searches, null, null, null, null)).Message, StringComparison.Ordinal);
        // One that has a direction knows better than the flag.
        var minimized = OptunaJournal.Read(Created("s", direction: 1) + Evaluated(0, "lr", Lr, 0.01), []);
        Assert.Equal("Minimize", OptunaImport.Make(minimized, null, null, "max", null).Goal);
    }

    [Fact]
    public void Distributions_that_changed_become_the_range_around_them()
    {
        var journal = Created("s") + Evaluated(0, "lr", Lr, 0.002) + Evaluated(1, "lr", LrWider, 0.5) + Evaluated(2, "opt", Opt, 1) + Evaluated(3, "opt", OptOther, 0);

        var job = OptunaImport.Make(OptunaJournal.Read(journal, []), null, null, null, null);

        var lr = job.Ranges.Single(range => range.Name == "lr");
        Assert.Equal((RangeKind.Continuous, "0.001", "1.0", "Linear"), (lr.Kind, lr.Min, lr.Max, lr.Scaling));
        Assert.Equal(["sgd", "adam", "lion"], job.Ranges.Single(range => range.Name == "opt").Values);
        // An index is one into the choices of its own time.
        Assert.Equal(["0.002", "0.5", "adam", "lion"], job.Runs.Select(run => run.Values.Values.Single()));
    }

    [Fact]
    public void Whole_and_other_numbers_together_are_continuous_and_numbers_and_choices_clash()
    {
        var mixed = Created("s") + Evaluated(0, "lr", LrWhole, 3) + Evaluated(1, "lr", Lr, 0.01);
        var lr = Assert.Single(OptunaImport.Make(OptunaJournal.Read(mixed, []), null, null, null, null).Ranges);
        Assert.Equal((RangeKind.Continuous, "0.0", "5.0"), (lr.Kind, lr.Min, lr.Max));

        var clash = Created("s") + Evaluated(0, "lr", Lr, 0.01) + Evaluated(1, "lr", Opt, 1);
        Assert.Contains(
            "lr is categorical in some evaluations and numeric in others",
            Assert.Throws<FormatException>(() => OptunaImport.Make(OptunaJournal.Read(clash, []), null, null, null, null)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_deleted_study_is_gone_and_leaves_the_numbers_of_the_others_as_they_were()
    {
        var journal = Created("gone") + Evaluated(0, "lr", Lr, 0.01) + Created("kept", direction: 2)
            + """{"op_code": 1, "worker_id": "w", "study_id": 0}""" + "\n"
            // An evaluation of a deleted study has no number, so the next one has the next.
            + """{"op_code": 4, "worker_id": "w", "study_id": 0}""" + "\n"
            + Evaluated(1, "lr", Lr, 0.05, study: 1);

        var job = OptunaImport.Make(OptunaJournal.Read(journal, []), null, null, null, null);

        Assert.Equal(("kept", "Maximize"), (job.Name, job.Goal));
        Assert.Equal("0.05", Assert.Single(job.Runs).Values["lr"]);
    }

    [Fact]
    public async Task A_storage_from_before_values_had_types_is_read()
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory("rekindle-optuna-").FullName, "old.db");
        try
        {
            await using (var connection = new SqliteConnection($"Data Source={path};Pooling=False"))
            {
                await connection.OpenAsync(TestContext.Current.CancellationToken);
                await using var command = connection.CreateCommand();
                command.CommandText =
                    """
                    CREATE TABLE studies (study_id INTEGER PRIMARY KEY, study_name TEXT);
                    CREATE TABLE study_directions (study_id INTEGER, direction TEXT, objective INTEGER);
                    CREATE TABLE study_system_attributes (study_id INTEGER, key TEXT, value_json TEXT);
                    CREATE TABLE trials (trial_id INTEGER PRIMARY KEY, study_id INTEGER, state TEXT, datetime_start TEXT, datetime_complete TEXT);
                    CREATE TABLE trial_params (param_id INTEGER PRIMARY KEY, trial_id INTEGER, param_name TEXT, param_value FLOAT, distribution_json TEXT);
                    CREATE TABLE trial_values (trial_id INTEGER, objective INTEGER, value FLOAT);
                    CREATE TABLE trial_intermediate_values (trial_id INTEGER, step INTEGER, intermediate_value FLOAT);
                    INSERT INTO studies VALUES (1, 'old');
                    INSERT INTO study_directions VALUES (1, 'MINIMIZE', 0);
                    INSERT INTO trials VALUES (1, 1, 'COMPLETE', '2021-01-01 10:00:00', '2021-01-01 10:01:00'), (2, 1, 'PRUNED', NULL, NULL);
                    INSERT INTO trial_params VALUES
                        (1, 1, 'x', 0.5, '{"name": "UniformDistribution", "attributes": {"low": 0.0, "high": 1.0}}'),
                        (2, 2, 'x', 0.25, '{"name": "UniformDistribution", "attributes": {"low": 0.0, "high": 1.0}}');
                    INSERT INTO trial_values VALUES (1, 0, 0.125);
                    INSERT INTO trial_intermediate_values VALUES (2, 1, 0.75), (2, 0, 0.875);
                    """;
                await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
            }

            var job = OptunaImport.Make(await OptunaDatabase.ReadAsync(path, TestContext.Current.CancellationToken), null, null, null, null);

            Assert.Equal([("Completed", 0.125, "0.5"), ("Stopped", 0.75, "0.25")], job.Runs.Select(run => (run.Status, run.Objective!.Value, run.Values["x"])));
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
        }
    }

    private static string Created(string name, int direction = 1) =>
        $$"""{"op_code": 0, "worker_id": "w", "study_name": "{{name}}", "directions": [{{direction}}]}""" + "\n";

    /// <summary>A completed evaluation of one parameter.</summary>
    private static string Evaluated(int number, string name, string distribution, double stored, int study = 0) => string.Create(
        System.Globalization.CultureInfo.InvariantCulture,
        $$"""
        {"op_code": 4, "worker_id": "w", "study_id": {{study}}, "datetime_start": "2024-01-01T00:00:00"}
        {"op_code": 5, "worker_id": "w", "trial_id": {{number}}, "param_name": "{{name}}", "param_value_internal": {{stored}}, "distribution": "{{distribution}}"}
        {"op_code": 6, "worker_id": "w", "trial_id": {{number}}, "state": 1, "values": [0.5], "datetime_complete": "2024-01-01T00:01:00"}

        """);
}
