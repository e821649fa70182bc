namespace Rekindle.Cli.Tests.Commands;

public sealed class WatchTests
{
    private const string Running = """{"TrainingJobStatus":"InProgress","SecondaryStatus":"Training"}""";

    [Theory]
    [InlineData("Completed", 0)]
    [InlineData("Stopped", 0)]
    [InlineData("Failed", 1)]
    public async Task The_exit_code_tells_how_the_tuning_job_ended(string status, int expected)
    {
        foreach (var json in (string[][])[[], ["--json"]])
        {
            using var server = new ScriptedServer()
                .On("DescribeHyperParameterTuningJob", Answers.Job("InProgress"), Answers.Job(status, ",\"FailureReason\":\"All failed.\""))
                .On("ListTrainingJobsForHyperParameterTuningJob", Answers.TrainingJobs());

            var (code, output, _) = await server.RunAsync(["watch", "digits", .. json]);

            Assert.Equal(expected, code);
            Assert.Contains("All failed.", output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Every_change_is_a_line_with_why_a_training_job_stopped()
    {
        using var server = new ScriptedServer()
            .On("DescribeHyperParameterTuningJob", Answers.Job("InProgress"), Answers.Job("Completed"))
            .On(
                "ListTrainingJobsForHyperParameterTuningJob",
                Answers.TrainingJobs(Answers.Summary(1, "InProgress")),
                Answers.TrainingJobs(Answers.Summary(1, "Stopped", 0.5), Answers.Summary(2, "Failed", failure: "AlgorithmError: no luck")))
            .On("DescribeTrainingJob", Running, """{"TrainingJobStatus":"Stopped","SecondaryStatus":"MaxRuntimeExceeded"}""");

        var (code, output, errors) = await server.RunAsync("watch", "digits");

        Assert.Equal((0, ""), (code, errors));
        Assert.Equal(
            [
                "digits: Bayesian search, maximize validation:accuracy, at most 4 training jobs, 2 at a time",
                "digits-001-1f2e3d4c started: learning_rate 0.00123, momentum 0.953, weight_decay 1.23e-5, mini_batch_size 128",
                "digits-001-1f2e3d4c Stopped at its MaxRuntimeInSeconds: validation:accuracy 0.5 (best so far)",
                "digits-002-1f2e3d4c started: learning_rate 0.00123, momentum 0.953, weight_decay 1.23e-5, mini_batch_size 128",
                "digits-002-1f2e3d4c Failed: AlgorithmError: no luck",
                "digits Completed: best validation:accuracy 0.5 by digits-001-1f2e3d4c",
            ],
            output.TrimEnd().Split(Environment.NewLine));
    }

    [Fact]
    public async Task A_tuning_job_without_any_objective_does_not_end_as_if_all_were_well()
    {
        using var server = new ScriptedServer()
            .On("DescribeHyperParameterTuningJob", Answers.Job("Completed"))
            .On("ListTrainingJobsForHyperParameterTuningJob", Answers.TrainingJobs(Answers.Summary(1, "Completed")));

        var (_, output, _) = await server.RunAsync("watch", "digits");

        Assert.Contains("digits Completed: no training job has left validation:accuracy", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("watch", "digits")]
    [InlineData("watch", "digits", "--json")]
    public async Task A_server_that_is_restarted_is_waited_for_with_one_line(params string[] arguments)
    {
        using var server = new ScriptedServer()
            .On("DescribeHyperParameterTuningJob", Answers.Job("InProgress"), null, null, null, Answers.Job("Completed"))
            .On("ListTrainingJobsForHyperParameterTuningJob", Answers.TrainingJobs());

        var (code, _, errors) = await server.RunAsync(arguments);

        Assert.Equal(0, code);
        Assert.Equal("The server does not answer; trying again for 1 min 00 s ...", errors.TrimEnd());
    }

    [Theory]
    [InlineData("watch", "digits")]
    [InlineData("watch", "digits", "--json")]
    public async Task A_server_that_stays_away_is_given_up_with_a_code_of_its_own(params string[] arguments)
    {
        using var server = new ScriptedServer()
            .On("DescribeHyperParameterTuningJob", Answers.Job("InProgress"), null)
            .On("ListTrainingJobsForHyperParameterTuningJob", Answers.TrainingJobs());

        var (code, _, errors) = await server.RunAsync(arguments);

        Assert.Equal(3, code);
        Assert.Contains("error: ServerLost: The server has not answered for 1 min 00 s. The job may go on all the same.", errors, StringComparison.Ordinal);
        Assert.InRange(server.Clock.Waited, TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(65));
    }

    [Fact]
    public async Task A_server_that_was_never_there_is_not_waited_for()
    {
        using var server = new ScriptedServer().On("DescribeHyperParameterTuningJob", [null]);

        var (code, _, errors) = await server.RunAsync("watch", "digits");

        Assert.Equal(1, code);
        Assert.StartsWith("error: ServerUnreachable: ", errors, StringComparison.Ordinal);
        Assert.Equal(TimeSpan.Zero, server.Clock.Waited);
    }

    [Fact]
    public async Task An_unknown_tuning_job_is_refused_in_the_words_of_the_server()
    {
        using var server = new ScriptedServer().On("DescribeHyperParameterTuningJob", Answers.NotFound);

        Assert.Equal(1, (await server.RunAsync("watch", "digits")).Code);
    }
}
