using System.Globalization;
using Rekindle.Api.Client;
using Rekindle.Api.Shapes;

namespace Rekindle.Conformance.Tests;

[Trait("Needs", "bwrap")]
public sealed class KillTests
{
    private const int Jobs = 30;

    [Fact]
    public async Task Killing_the_server_twenty_times_loses_and_repeats_nothing()
    {
        using var workspace = new Workspace();
        using var calm = new Workspace();
        var expected = await RunAsync(calm, kills: 0);

        var actual = await RunAsync(workspace, kills: 20);

        Assert.Equal(expected, actual);
    }

    /// <summary>Everything Describe and the list say that time does not change.</summary>
    private static async Task<List<string>> RunAsync(Workspace workspace, int kills)
    {
        // Two lines in the log would show that a program ran twice under one name.
        var program = workspace.Program("train.sh", "echo start\nsleep 0.5\necho score=$x");
        var random = new Random(5);
        var server = await ServerProcess.StartAsync(workspace.Data);
        try
        {
            await Client(server).CreateHyperParameterTuningJobAsync(Request(program), TestContext.Current.CancellationToken);
            for (var kill = 0; kill < kills; kill++)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(random.Next(50, 900)), TimeProvider.System, TestContext.Current.CancellationToken);
                await server.KillAsync();
                await server.DisposeAsync();
                server = await ServerProcess.StartAsync(workspace.Data);
            }

            return await EndAsync(Client(server));
        }
        finally
        {
            await server.DisposeAsync();
        }
    }

    private static async Task<List<string>> EndAsync(RekindleClient client)
    {
        var token = TestContext.Current.CancellationToken;
        DescribeHyperParameterTuningJobResponse job;
        do
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, token);
            job = await client.DescribeHyperParameterTuningJobAsync("killed", token);
        }
        while (job.HyperParameterTuningJobStatus == "InProgress");

        var counters = job.TrainingJobStatusCounters!;
        List<string> said =
        [
            string.Create(
                CultureInfo.InvariantCulture,
                $"{job.HyperParameterTuningJobStatus} {counters.Completed} {counters.NonRetryableError} {counters.RetryableError} {counters.Stopped}"),
            string.Create(CultureInfo.InvariantCulture, $"best {job.BestTrainingJob!.FinalHyperParameterTuningJobObjectiveMetric!.Value:R}"),
        ];
        var page = await client.CallAsync<ListTrainingJobsForHyperParameterTuningJobRequest, ListTrainingJobsForHyperParameterTuningJobResponse>(
            "SageMaker.ListTrainingJobsForHyperParameterTuningJob",
            new() { HyperParameterTuningJobName = "killed", MaxResults = 100 },
            token);
        foreach (var summary in page.TrainingJobSummaries!)
        {
            var log = await client.CallAsync<GetLogEventsRequest, GetLogEventsResponse>(
                "Logs_20140328.GetLogEvents",
                new() { LogGroupName = "/aws/sagemaker/TrainingJobs", LogStreamName = summary.TrainingJobName + "/algo-1" },
                token);
            said.Add($"{summary.TrainingJobName![..10]} {summary.TrainingJobStatus} x={summary.TunedHyperParameters!["x"]} "
                + $"log={string.Join('|', log.Events!.Select(e => e.Message))}");
        }

        Assert.Equal(Jobs + 2, said.Count);
        return said;
    }

    private static RekindleClient Client(ServerProcess server) =>
        new(new HttpClient(), new Uri(server.Url), null, "us-east-1", TimeProvider.System);

    private static CreateHyperParameterTuningJobRequest Request(string program) => new()
    {
        HyperParameterTuningJobName = "killed",
        HyperParameterTuningJobConfig = new()
        {
            Strategy = "Bayesian",
            HyperParameterTuningJobObjective = new() { Type = "Maximize", MetricName = "score" },
            // One at a time: with two, which one ends first is the machine's choice, and the next suggestion follows it.
            ResourceLimits = new() { MaxNumberOfTrainingJobs = Jobs, MaxParallelTrainingJobs = 1 },
            RandomSeed = 3,
            ParameterRanges = new() { ContinuousParameterRanges = [new() { Name = "x", MinValue = "0", MaxValue = "1" }] },
        },
        TrainingJobDefinition = new()
        {
            AlgorithmSpecification = new()
            {
                TrainingImage = program,
                TrainingInputMode = "File",
                MetricDefinitions = [new() { Name = "score", Regex = "score=(\\S+)" }],
            },
            RoleArn = "arn:aws:iam::000000000000:role/tests",
            OutputDataConfig = new() { S3OutputPath = "s3://bucket/output" },
            ResourceConfig = new() { InstanceType = "ml.m5.large", InstanceCount = 1, VolumeSizeInGB = 1 },
            StoppingCondition = new() { MaxRuntimeInSeconds = 60 },
        },
    };
}
