namespace Rekindle.Cli.Tests.Commands;

/// <summary><c>interrupt</c>, and what <c>describe</c> says of interruptions.</summary>
public sealed class InterruptTests
{
    [Fact]
    public async Task A_training_job_is_interrupted_and_what_comes_next_is_said()
    {
        using var server = new ScriptedServer { Width = 200 }.On(
            "InterruptTrainingJob",
            """{"TrainingJobName":"digits-003-1f2e3d4c","HasCheckpoints":true}""",
            """{"TrainingJobName":"digits-003-1f2e3d4c","HasCheckpoints":false}""",
            """{"TrainingJobName":"digits-003-1f2e3d4c","HasCheckpoints":true}""",
            """{"__type":"ValidationException","message":"The training job a is not managed spot training (EnableManagedSpotTraining): it is never interrupted."}""");

        var (code, resumes, _) = await server.RunAsync("interrupt", "digits-003-1f2e3d4c");
        var (_, begins, _) = await server.RunAsync("interrupt", "digits-003-1f2e3d4c");
        var (_, json, _) = await server.RunAsync("interrupt", "digits-003-1f2e3d4c", "--json");
        var (refused, _, errors) = await server.RunAsync("interrupt", "a");

        Assert.Equal((0, 1), (code, refused));
        Assert.Equal(
            "digits-003-1f2e3d4c: its program is told to end (SIGTERM, 120 seconds). The next one finds its checkpoints and goes on.", resumes.TrimEnd());
        Assert.EndsWith("It has no CheckpointConfig: the next one begins at the beginning.", begins.TrimEnd(), StringComparison.Ordinal);
        Assert.True((bool)System.Text.Json.Nodes.JsonNode.Parse(json)!["HasCheckpoints"]!);
        Assert.Contains("is not managed spot training", errors.ReplaceLineEndings(" "), StringComparison.Ordinal);
        Assert.Equal("digits-003-1f2e3d4c", (string)server.Asked[0].Request["TrainingJobName"]!);
    }

    [Fact]
    public async Task Describe_adds_up_interruptions_and_what_they_saved()
    {
        const string One = """{"TrainingJobName":"digits-001-1f2e3d4c","Origin":"random","Interruptions":1,"TrainingTimeInSeconds":100,"BillableTimeInSeconds":30}""";
        const string Two = """{"TrainingJobName":"digits-002-1f2e3d4c","Origin":"random","Interruptions":2,"TrainingTimeInSeconds":100,"BillableTimeInSeconds":50}""";
        const string Running = """{"TrainingJobName":"digits-003-1f2e3d4c","Origin":"random","Interruptions":1}""";
        const string Ordinary = """{"TrainingJobName":"digits-004-1f2e3d4c","Origin":"random"}""";
        static string Suggestions(string all) => $$"""{"HyperParameterTuningJobName":"digits","Suggestions":[{{all}}]}""";
        using var server = new ScriptedServer { Width = 160 }
            .On("DescribeHyperParameterTuningJob", Answers.Job("Completed"))
            .On("ListSuggestions", Suggestions($"{One},{Two},{Running},{Ordinary}"), Suggestions(Running), Suggestions(Ordinary));

        var (code, all, _) = await server.RunAsync("describe", "digits");
        var (_, running, _) = await server.RunAsync("describe", "digits");
        var (_, ordinary, _) = await server.RunAsync("describe", "digits");

        Assert.Equal(0, code);
        Assert.Matches(@"Managed spot +4 interruptions, ran 80 of 200 seconds \(60% saved\)", all);
        Assert.Matches(@"Managed spot +1 interruption *\n", running.ReplaceLineEndings("\n"));
        Assert.DoesNotContain("Managed spot", ordinary, StringComparison.Ordinal);
    }
}
