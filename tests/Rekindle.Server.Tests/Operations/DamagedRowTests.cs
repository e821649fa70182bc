using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using Rekindle.Server.Tests.Protocol;

namespace Rekindle.Server.Tests.Operations;

/// <summary>Rows that somebody edited or that a damaged disk gave back otherwise: who asks about them hears which.</summary>
public sealed class DamagedRowTests
{
    private const string Training = "UPDATE training_jobs SET {0} WHERE launch_index = 2";
    private const string Tuning = "UPDATE tuning_jobs SET {0}";

    [Theory]
    [InlineData(Training, "explanation = '{\"Engine\":'", "the explanation of the training job odd-002-")]
    [InlineData(Training, "explanation = '{\"Engine\":\"x\",\"Running\":null}'", "the explanation of the training job odd-002-")]
    [InlineData(Training, "explanation = '{\"Engine\":\"x\",\"Nearest\":{\"HyperParameters\":{\"x\":null},\"Value\":1,\"Distance\":1}}'", "the explanation of the training job odd-002-")]
    [InlineData(Training, "tuned = '[1]'", "the tuned hyperparameters of the training job odd-002-")]
    [InlineData(Training, "tuned = '{\"x\":null}'", "the tuned hyperparameters of the training job odd-002-")]
    [InlineData(Training, "creation_time = 9223372036854775807", "the row of the training job odd-002-")]
    [InlineData(Training, "objective_value = 9e999", "the row of the training job odd-002-")]
    [InlineData(Tuning, "definition = '{}'", "the definition of the tuning job odd ")]
    [InlineData(Tuning, "definition = json_set(definition, '$.Objective', null)", "the definition of the tuning job odd ")]
    public async Task Explain_and_replay_name_what_can_not_be_read(string where, string edit, string what)
    {
        await using var server = await TestServer.StartAsync();
        var name = await RunAsync(server);
        await server.RestartAsync(path => ExecuteAsync(path, where.Replace("{0}", edit, StringComparison.Ordinal)));

        var explained = await server.RefusalAsync("Rekindle.ExplainSuggestion", new JsonObject { ["TrainingJobName"] = name });
        var replayed = await server.RefusalAsync("Rekindle.ReplayTuningJob", new JsonObject { ["HyperParameterTuningJobName"] = "odd" });

        Assert.All([explained, replayed], said =>
        {
            Assert.StartsWith($"The database is damaged: {what}", said, StringComparison.Ordinal);
            Assert.Contains("can't be read. ", said, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task A_search_that_can_not_be_made_again_from_its_definition_is_named()
    {
        await using var server = await TestServer.StartAsync();
        _ = await RunAsync(server);
        await server.RestartAsync(path => ExecuteAsync(
            path, Tuning.Replace("{0}", "definition = json_set(definition, '$.Ranges[0].MinValue', 'low')", StringComparison.Ordinal)));

        var said = await server.RefusalAsync("Rekindle.ReplayTuningJob", new JsonObject { ["HyperParameterTuningJobName"] = "odd" });
        Assert.StartsWith("The database is damaged: the definition of the tuning job odd can't be read.", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_damaged_file_is_called_damaged()
    {
        await using var server = await TestServer.StartAsync();
        var name = await RunAsync(server);
        await server.RestartAsync(async path =>
        {
            var (page, size) = await PageAsync(path);
            await using var file = new FileStream(path, FileMode.Open, FileAccess.Write);
            file.Position = (page - 1) * size;
            file.Write(Enumerable.Repeat((byte)0xFF, (int)size).ToArray());
        });

        var said = await server.RefusalAsync("Rekindle.ExplainSuggestion", new JsonObject { ["TrainingJobName"] = name });
        Assert.StartsWith("The database is damaged: a part of its file can't be read.", said, StringComparison.Ordinal);
    }

    /// <summary>A random search that has ended; the name of its second training job.</summary>
    private static async Task<string> RunAsync(TestServer server)
    {
        _ = await server.AnswerAsync("CreateHyperParameterTuningJob", TestServer.TuningJob("odd", server.Program("echo m=$SM_HP_X"), 3, parallel: 1));
        _ = await server.UntilTuningJobEndedAsync("odd");
        var suggestions = await server.AnswerAsync("Rekindle.ListSuggestions", new JsonObject { ["HyperParameterTuningJobName"] = "odd" });
        return (string)suggestions["Suggestions"]![1]!["TrainingJobName"]!;
    }

    private static async Task ExecuteAsync(string path, string sql)
    {
        await using var connection = await OpenAsync(path);
        await using var command = connection.CreateCommand();
        // What the table's own checks keep out may still come from a damaged disk.
        command.CommandText = $"PRAGMA ignore_check_constraints = ON; {sql}";
        Assert.NotEqual(0, await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>The first page of the table of transitions, which only reading a training job needs.</summary>
    private static async Task<(long Page, long Size)> PageAsync(string path)
    {
        await using var connection = await OpenAsync(path);
        await using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA wal_checkpoint(TRUNCATE)";
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        command.CommandText = "SELECT rootpage FROM sqlite_master WHERE type = 'table' AND name = 'transitions'";
        var page = (long)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
        command.CommandText = "PRAGMA page_size";
        return (page, (long)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!);
    }

    private static async Task<SqliteConnection> OpenAsync(string path)
    {
        var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        return connection;
    }
}
