namespace Rekindle.Cli.Tests.Commands;

public sealed class LogsTests
{
    [Fact]
    public async Task All_pages_are_printed_and_nothing_else()
    {
        using var server = new ScriptedServer().On("GetLogEvents", Answers.Log("t1", "one", "two"), Answers.Log("t2", "three"), Answers.Log("t2"));

        var (code, output, _) = await server.RunAsync("logs", "digits-001");

        Assert.Equal((0, "one|two|three|"), (code, output.ReplaceLineEndings("|")));
        Assert.Equal([null, "t1", "t2"], server.Asked.Select(asked => (string?)asked.Request["nextToken"]));
        Assert.All(server.Asked, asked => Assert.Equal("digits-001/algo-1", (string?)asked.Request["logStreamName"]));
    }

    [Fact]
    public async Task Following_goes_on_to_the_end_through_a_restart_of_the_server_and_prints_each_line_once()
    {
        using var server = new ScriptedServer()
            .On(
                "DescribeTrainingJob",
                """{"TrainingJobStatus":"InProgress"}""", null, """{"TrainingJobStatus":"InProgress"}""", """{"TrainingJobStatus":"Completed"}""")
            .On("GetLogEvents", Answers.Log("t1", "one"), Answers.Log("t1"), null, Answers.Log("t2", "two"), Answers.Log("t2"), Answers.Log("t3", "three"), Answers.Log("t3"));

        var (code, output, errors) = await server.RunAsync("logs", "digits-001", "--follow");

        Assert.Equal((0, "one|two|three|"), (code, output.ReplaceLineEndings("|")));
        Assert.Contains("The server does not answer; trying again", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Following_gives_up_a_lost_server_and_asking_once_does_not_wait()
    {
        using var server = new ScriptedServer()
            .On("DescribeTrainingJob", """{"TrainingJobStatus":"InProgress"}""")
            .On("GetLogEvents", Answers.Log("t1", "one"), Answers.Log("t1"), null);
        Assert.Equal(3, (await server.RunAsync("logs", "digits-001", "--follow")).Code);

        using var other = new ScriptedServer().On("GetLogEvents", Answers.Log("t1", "one"), null);
        Assert.Equal(1, (await other.RunAsync("logs", "digits-001")).Code);
        Assert.Equal(TimeSpan.Zero, other.Clock.Waited);
    }
}
