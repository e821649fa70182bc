using Rekindle.Conformance.Tests.Clients;

namespace Rekindle.Conformance.Tests;

/// <summary>Real clients against the real server.</summary>
[Trait("Needs", "clients")]
public sealed class ClientTests
{
    [Fact(Timeout = 480_000)]
    public async Task The_warm_start_page_runs_with_boto3()
    {
        using var workspace = new Workspace();
        await using var server = await ServerProcess.StartAsync(workspace.Data);

        var (code, output) = await ClientProgram.RunAsync(
            ClientProgram.Python, [ClientProgram.Script("page.py"), server.Url, workspace.Program("train.sh", "echo score=$x")]);

        Checks.AllOk(code, output, atLeast: 25);
        server.AssertSound();
    }

    [Fact(Timeout = 480_000)]
    public async Task The_aws_command_line_creates_lists_stops_and_waits()
    {
        using var workspace = new Workspace();
        await using var server = await ServerProcess.StartAsync(workspace.Data);
        var request = Path.Combine(workspace.Path, "request.json");
        var program = workspace.Program("train.sh", "echo score=$x; exec sleep 60");
        await File.WriteAllTextAsync(request, Request(program), TestContext.Current.CancellationToken);

        var created = await AwsAsync(server, "create-hyper-parameter-tuning-job", "--cli-input-json", "file://" + request);
        Assert.Contains("hyper-parameter-tuning-job/from-cli", created, StringComparison.Ordinal);
        var running = "";
        while (running.Length == 0)
        {
            running = (await AwsAsync(
                server, "list-training-jobs-for-hyper-parameter-tuning-job", "--hyper-parameter-tuning-job-name", "from-cli", "--no-paginate",
                "--query", "TrainingJobSummaries[?TrainingStartTime].TrainingJobName | [0] || ''", "--output", "text")).Trim();
        }

        var paged = await AwsAsync(
            server, "list-training-jobs-for-hyper-parameter-tuning-job", "--hyper-parameter-tuning-job-name", "from-cli", "--page-size", "1",
            "--query", "length(TrainingJobSummaries)", "--output", "json");
        Assert.InRange(int.Parse(paged, System.Globalization.CultureInfo.InvariantCulture), 1, 2);
        _ = await AwsAsync(server, "stop-hyper-parameter-tuning-job", "--hyper-parameter-tuning-job-name", "from-cli");
        var status = "Stopping";
        while (status is "Stopping" or "InProgress")
        {
            status = (await AwsAsync(
                server, "describe-hyper-parameter-tuning-job", "--hyper-parameter-tuning-job-name", "from-cli",
                "--query", "HyperParameterTuningJobStatus", "--output", "text")).Trim();
        }

        Assert.Equal("Stopped", status);
        _ = await AwsAsync(server, "wait", "training-job-completed-or-stopped", "--training-job-name", running);
    }

    [Theory(Timeout = 240_000)]
    [InlineData("SageMaker.ListTags", "{", "SerializationException")]
    [InlineData("SageMaker.ListTags", "", "SerializationException")]
    [InlineData("SageMaker.ListTags", "[]", "SerializationException")]
    [InlineData("SageMaker.ListTags", "{\"ResourceArn\":5}", "SerializationException")]
    [InlineData("SageMaker.ListTags", "{}", "ValidationException")]
    [InlineData("SageMaker.Nothing", "{}", "UnknownOperationException")]
    [InlineData("", "{}", "UnknownOperationException")]
    public async Task Bad_input_gets_an_error_of_the_api(string target, string body, string error)
    {
        using var workspace = new Workspace();
        await using var server = await ServerProcess.StartAsync(workspace.Data);
        using var http = ServerProcess.Http();
        using var request = new HttpRequestMessage(HttpMethod.Post, server.Url) { Content = new StringContent(body) };
        request.Headers.Add("X-Amz-Target", target);

        using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(400, (int)answer.StatusCode);
        Assert.Contains($"\"__type\":\"{error}\"", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Theory(Timeout = 240_000)]
    [InlineData("Host", "evil.example")]
    [InlineData("Origin", "http://evil.example")]
    public async Task Web_pages_are_kept_out(string header, string value)
    {
        using var workspace = new Workspace();
        await using var server = await ServerProcess.StartAsync(workspace.Data);
        using var http = ServerProcess.Http();
        using var request = new HttpRequestMessage(HttpMethod.Delete, server.Url);
        request.Headers.TryAddWithoutValidation(header, value);

        using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(403, (int)answer.StatusCode);
    }

    [Fact(Timeout = 240_000)]
    public async Task With_keys_only_right_signatures_get_in()
    {
        using var workspace = new Workspace();
        var config = workspace.Config("""{"Access":{"Keys":{"KEY":"right"}}}""");
        await using var server = await ServerProcess.StartAsync(workspace.Data, config);

        var (right, _) = await ClientProgram.RunAsync(ClientProgram.Aws, List(server), ("AWS_ACCESS_KEY_ID", "KEY"), ("AWS_SECRET_ACCESS_KEY", "right"));
        var (wrong, said) = await ClientProgram.RunAsync(ClientProgram.Aws, List(server), ("AWS_ACCESS_KEY_ID", "KEY"), ("AWS_SECRET_ACCESS_KEY", "wrong"));
        var (unknown, saidOfUnknown) = await ClientProgram.RunAsync(ClientProgram.Aws, List(server), ("AWS_ACCESS_KEY_ID", "OTHER"), ("AWS_SECRET_ACCESS_KEY", "right"));

        Assert.Equal(0, right);
        Assert.NotEqual(0, wrong);
        Assert.Contains("InvalidSignatureException", said, StringComparison.Ordinal);
        Assert.NotEqual(0, unknown);
        Assert.Contains("UnrecognizedClientException", saidOfUnknown, StringComparison.Ordinal);

        static string[] List(ServerProcess server) => ["sagemaker", "list-hyper-parameter-tuning-jobs", "--endpoint-url", server.Url];
    }

    private static async Task<string> AwsAsync(ServerProcess server, params string[] arguments)
    {
        var (code, output) = await ClientProgram.RunAsync(ClientProgram.Aws, ["sagemaker", .. arguments, "--endpoint-url", server.Url]);
        Assert.True(code == 0, output);
        return output;
    }

    private static string Request(string program) =>
        $$"""
        {
          "HyperParameterTuningJobName": "from-cli",
          "HyperParameterTuningJobConfig": {
            "Strategy": "Random",
            "HyperParameterTuningJobObjective": {"Type": "Minimize", "MetricName": "score"},
            "ResourceLimits": {"MaxNumberOfTrainingJobs": 4, "MaxParallelTrainingJobs": 2},
            "ParameterRanges": {"ContinuousParameterRanges": [{"Name": "x", "MinValue": "0", "MaxValue": "1"}]}
          },
          "TrainingJobDefinition": {
            "AlgorithmSpecification": {"TrainingImage": "{{program}}", "TrainingInputMode": "File",
              "MetricDefinitions": [{"Name": "score", "Regex": "score=(\\S+)"}]},
            "RoleArn": "arn:aws:iam::000000000000:role/tests",
            "OutputDataConfig": {"S3OutputPath": "s3://bucket/output"},
            "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1},
            "StoppingCondition": {"MaxRuntimeInSeconds": 600}
          }
        }
        """;
}
