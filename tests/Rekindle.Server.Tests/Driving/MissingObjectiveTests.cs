using System.Reflection;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using Rekindle.Server.Driving;
using Rekindle.Server.Tests.Protocol;
using Rekindle.Server.Tests.TuningJobs;
using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.Tests.Driving;

public sealed class MissingObjectiveTests
{
    [Fact]
    public async Task The_status_of_a_training_job_without_its_objective_shows_the_line_that_comes_nearest()
    {
        await using var server = await TestServer.StartAsync();
        var request = TestServer.TuningJob("mute", server.Program("echo epoch 1 of 3\necho 'Score: 0.5'\necho '{\"scor\":1}' > $M/output/metrics.jsonl"), jobs: 1, parallel: 1);
        request["TrainingJobDefinition"]!["AlgorithmSpecification"]!["MetricDefinitions"] = JsonNode.Parse("""[{"Name":"score","Regex":"score=([0-9.]+)"}]""");
        request["HyperParameterTuningJobConfig"]!["HyperParameterTuningJobObjective"]!["MetricName"] = "score";
        _ = await server.AnswerAsync("CreateHyperParameterTuningJob", request);
        _ = await server.UntilTuningJobEndedAsync("mute");
        var listed = await server.AnswerAsync("ListTrainingJobsForHyperParameterTuningJob", new JsonObject { ["HyperParameterTuningJobName"] = "mute" });
        var job = await server.AnswerAsync("DescribeTrainingJob", new JsonObject { ["TrainingJobName"] = (string)listed["TrainingJobSummaries"]![0]!["TrainingJobName"]! });

        var message = (string)job["SecondaryStatusTransitions"]!.AsArray()[^1]!["StatusMessage"]!;
        Assert.Contains("2 lines were read, and none gave a value for the metric \"score\". The nearest is line 2: \"Score: 0.5\".", message, StringComparison.Ordinal);
        Assert.Contains("/opt/ml/output/metrics.jsonl has 1 lines, 0 of them without a number; they give: scor.", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_that_prints_nothing_gives_its_objective_by_its_metrics_file()
    {
        await using var server = await TestServer.StartAsync();
        var body = "printf '{\"score\":0.25,\"train:loss\":3}\\n{\"score\":0.75}' > $M/output/metrics.jsonl";
        var request = TestServer.TuningJob("silent", server.Program(body), jobs: 1, parallel: 1);
        request["TrainingJobDefinition"]!["AlgorithmSpecification"]!["MetricDefinitions"] = JsonNode.Parse("""[{"Name":"score","Regex":"score=([0-9.]+)"}]""");
        request["HyperParameterTuningJobConfig"]!["HyperParameterTuningJobObjective"]!["MetricName"] = "score";
        _ = await server.AnswerAsync("CreateHyperParameterTuningJob", request);
        var ended = await server.UntilTuningJobEndedAsync("silent");

        Assert.Equal("Completed", (string)ended["HyperParameterTuningJobStatus"]!);
        Assert.Equal(0.75, (double)ended["BestTrainingJob"]!["FinalHyperParameterTuningJobObjectiveMetric"]!["Value"]!);
        var job = await server.AnswerAsync("DescribeTrainingJob", new JsonObject { ["TrainingJobName"] = (string)ended["BestTrainingJob"]!["TrainingJobName"]! });
        var metrics = job["FinalMetricDataList"]!.AsArray().ToDictionary(metric => (string)metric!["MetricName"]!, metric => (double)metric!["Value"]!);
        Assert.Equal((0.75, 3, 0.75), (metrics["score"], metrics["train:loss"], metrics["ObjectiveMetric"]));
    }

    [Fact]
    public async Task A_log_that_can_not_be_read_in_time_is_not_waited_for()
    {
        var clock = new FakeTimeProvider();
        var job = Given.TrainingJob(1, Given.Training with { MetricDefinitions = [new MetricDefinition("score", "score=(.*)")] });
        var explaining = MissingObjective.ExplainAsync(
            DispatchProxy.Create<IExecutor, StuckLog>(), job, "score", clock, TestContext.Current.CancellationToken);
        clock.Advance(MissingObjective.Patience - TimeSpan.FromMilliseconds(1));
        Assert.False(explaining.IsCompleted);

        clock.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Empty(await explaining.WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System, TestContext.Current.CancellationToken));
    }

    /// <summary>An executor whose logs never come.</summary>
    public class StuckLog : DispatchProxy
    {
        protected override object Invoke(MethodInfo? targetMethod, object?[]? args) =>
            targetMethod!.Name == nameof(IExecutor.ReadLogAsync) ? NeverAsync((CancellationToken)args![^1]!) : throw new NotSupportedException(targetMethod.Name);

        private static async Task<LogLines> NeverAsync(CancellationToken cancellationToken)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            throw new InvalidOperationException("Not reached.");
        }
    }
}
