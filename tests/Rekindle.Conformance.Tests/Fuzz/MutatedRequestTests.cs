using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Rekindle.Api;

namespace Rekindle.Conformance.Tests.Fuzz;

/// <summary>Requests that started out valid and were then broken: whatever they say, the server answers as AWS does and goes on.</summary>
[Trait("Needs", "bwrap")]
public sealed class MutatedRequestTests
{
    /// <summary>More of them when <c>REKINDLE_TEST_REQUESTS</c> says so; the same seed, so that they begin alike.</summary>
    private static readonly int Requests = int.Parse(Environment.GetEnvironmentVariable("REKINDLE_TEST_REQUESTS") ?? "4000", CultureInfo.InvariantCulture);

    /// <summary>What a runtime may take for its heaps and compiled code between two looks: less than 90,000 requests take that each leave a kilobyte.</summary>
    private const long MemoryLeeway = 80 << 20;

    [Fact(Timeout = 1_800_000)]
    public async Task Mutated_requests_are_answered_or_refused_and_never_disturb_the_server()
    {
        using var workspace = new Workspace();
        // One program at a time: some requests are still valid and start a tuning job, and what they start is not the matter here.
        await using var server = await ServerProcess.StartAsync(workspace.Data, workspace.Config("""{"Slots": 1}"""));
        var program = workspace.Program("train.sh", "echo score=$x");
        await Tuning.Client(server).CreateHyperParameterTuningJobAsync(
            Tuning.Request("fuzz", program, jobs: 1), TestContext.Current.CancellationToken);
        var connections = 0;
        using var http = OverOneConnection(() => connections++);
        var mutations = new Mutations(seed: 11);
        var codes = new Dictionary<string, int>();
        var memoryAfterTenth = 0L;

        for (var number = 0; number < Requests; number++)
        {
            if (number == Requests / 10) memoryAfterTenth = server.MemoryBytes;
            var (target, valid) = Valid(number, program);
            var body = mutations.Mutate(valid);
            var (status, text, header) = await SendAsync(http, server, target, body);

            var about = $"Request {number}, {target}, answered with {(int)status}: {text[..Math.Min(500, text.Length)]}\nIt was {Encoding.UTF8.GetString(body[..Math.Min(2000, body.Length)])}";
            if (status == HttpStatusCode.OK)
            {
                Assert.True(text.Length == 0 || JsonNode.Parse(text) is JsonObject, about);
                codes["accepted"] = codes.GetValueOrDefault("accepted") + 1;
                // What runs takes memory of its own.
                if (JsonNode.Parse(text)?["HyperParameterTuningJobArn"] is { } arn && target.Contains(".Create", StringComparison.Ordinal)) await StopAsync(server, (string)arn!);
                continue;
            }

            Assert.True((int)status is >= 400 and < 500, about);
            var error = JsonNode.Parse(text)!;
            var type = (string?)error["__type"] ?? "";
            Assert.True(ErrorCodes.TryParse(type, out var code) && code != ErrorCode.InternalFailure && type == code.ToString(), about);
            Assert.True(header == type && (string?)error["message"] is { Length: > 0 }, about);
            codes[type] = codes.GetValueOrDefault(type) + 1;
        }

        var memory = server.MemoryBytes;
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{Requests} requests: {string.Join(", ", codes)}; memory {memoryAfterTenth >> 20} MiB after a tenth, {memory >> 20} MiB at the end"));
        Assert.True(memory < memoryAfterTenth + MemoryLeeway, $"From {memoryAfterTenth >> 20} to {memory >> 20} MiB over {Requests - (Requests / 10)} requests.");

        // Else the mutations are too wild or too tame to tell anything.
        Assert.True(
            codes["accepted"] > Requests / 20 && codes["ValidationException"] > Requests / 10 && codes["SerializationException"] > Requests / 10,
            string.Join(", ", codes));
        Assert.Equal(1, connections);
        await StillWorksAsync(server, program);
        server.AssertSound();
    }

    [Fact(Timeout = 240_000)]
    public async Task Connections_that_break_off_do_not_disturb_the_server()
    {
        using var workspace = new Workspace();
        await using var server = await ServerProcess.StartAsync(workspace.Data);
        var program = workspace.Program("train.sh", "echo score=$x");
        var address = new Uri(server.Url);
        var whole = Encoding.ASCII.GetBytes(
            $"POST / HTTP/1.1\r\nHost: {address.Authority}\r\nX-Amz-Target: SageMaker.ListTags\r\nContent-Length: 400\r\n\r\n{{\"ResourceArn\":\"arn");

        for (var length = 1; length <= whole.Length; length++)
        {
            using var client = new TcpClient();
            await client.ConnectAsync(address.Host, address.Port, TestContext.Current.CancellationToken);
            await client.GetStream().WriteAsync(whole.AsMemory(0, length), TestContext.Current.CancellationToken);
            client.LingerState = new LingerOption(length % 2 == 0, 0);
        }

        await StillWorksAsync(server, program);
        server.AssertSound();
    }

