namespace Rekindle.Cli.Tests.Commands;

/// <summary><c>best</c>, <c>trials</c> and <c>describe</c>.</summary>
public sealed class ReportTests
{
    [Fact]
    public async Task Best_without_a_best_is_a_failure_that_says_so()
    {
        using var server = new ScriptedServer().On("DescribeHyperParameterTuningJob", Answers.Job("InProgress"));

        var (code, output, errors) = await server.RunAsync("best", "digits");

        Assert.Equal((1, ""), (code, output));
        Assert.Equal("error: NoBestTrainingJob: No training job of digits has ended with an objective yet.", errors.TrimEnd());
        Assert.Equal(1, (await server.RunAsync("best", "digits", "--json")).Code);
    }

    [Fact]
    public async Task Best_names_the_owner_of_the_overall_best()
    {
        var best = Answers.Summary(3, "Completed", 0.97);
        var overall = best.Replace("digits-003", "mother-002", StringComparison.Ordinal)[..^1] + ",\"TuningJobName\":\"mother\"}";
        using var server = new ScriptedServer().On(
            "DescribeHyperParameterTuningJob", Answers.Job("Completed", $",\"BestTrainingJob\":{best},\"OverallBestTrainingJob\":{overall}"));

        var (code, output, _) = await server.RunAsync("best", "digits");

        Assert.Equal(0, code);
        Assert.Contains("validation:accuracy 0.97", output, StringComparison.Ordinal);
        Assert.Contains("mother-002-1f2e3d4c of mother", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Trials_fit_80_columns_with_every_hyperparameter_under_a_short_name_that_is_explained()
    {
        using var server = Failures();

        var (code, output, _) = await server.RunAsync("trials", "digits");

        Assert.Equal(0, code);
        Assert.Matches(@"Training job +lr +mom +wd +mbs +Status +accuracy", output);
        Assert.Matches(@"001-1f2e3d4c +0\.00123 +0\.953 +1\.23e-5 +128 +Completed +0\.9 +\*", output);
        Assert.Contains("lr learning_rate, mom momentum, wd weight_decay, mbs mini_batch_size, accuracy", output, StringComparison.Ordinal);
        Assert.All(output.Split('\n'), line => Assert.True(line.TrimEnd().Length <= 80, line));
    }

    [Fact]
    public async Task A_wide_terminal_gets_full_names()
    {
        using var server = Failures(width: 160);

        var (_, output, _) = await server.RunAsync("trials", "digits");

        Assert.Matches(@"Training job +learning_rate +momentum +weight_decay +mini_batch_size +Status +validation:accuracy", output);
        Assert.Contains("digits-001-1f2e3d4c", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("trials")]
    [InlineData("describe")]
    public async Task Why_training_jobs_failed_stands_below_them(string command)
    {
        using var server = Failures(width: 200);

        var (_, output, _) = await server.RunAsync(command, "digits");

        Assert.Contains("2 failed: AlgorithmError: it broke, exit code: 1 (digits-002-1f2e3d4c and 1 more)", output, StringComparison.Ordinal);
        Assert.Contains("1 completed without validation:accuracy (digits-004-1f2e3d4c)", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Describe_tells_early_stopping_the_resources_of_Hyperband_and_how_many_were_stopped_for_their_reports()
    {
        const string Counters = ",\"TrainingJobStatusCounters\":{\"Completed\":1,\"Stopped\":4}";
        using var server = new ScriptedServer { Width = 160 }
            .On("DescribeHyperParameterTuningJob",
                Answers.Job("Completed", Counters).Replace("\"Strategy\":\"Bayesian\"", "\"Strategy\":\"Bayesian\",\"TrainingJobEarlyStoppingType\":\"Auto\"", StringComparison.Ordinal),
                Answers.Job("Completed", Counters).Replace(
                    "\"Strategy\":\"Bayesian\"",
                    "\"Strategy\":\"Hyperband\",\"StrategyConfig\":{\"HyperbandStrategyConfig\":{\"MinResource\":1,\"MaxResource\":27}}", StringComparison.Ordinal),
                Answers.Job("Completed", Counters))
            .On("ListSuggestions",
                """
                {"HyperParameterTuningJobName":"digits","Suggestions":[
                  {"TrainingJobName":"a","Origin":"model","StopReason":"EarlyStopping"},{"TrainingJobName":"b","Origin":"model","StopReason":"MaxResource"},
                  {"TrainingJobName":"c","Origin":"model","StopReason":"EarlyStopping"},{"TrainingJobName":"d","Origin":"model","StopReason":"User"},
                  {"TrainingJobName":"e","Origin":"model"}]}
                """,
                """{"HyperParameterTuningJobName":"digits","Suggestions":[]}""");

        var (_, auto, _) = await server.RunAsync("describe", "digits");
        var (_, hyperband, _) = await server.RunAsync("describe", "digits");
        var (_, plain, _) = await server.RunAsync("describe", "digits");

        Assert.Matches(@"Early stopping +Auto", auto);
        Assert.Matches(@"Training jobs +1 completed, 4 stopped \(2 early, 1 at MaxResource\)", auto);
        Assert.Matches(@"Search +Hyperband, MinResource 1, MaxResource 27", hyperband);
        Assert.DoesNotContain("Early stopping", plain, StringComparison.Ordinal);
        Assert.Matches(@"Search +Bayesian", plain);
        Assert.Matches(@"Training jobs +1 completed, 4 stopped", plain);
        Assert.DoesNotContain("stopped (", plain, StringComparison.Ordinal);
    }

    private static ScriptedServer Failures(int width = 80) => new ScriptedServer { Width = width }
        .On("DescribeHyperParameterTuningJob", Answers.Job("Completed", ",\"TrainingJobStatusCounters\":{\"Completed\":2,\"NonRetryableError\":2}"))
        .On("ListTrainingJobsForHyperParameterTuningJob", Answers.TrainingJobs(
            Answers.Summary(1, "Completed", 0.9),
            Answers.Summary(2, "Failed", failure: "AlgorithmError: it broke, exit code: 1"),
            Answers.Summary(3, "Failed", failure: "AlgorithmError: it broke, exit code: 1"),
            Answers.Summary(4, "Completed")));
}
