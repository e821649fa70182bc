using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Rekindle.Api;

namespace Rekindle.Server.Tests.Protocol;

/// <summary>What a request may hold and must not bring the server out of step: it is answered as the client's mistake.</summary>
public sealed class HostileRequestTests
{
    [Theory]
    [InlineData(2_000_000_000)]
    [InlineData(int.MaxValue)]
    [InlineData(17L << 20)]
    [InlineData(long.MaxValue)]
    public async Task A_length_that_is_only_claimed_costs_no_memory(long length)
    {
        await using var server = await TestServer.StartAsync();
        var before = GC.GetTotalAllocatedBytes();

        using var client = new TcpClient();
        await client.ConnectAsync(server.Url.Host, server.Url.Port, TestContext.Current.CancellationToken);
        var stream = client.GetStream();
        await stream.WriteAsync(
            Encoding.ASCII.GetBytes($"POST / HTTP/1.1\r\nHost: {server.Url.Authority}\r\nX-Amz-Target: SageMaker.ListTags\r\nContent-Length: {length}\r\n\r\n{{}}"),
            TestContext.Current.CancellationToken);
        var buffer = new byte[4096];
        var read = await stream.ReadAsync(buffer, TestContext.Current.CancellationToken);

        var answer = Encoding.UTF8.GetString(buffer, 0, read);
        Assert.StartsWith("HTTP/1.1 400", answer, StringComparison.Ordinal);
        // Other tests allocate meanwhile, but nothing like this.
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 1_000_000_000);
    }

    [Theory]
    [InlineData("9999-12-31T23:59:59.9999999Z")]
    [InlineData("9999-12-31T23:59:59.9999999+05:00")]
    [InlineData("9999-12-31T18:59:59.9999999-05:00")]
    [InlineData("0001-01-01T00:00:00Z")]
    public async Task The_ends_of_time_are_times(string time)
    {
        await using var server = await TestServer.StartAsync();
        foreach (var member in new[] { "LastModifiedTimeBefore", "LastModifiedTimeAfter", "CreationTimeBefore", "CreationTimeAfter" })
        {
            var (status, answer) = await server.CallAsync("ListTrainingJobs", new JsonObject { [member] = time });
            Assert.True(status is 200 or 400, answer.ToString());
        }
    }

    [Theory]
    [InlineData("OutputDataConfig", """{"S3OutputPath": "file:///tmp/%00x"}""")]
    [InlineData("CheckpointConfig", """{"S3Uri": "file:///tmp/%00x"}""")]
    [InlineData("CheckpointConfig", """{"S3Uri": "s3://b/c", "LocalPath": "/opt/ml/\u0000"}""")]
    [InlineData("AlgorithmSpecification", """{"TrainingImage": "file:///bin/%00x", "TrainingInputMode": "File"}""")]
    [InlineData("AlgorithmSpecification", """{"TrainingImage": "/bin/\u0000x", "TrainingInputMode": "File"}""")]
    [InlineData("AlgorithmSpecification", """{"TrainingImage": "x", "TrainingInputMode": "File", "ContainerEntrypoint": ["/bin/echo", "a\u0000b"]}""")]
    [InlineData("InputDataConfig", """[{"ChannelName": "t", "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "file:///tmp/%00x"}}}]""")]
    [InlineData("InputDataConfig", """[{"ChannelName": "t", "DataSource": {"S3DataSource": {"S3DataType": "ManifestFile", "S3Uri": "s3://b/manifest"}}}]""")]
    public async Task Zero_characters_and_nulls_are_refused(string member, string value)
    {
        await using var server = await TestServer.StartAsync();
        Directory.CreateDirectory(server.Bucket);
        await File.WriteAllTextAsync(Path.Combine(server.Bucket, "manifest"), """[{"prefix": "s3://b/"}, null]""", TestContext.Current.CancellationToken);
        var request = TestServer.TrainingJob("job", "/bin/true");
        request[member] = JsonNode.Parse(value);

        _ = await server.RefusalAsync("CreateTrainingJob", request);
    }

    [Fact]
    public async Task Every_operation_that_clients_know_of_is_there_and_no_other()
    {
        await using var server = await TestServer.StartAsync();
        foreach (var target in OperationTable.ByTarget.Keys.Concat(OperationTable.ExtensionsByTarget.Keys))
        {
            var (_, answer) = await server.CallAsync(target, []);
            Assert.NotEqual("UnknownOperationException", (string?)answer["__type"]);
        }

        foreach (var target in new[] { "SageMaker.CreateModel", "sagemaker.AddTags", "Rekindle.AddTags", "Logs_20140328.PutLogEvents" })
        {
            _ = await server.RefusalAsync(target, [], "UnknownOperationException");
        }
    }

    [Theory]
    [InlineData("aws:x")]
    [InlineData("AWS:createdBy")]
    public async Task A_tag_key_that_only_AWS_may_set_is_refused(string key)
    {
        await using var server = await TestServer.StartAsync();
        var request = TestServer.TrainingJob("job", "/bin/true");
        request["Tags"] = new JsonArray(new JsonObject { ["Key"] = key, ["Value"] = "1" });
        Assert.Contains($"the key '{key}' of Tags", await server.RefusalAsync("CreateTrainingJob", request), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tag_key_given_twice_is_refused()
    {
        await using var server = await TestServer.StartAsync();
        var tags = new JsonArray(new JsonObject { ["Key"] = "a", ["Value"] = "1" }, new JsonObject { ["Key"] = "a", ["Value"] = "2" });
        var request = TestServer.TrainingJob("job", "/bin/true");
        request["Tags"] = tags.DeepClone();
        Assert.Contains("Duplicate tag keys", await server.RefusalAsync("CreateTrainingJob", request), StringComparison.Ordinal);
        request.Remove("Tags");
        var arn = (string)(await server.AnswerAsync("CreateTrainingJob", request))["TrainingJobArn"]!;
        Assert.Contains("Duplicate tag keys", await server.RefusalAsync("AddTags", new JsonObject { ["ResourceArn"] = arn, ["Tags"] = tags }), StringComparison.Ordinal);
        // Its program would otherwise still write into the folder that the test removes.
        _ = await server.UntilEndedAsync("job");
    }

    [Fact]
    public async Task The_limits_described_are_the_limits_listed()
    {
        await using var server = await TestServer.StartAsync();
        _ = await server.AnswerAsync("CreateHyperParameterTuningJob", TestServer.TuningJob("limits", server.Program("echo m=1"), jobs: 2, parallel: 7));
        var described = await server.AnswerAsync("DescribeHyperParameterTuningJob", new JsonObject { ["HyperParameterTuningJobName"] = "limits" });
        var listed = await server.AnswerAsync("ListHyperParameterTuningJobs", []);
        Assert.True(JsonNode.DeepEquals(
            described["HyperParameterTuningJobConfig"]!["ResourceLimits"], listed["HyperParameterTuningJobSummaries"]![0]!["ResourceLimits"]));
        // Its programs would otherwise still write into the folder that the test removes.
        _ = await server.UntilTuningJobEndedAsync("limits");
    }
}