    private static async Task StopAsync(ServerProcess server, string arn)
    {
        try
        {
            await Tuning.Client(server).StopHyperParameterTuningJobAsync(arn[(arn.LastIndexOf('/') + 1)..], TestContext.Current.CancellationToken);
        }
        catch (ApiException ended) when (ended.Code == ErrorCode.ValidationException)
        {
            // It was faster.
        }
    }

    /// <summary>A tuning job comes to its end, beside whatever the mutated requests have started; those are stopped.</summary>
    private static async Task StillWorksAsync(ServerProcess server, string program)
    {
        var client = Tuning.Client(server);
        var token = TestContext.Current.CancellationToken;
        await foreach (var job in client.AllHyperParameterTuningJobsAsync(new() { StatusEquals = "InProgress", MaxResults = 100 }, token))
        {
            try
            {
                await client.StopHyperParameterTuningJobAsync(job.HyperParameterTuningJobName!, token);
            }
            catch (ApiException ended) when (ended.Code == ErrorCode.ValidationException)
            {
                // It was faster.
            }
        }

        await client.CreateHyperParameterTuningJobAsync(Tuning.Request("afterwards", program, jobs: 2), token);
        Assert.Equal("Completed", (await client.EndOfAsync("afterwards")).HyperParameterTuningJobStatus);
        await foreach (var job in client.AllHyperParameterTuningJobsAsync(new() { MaxResults = 100 }, token))
        {
            _ = await client.EndOfAsync(job.HyperParameterTuningJobName!);
        }
    }

    private static (string Target, JsonObject Body) Valid(int number, string program)
    {
        var fresh = string.Create(CultureInfo.InvariantCulture, $"fuzz-{number}");
        return (number % 10) switch
        {
            0 or 1 or 2 or 3 => ("SageMaker.CreateHyperParameterTuningJob", Json(Tuning.Request(fresh, program, jobs: 1) with
            {
                Tags = [new() { Key = "team", Value = "search" }],
                WarmStartConfig = number % 20 < 10 ? null : new()
                {
                    WarmStartType = "TransferLearning",
                    ParentHyperParameterTuningJobs = [new() { HyperParameterTuningJobName = "fuzz" }],
                },
            })),
            4 => ("SageMaker.DescribeHyperParameterTuningJob", new() { ["HyperParameterTuningJobName"] = "fuzz" }),
            5 => ("SageMaker.ListHyperParameterTuningJobs", new()
            {
                ["MaxResults"] = 5,
                ["SortBy"] = "CreationTime",
                ["SortOrder"] = "Descending",
                ["NameContains"] = "fuzz",
                ["CreationTimeAfter"] = 1700000000.123,
                ["StatusEquals"] = "Completed",
                ["NextToken"] = number % 20 < 10 ? null : "abc",
            }),
            6 => ("SageMaker.ListTrainingJobsForHyperParameterTuningJob", new()
            {
                ["HyperParameterTuningJobName"] = "fuzz",
                ["MaxResults"] = 5,
                ["SortBy"] = "FinalObjectiveMetricValue",
                ["StatusEquals"] = "Completed",
            }),
            7 => ("SageMaker.StopHyperParameterTuningJob", new() { ["HyperParameterTuningJobName"] = "fuzz-0" }),
            8 => ("SageMaker.AddTags", new()
            {
                ["ResourceArn"] = "arn:aws:sagemaker:us-east-1:000000000000:hyper-parameter-tuning-job/fuzz",
                ["Tags"] = new JsonArray(new JsonObject { ["Key"] = "k", ["Value"] = "v" }, new JsonObject { ["Key"] = "l", ["Value"] = "" }),
            }),
            _ => ("Logs_20140328.GetLogEvents", new()
            {
                ["logGroupName"] = "/aws/sagemaker/TrainingJobs",
                ["logStreamName"] = "fuzz-001/algo-1",
                ["nextToken"] = "f/0",
                ["limit"] = 10,
            }),
        };
    }

    private static JsonObject Json<T>(T request)
        where T : notnull => JsonNode.Parse(ApiJson.Serialize(request))!.AsObject();

    private static HttpClient OverOneConnection(Action connected) => new(new SocketsHttpHandler
    {
        UseProxy = false,
        MaxConnectionsPerServer = 1,
        PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
        ConnectCallback = async (context, token) =>
        {
            connected();
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(context.DnsEndPoint, token);
            return new NetworkStream(socket, ownsSocket: true);
        },
    })
    {
        // A request that is not answered by then has hung the server.
        Timeout = TimeSpan.FromSeconds(20),
    };

    private static async Task<(HttpStatusCode Status, string Text, string? ErrorType)> SendAsync(
        HttpClient http, ServerProcess server, string target, byte[] body)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, server.Url) { Content = new ByteArrayContent(body) };
        message.Content.Headers.ContentType = new MediaTypeHeaderValue(ApiJson.ContentType);
        message.Headers.TryAddWithoutValidation("X-Amz-Target", target);
        using var answer = await http.SendAsync(message, TestContext.Current.CancellationToken);
        return (
            answer.StatusCode,
            await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken),
            answer.Headers.TryGetValues("x-amzn-ErrorType", out var types) ? types.Single() : null);
    }
}
