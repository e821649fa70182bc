namespace Rekindle.Cli.Tests.Commands;

/// <summary><c>explain</c>, and where else the origin of suggestions is shown.</summary>
public sealed class ExplainTests
{
    private const string Explanation =
        """
        {"TrainingJobName":"digits-003-1f2e3d4c","TuningJobName":"digits","LaunchIndex":3,"HyperParameters":{"lr":"0.0123","opt":"adam"},
         "Origin":"model","Reason":"Largest expected improvement by the job's own results.","Model":"Pooled","PredictedMean":0.9,
         "PredictedDeviation":0.02,"Acquisition":-2.5,"Engine":"1",
         "Nearest":{"TrainingJobName":"digits-001-1f2e3d4c","HyperParameters":{"lr":"0.02","opt":"sgd"},"Value":0.88,"Distance":0.125},
         "Known":{"Results":1,"WithoutResult":0,"Running":["digits-002-1f2e3d4c"]},
         "Outcome":{"TrainingJobStatus":"Completed","MetricName":"validation:accuracy","Value":0.87,"DeviationsFromPrediction":-1.5}}
        """;

    [Fact]
    public async Task A_suggestion_is_explained_with_expectation_outcome_and_nearest_result()
    {
        using var server = new ScriptedServer { Width = 160 }.On("ExplainSuggestion", Explanation);

        var (code, output, _) = await server.RunAsync("explain", "digits-003-1f2e3d4c");

        Assert.Equal(0, code);
        Assert.StartsWith("Largest expected improvement by the job's own results.", output, StringComparison.Ordinal);
        Assert.Matches(@"Training job +digits-003-1f2e3d4c \(number 3 of digits\)", output);
        Assert.Matches(@"Suggested by +model, fitted to the parents' results and the tuning job's own", output);
        Assert.Matches(@"Hyperparameters +lr = 0\.0123\s+opt = adam", output);
        Assert.Matches(@"Knew +1 result; running: digits-002-1f2e3d4c", output);
        Assert.Matches(@"Expected +validation:accuracy 0\.9 ± 0\.02", output);
        Assert.Matches(@"Came out +validation:accuracy 0\.87, 1\.5 standard deviations below what was expected", output);
        Assert.Matches(@"Nearest result +0\.88 at distance 0\.125, by digits-001-1f2e3d4c\s+lr = 0\.02\s+opt = sgd", output);
        Assert.Equal("digits-003-1f2e3d4c", (string)server.Asked.Single().Request["TrainingJobName"]!);
    }

    [Fact]
    public async Task A_running_random_draw_has_little_to_say()
    {
        const string Draw =
            """
            {"TrainingJobName":"digits-001-1f2e3d4c","TuningJobName":"digits","LaunchIndex":1,"HyperParameters":{"lr":"0.1"},"Origin":"random",
             "Reason":"A random draw.","Outcome":{"TrainingJobStatus":"InProgress","MetricName":"m"}}
            """;
        using var server = new ScriptedServer().On("ExplainSuggestion", Draw);

        var (code, output, _) = await server.RunAsync("explain", "digits-001-1f2e3d4c");

        Assert.Equal(0, code);
        Assert.Matches(@"Suggested by +random\s", output);
        Assert.Matches(@"Came out +InProgress", output);
        Assert.DoesNotContain("Expected", output, StringComparison.Ordinal);
        Assert.DoesNotContain("Nearest", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refusal_is_an_error_and_json_is_the_answer_itself()
    {
        using var server = new ScriptedServer().On(
            "ExplainSuggestion", """{"__type":"ValidationException","message":"Requested resource not found."}""", Explanation);

        var (code, output, errors) = await server.RunAsync("explain", "nobody");
        Assert.Equal((1, ""), (code, output));
        Assert.StartsWith("error: ValidationException: There is no training job \"nobody\"", errors, StringComparison.Ordinal);
        (code, output, _) = await server.RunAsync("explain", "digits-003-1f2e3d4c", "--json");
        Assert.Equal(0, code);
        Assert.Equal(0.02, (double)System.Text.Json.Nodes.JsonNode.Parse(output)!["PredictedDeviation"]!);
    }

    [Fact]
    public async Task Trials_and_describe_tell_origins_where_the_server_knows_them()
    {
        using var server = new ScriptedServer { Width = 160 }
            .On("DescribeHyperParameterTuningJob", Answers.Job("Completed"))
            .On("ListTrainingJobsForHyperParameterTuningJob", Answers.TrainingJobs(Answers.Summary(1, "Completed", 0.9), Answers.Summary(2, "Completed", 0.8)))
            .On("ListSuggestions",
                """
                {"HyperParameterTuningJobName":"digits","Suggestions":[
                  {"TrainingJobName":"digits-001-1f2e3d4c","Origin":"initial-design"},{"TrainingJobName":"digits-002-1f2e3d4c","Origin":"parent"}]}
                """,
                """
                {"HyperParameterTuningJobName":"digits","Suggestions":[
                  {"TrainingJobName":"digits-001-1f2e3d4c","Origin":"initial-design"},{"TrainingJobName":"digits-002-1f2e3d4c","Origin":"parent"},
                  {"TrainingJobName":"digits-003-1f2e3d4c","Origin":"parent"}]}
                """,
                """{"HyperParameterTuningJobName":"digits","Suggestions":[{"TrainingJobName":"digits-001-1f2e3d4c","Origin":"unknown"}]}""");

        var (code, trials, _) = await server.RunAsync("trials", "digits");
        var (_, described, _) = await server.RunAsync("describe", "digits");
        var (_, imported, _) = await server.RunAsync("trials", "digits");

        Assert.Equal(0, code);
        Assert.Matches(@"validation:accuracy +By", trials);
        Assert.Matches(@"digits-001-1f2e3d4c .+ 0\.9 +\* +design", trials);
        Assert.Matches(@"digits-002-1f2e3d4c .+ 0\.8 +parent", trials);
        Assert.Matches(@"Suggested by +initial-design 1, parent 2", described);
        Assert.DoesNotMatch(@"validation:accuracy +By", imported);
    }
}
