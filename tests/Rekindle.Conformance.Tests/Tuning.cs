using Rekindle.Api.Client;
using Rekindle.Api.Shapes;

namespace Rekindle.Conformance.Tests;

/// <summary>Tuning jobs of programs of ours, over the API: one continuous hyperparameter x, objective metric score.</summary>
internal static class Tuning
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    public static RekindleClient Client(ServerProcess server, Credentials? credentials = null) =>
        new(ServerProcess.Http(), new Uri(server.Url), credentials, "us-east-1", TimeProvider.System);

    public static CreateHyperParameterTuningJobRequest Request(
        string name, string program, int jobs, int parallel = 1, string strategy = "Random", int maxRuntime = 60) => new()
        {
            HyperParameterTuningJobName = name,
            HyperParameterTuningJobConfig = new()
            {
                Strategy = strategy,
                HyperParameterTuningJobObjective = new() { Type = "Maximize", MetricName = "score" },
                ResourceLimits = new() { MaxNumberOfTrainingJobs = jobs, MaxParallelTrainingJobs = parallel },
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
                StoppingCondition = new() { MaxRuntimeInSeconds = maxRuntime },
            },
        };

    /// <summary>The description of the tuning job once it has ended.</summary>
    public static async Task<DescribeHyperParameterTuningJobResponse> EndOfAsync(this RekindleClient client, string name)
    {
        var token = TestContext.Current.CancellationToken;
        DescribeHyperParameterTuningJobResponse job;
        while ((job = await client.DescribeHyperParameterTuningJobAsync(name, token)).HyperParameterTuningJobStatus is "InProgress" or "Stopping")
        {
            await Task.Delay(Interval, TimeProvider.System, token);
        }

        return job;
    }

    /// <summary>Its training jobs by name, and so in the order in which they were launched.</summary>
    public static async Task<List<HyperParameterTrainingJobSummary>> TrainingJobsOfAsync(this RekindleClient client, string name)
    {
        var jobs = new List<HyperParameterTrainingJobSummary>();
        await foreach (var job in client.AllTrainingJobsForHyperParameterTuningJobAsync(
            new() { HyperParameterTuningJobName = name, MaxResults = 100 }, TestContext.Current.CancellationToken))
        {
            jobs.Add(job);
        }

        return jobs;
    }

    /// <summary>The whole log of a training job.</summary>
    public static async Task<List<string>> LogOfAsync(this RekindleClient client, string trainingJob)
    {
        var lines = new List<string>();
        string? token = null;
        while (true)
        {
            var page = await client.CallAsync<GetLogEventsRequest, GetLogEventsResponse>(
                "Logs_20140328.GetLogEvents",
                new() { LogGroupName = "/aws/sagemaker/TrainingJobs", LogStreamName = trainingJob + "/algo-1", StartFromHead = true, NextToken = token },
                TestContext.Current.CancellationToken);
            lines.AddRange(page.Events!.Select(line => line.Message!));
            if (page.NextForwardToken == token)
            {
                return lines;
            }

            token = page.NextForwardToken;
        }
    }
}
