using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Rekindle.Server.Tests.Protocol;

/// <summary>The whole server in this process, on a free port and a folder of its own.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private readonly string _folder;
    private RekindleServer _server;
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false });

    private readonly IReadOnlyDictionary<string, AccessKey> _keys;
    private readonly Func<ServerOptions, ServerOptions> _change;

    private TestServer(string folder, RekindleServer server, IReadOnlyDictionary<string, AccessKey> keys, Func<ServerOptions, ServerOptions> change)
    {
        _folder = folder;
        _keys = keys;
        _change = change;
        _server = server;
    }

    public Uri Url => _server.Url;

    public string Bucket => Path.Combine(_folder, "data", "s3", "b");

    /// <param name="keys">With which requests must be signed; none if not given.</param>
    /// <param name="change">Further options.</param>
    public static async Task<TestServer> StartAsync(IReadOnlyDictionary<string, AccessKey>? keys = null, Func<ServerOptions, ServerOptions>? change = null)
    {
        var folder = Directory.CreateTempSubdirectory("rekindle-server-").FullName;
        keys ??= new Dictionary<string, AccessKey>();
        change ??= options => options;
        return new TestServer(folder, await StartAsync(folder, keys, change), keys, change);
    }

    /// <summary>Ends the server, lets something happen to its database, and starts it again.</summary>
    public async Task RestartAsync(Func<string, Task> meanwhile)
    {
        await _server.DisposeAsync();
        await meanwhile(Path.Combine(_folder, "data", "rekindle.db"));
        _server = await StartAsync(_folder, _keys, _change);
    }

    /// <summary>A program in the shell.</summary>
    public string Program(string body)
    {
        var path = Path.Combine(_folder, $"{Guid.NewGuid():N}.sh");
        File.WriteAllText(path, $"#!/bin/sh\nM=$REKINDLE_OPT_ML\n{body}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }

    public async Task<(int Status, JsonNode Answer)> CallAsync(string operation, JsonObject request)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, Url) { Content = JsonContent.Create(request) };
        message.Headers.Add("X-Amz-Target", operation.Contains('.', StringComparison.Ordinal) ? operation : "SageMaker." + operation);
        using var answer = await _http.SendAsync(message, TestContext.Current.CancellationToken);
        return ((int)answer.StatusCode, JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!);
    }

    /// <summary>A call that is answered.</summary>
    public async Task<JsonNode> AnswerAsync(string operation, JsonObject request)
    {
        var (status, answer) = await CallAsync(operation, request);
        Assert.True(status == 200, $"{operation}: {answer}");
        return answer;
    }

    /// <summary>A call that is refused as the client's mistake; its sentence.</summary>
    public async Task<string> RefusalAsync(string operation, JsonObject request, string error = "ValidationException")
    {
        var (status, answer) = await CallAsync(operation, request);
        Assert.Equal((400, error), (status, (string)answer["__type"]!));
        return (string)answer["message"]!;
    }

    public async Task<JsonNode> UntilEndedAsync(string trainingJob)
    {
        while (true)
        {
            var job = await AnswerAsync("DescribeTrainingJob", new JsonObject { ["TrainingJobName"] = trainingJob });
            if ((string)job["TrainingJobStatus"]! is not ("InProgress" or "Stopping")) return job;
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    public async Task<JsonNode> UntilTuningJobEndedAsync(string tuningJob)
    {
        while (true)
        {
            var job = await AnswerAsync("DescribeHyperParameterTuningJob", new JsonObject { ["HyperParameterTuningJobName"] = tuningJob });
            if ((string)job["HyperParameterTuningJobStatus"]! is not ("InProgress" or "Stopping")) return job;
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    public static JsonObject TrainingJob(string name, string image) => new()
    {
        ["TrainingJobName"] = name,
        ["AlgorithmSpecification"] = new JsonObject { ["TrainingImage"] = image, ["TrainingInputMode"] = "File" },
        ["RoleArn"] = "arn:aws:iam::123456789012:role/role",
        ["OutputDataConfig"] = new JsonObject { ["S3OutputPath"] = "s3://b/out" },
        ["ResourceConfig"] = new JsonObject { ["InstanceType"] = "ml.m5.large", ["InstanceCount"] = 1, ["VolumeSizeInGB"] = 1 },
        ["StoppingCondition"] = new JsonObject { ["MaxRuntimeInSeconds"] = 60 },
    };

    public static JsonObject TuningJob(string name, string image, int jobs, int parallel) => new()
    {
        ["HyperParameterTuningJobName"] = name,
        ["HyperParameterTuningJobConfig"] = new JsonObject
        {
            ["Strategy"] = "Random",
            ["HyperParameterTuningJobObjective"] = new JsonObject { ["Type"] = "Maximize", ["MetricName"] = "m" },
            ["ResourceLimits"] = new JsonObject { ["MaxNumberOfTrainingJobs"] = jobs, ["MaxParallelTrainingJobs"] = parallel },
            ["ParameterRanges"] = new JsonObject
            {
                ["ContinuousParameterRanges"] = new JsonArray(new JsonObject { ["Name"] = "x", ["MinValue"] = "0", ["MaxValue"] = "1" }),
            },
        },
        ["TrainingJobDefinition"] = new JsonObject
        {
            ["AlgorithmSpecification"] = new JsonObject
            {
                ["TrainingImage"] = image,
                ["TrainingInputMode"] = "File",
                ["MetricDefinitions"] = new JsonArray(new JsonObject { ["Name"] = "m", ["Regex"] = "m=(.*)" }),
            },
            ["RoleArn"] = "arn:aws:iam::123456789012:role/role",
            ["OutputDataConfig"] = new JsonObject { ["S3OutputPath"] = "s3://b/out" },
            ["ResourceConfig"] = new JsonObject { ["InstanceType"] = "ml.m5.large", ["InstanceCount"] = 1, ["VolumeSizeInGB"] = 1 },
            ["StoppingCondition"] = new JsonObject { ["MaxRuntimeInSeconds"] = 60 },
        },
    };

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static Task<RekindleServer> StartAsync(
        string folder, IReadOnlyDictionary<string, AccessKey> keys, Func<ServerOptions, ServerOptions> change) => RekindleServer.StartAsync(
        change(new ServerOptions
        {
            Url = "http://127.0.0.1:0",
            DataFolder = Path.Combine(folder, "data"),
            AccessKeys = keys,
            EndsOnSignal = false,
            Sandbox = false,
            LogLevel = "None",
        }),
        TestContext.Current.CancellationToken);
}
