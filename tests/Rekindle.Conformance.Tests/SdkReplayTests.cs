using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Rekindle.Api;
using Rekindle.Api.Client;

namespace Rekindle.Conformance.Tests;

/// <summary>
/// The requests that the SageMaker Python SDK sends for tuners, warm starts and their helpers, in their order, byte for byte but for the
/// names that the server gives, signed and over HTTP.
/// </summary>
[Trait("Needs", "bwrap")]
public sealed class SdkReplayTests
{
    private const string Parent = "warmstart-261123-2321";
    private const string RecordedTrainingJob = Parent + "-001-0a1b2c3d";

    private const int SecondStop = 15;

    private static readonly Credentials Key = new("KEY", "right");
    private static readonly string[] Lines = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Data", "sdk_requests.jsonl"));

    /// <summary>What each request comes to: null when it is accepted, else the code and a part of the sentence that names the reason.</summary>
    private static readonly (string Operation, string? Code, string? Text)[] Outcomes =
    [
        ("CreateHyperParameterTuningJob", null, null), // the parent
        ("DescribeHyperParameterTuningJob", null, null),
        ("DescribeHyperParameterTuningJob", null, null),
        ("DescribeHyperParameterTuningJob", null, null),
        ("DescribeHyperParameterTuningJob", null, null),
        ("ListTrainingJobsForHyperParameterTuningJob", null, null),
        ("DescribeHyperParameterTuningJob", null, null),
        ("DescribeHyperParameterTuningJob", null, null),
        ("DescribeTrainingJob", null, null),
        ("ListTags", null, null),
        ("DescribeTrainingJob", null, null),
        ("DescribeTrainingJob", null, null),
        ("CreateHyperParameterTuningJob", null, null), // its identical child
        ("DescribeHyperParameterTuningJob", null, null),
        ("StopHyperParameterTuningJob", null, null),
        ("StopHyperParameterTuningJob", "ValidationException", "already in status Stopped"), // the SDK swallows this one
        ("DescribeHyperParameterTuningJob", null, null),
        ("DescribeHyperParameterTuningJob", null, null),
        ("DescribeHyperParameterTuningJob", "ResourceNotFound", "can't find a tuning job called nope"),
        ("CreateHyperParameterTuningJob", null, null), // script mode
        ("DescribeHyperParameterTuningJob", null, null),
        ("CreateHyperParameterTuningJob", null, null), // identical_dataset_and_algorithm_tuner(): no metric definitions
        ("CreateHyperParameterTuningJob", null, null), // Hyperband
        ("CreateHyperParameterTuningJob", null, null), // two estimators
        ("CreateHyperParameterTuningJob", null, null), // Autotune
    ];

    [Fact(Timeout = 360_000)]
    public async Task Requests_of_the_Python_SDK_are_accepted_or_refused_by_name()
    {
        using var workspace = new Workspace();
        await using var server = await StartAsync(workspace);
        using var http = ServerProcess.Http();
        Assert.Equal(Outcomes.Length, Lines.Length);
        var trainingJob = RecordedTrainingJob;

        foreach (var (number, line) in Lines.Index())
        {
            var request = JsonNode.Parse(line.Replace(RecordedTrainingJob, trainingJob, StringComparison.Ordinal))!;
            var body = request["body"]!;
            // The recording's endpoint ended every job at once; here the SDK's user would have waited.
            foreach (var awaited in number == SecondStop ? [(string)body["HyperParameterTuningJobName"]!] : Parents(body))
            {
                _ = await Client(server).EndOfAsync(awaited);
            }

            var (status, answer) = await SendAsync(http, server, (string)request["target"]!, body);

            var (operation, code, text) = Outcomes[number];
            var said = (string?)answer["message"] ?? "";
            Assert.Equal("SageMaker." + operation, (string?)request["target"]);
            Assert.True(
                code == (string?)answer["__type"] && said.Contains(text ?? "", StringComparison.Ordinal)
                    && status == (code is null ? HttpStatusCode.OK : HttpStatusCode.BadRequest),
                $"Request {number}, {operation}, should end in {code ?? "success"} and ended in {(int)status}: {answer.ToJsonString()}");
            if (number == 0)
            {
                _ = await Client(server).EndOfAsync(Parent);
            }

            trainingJob = (string?)answer["TrainingJobSummaries"]?[0]?["TrainingJobName"] ?? trainingJob;
        }

        await CheckOutcomesAsync(Client(server));
        server.AssertSound();
    }

    [Theory(Timeout = 360_000)]
    [InlineData(0, 12)]
    [InlineData(19, 21)]
    public async Task Transfer_learning_children_of_the_SDKs_parents_are_accepted(int parentNumber, int childNumber)
    {
        using var workspace = new Workspace();
        await using var server = await StartAsync(workspace);
        using var http = ServerProcess.Http();
        var parent = JsonNode.Parse(Lines[parentNumber])!["body"]!;
        var (_, created) = await SendAsync(http, server, "SageMaker.CreateHyperParameterTuningJob", parent);
        Assert.NotNull(created["HyperParameterTuningJobArn"]);
        _ = await Client(server).EndOfAsync((string)parent["HyperParameterTuningJobName"]!);

        // transfer_learning_tuner() sends what identical_dataset_and_algorithm_tuner() does, but for the type and what its caller changes.
        var child = JsonNode.Parse(Lines[childNumber])!["body"]!;
        child["WarmStartConfig"]!["WarmStartType"] = "TransferLearning";
        child["TrainingJobDefinition"]!["InputDataConfig"]![0]!["DataSource"]!["S3DataSource"]!["S3Uri"] = "s3://sagemaker-us-west-2-123456789012/other";
        var (status, answer) = await SendAsync(http, server, "SageMaker.CreateHyperParameterTuningJob", child);

        Assert.True(status == HttpStatusCode.OK, answer.ToJsonString());
        var job = await Client(server).EndOfAsync((string)child["HyperParameterTuningJobName"]!);
        Assert.Equal("Completed", job.HyperParameterTuningJobStatus);
        Assert.NotNull(job.BestTrainingJob);
        Assert.Null(job.OverallBestTrainingJob);
        server.AssertSound();
    }

    private static async Task CheckOutcomesAsync(RekindleClient client)
    {
        var child = await client.EndOfAsync("fw-child");
        Assert.Equal("Completed", child.HyperParameterTuningJobStatus);
        Assert.Equal(2, child.TrainingJobStatusCounters!.Completed);
        Assert.True(child.OverallBestTrainingJob!.TuningJobName is "fw-child" or "fw-261123-2321", child.OverallBestTrainingJob.TuningJobName);
        var hyperband = await client.EndOfAsync("ge-261123-2321");
        Assert.Equal(("Completed", 2), (hyperband.HyperParameterTuningJobStatus, hyperband.TrainingJobStatusCounters!.Completed));
        Assert.Equal(
            new() { MinResource = 1, MaxResource = 9 }, hyperband.HyperParameterTuningJobConfig!.StrategyConfig!.HyperbandStrategyConfig);
        // What attach() reads, or dies with a KeyError.
        var parent = await client.EndOfAsync(Parent);
        Assert.Equal("Completed", parent.HyperParameterTuningJobStatus);
        Assert.Equal("validation:accuracy", parent.TrainingJobDefinition!.StaticHyperParameters!["_tuning_objective_metric"]);
        Assert.NotEmpty(parent.TrainingJobDefinition.AlgorithmSpecification!.MetricDefinitions!);
        Assert.Equal(30, parent.TrainingJobDefinition.ResourceConfig!.VolumeSizeInGB);
    }

    /// <summary>With keys, the recording's account and bucket, and programs in place of its images.</summary>
    private static async Task<ServerProcess> StartAsync(Workspace workspace)
    {
        workspace.Put("sagemaker-us-west-2-123456789012/d/part-1");
        workspace.Put("sagemaker-us-west-2-123456789012/other/part-1");
        var program = workspace.Program("train.sh", "sleep 0.05\necho 'Epoch[0] Validation-accuracy=0.75'\necho acc=0.5");
        return await ServerProcess.StartAsync(workspace.Data, workspace.Config($$$"""
            {
              "Access": {"Keys": {"{{{Key.AccessKeyId}}}": "{{{Key.SecretAccessKey}}}"}},
              "Account": "123456789012",
              "Images": {"*/image-classification*": {"Command": ["{{{program}}}"]}, "local/img*": {"Command": ["{{{program}}}"]}}
            }
            """));
    }

    private static string[] Parents(JsonNode body) =>
        [.. (body["WarmStartConfig"]?["ParentHyperParameterTuningJobs"]?.AsArray() ?? []).Select(parent => (string)parent!["HyperParameterTuningJobName"]!)];

    private static RekindleClient Client(ServerProcess server) => Tuning.Client(server, Key);

    private static async Task<(HttpStatusCode Status, JsonNode Answer)> SendAsync(HttpClient http, ServerProcess server, string target, JsonNode body)
    {
        var bytes = Encoding.UTF8.GetBytes(body.ToJsonString());
        using var message = new HttpRequestMessage(HttpMethod.Post, server.Url) { Content = new ByteArrayContent(bytes) };
        message.Content.Headers.ContentType = new MediaTypeHeaderValue(ApiJson.ContentType);
        message.Headers.TryAddWithoutValidation("X-Amz-Target", target);
        SigV4.Sign(message, bytes, Key, "us-west-2", TimeProvider.System.GetUtcNow());
        using var answer = await http.SendAsync(message, TestContext.Current.CancellationToken);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return (answer.StatusCode, JsonNode.Parse(text.Length == 0 ? "{}" : text)!);
    }
}
