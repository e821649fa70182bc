using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Rekindle.Server.Tests.Protocol;

namespace Rekindle.Server.Tests.ForeignStorage;

/// <summary>A server that runs training jobs, and another whose buckets it uses over S3. They share nothing but a port.</summary>
internal sealed class TwoServers : IAsyncDisposable
{
    public const string Secret = "a-secret-that-is-nowhere-else";

    private readonly string _folder = Directory.CreateTempSubdirectory("rekindle-foreign-").FullName;
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false });
    private RekindleServer _there = null!;
    private RekindleServer _here = null!;
    private ServerOptions _options = null!;

    public EndpointDoor Door { get; private set; } = null!;

    /// <summary>The data folder of the server that runs the jobs.</summary>
    public string Data => Path.Combine(_folder, "here");

    /// <summary>What is kept of the other's buckets.</summary>
    public string Cache => Path.Combine(Data, "cache");

    /// <summary>The bucket "far", as its own server sees it.</summary>
    public string Bucket => Path.Combine(_folder, "there", "s3", "real");

    /// <param name="change">Changes what the server that runs the jobs is told of the bucket.</param>
    /// <param name="options">Changes its other options.</param>
    public static async Task<TwoServers> StartAsync(Func<ForeignBucket, ForeignBucket>? change = null, Func<ServerOptions, ServerOptions>? options = null)
    {
        var servers = new TwoServers();
        Directory.CreateDirectory(servers.Bucket);
        servers._there = await RekindleServer.StartAsync(
            servers.Options("there") with { AccessKeys = new Dictionary<string, AccessKey> { ["SOMEBODY"] = new(Secret, "somebody", AccessScope.Admin) } }, TestContext.Current.CancellationToken);
        servers.Door = await EndpointDoor.OpenAsync(servers._there.Url);
        var bucket = new ForeignBucket(servers.Door.Url) { Name = "real", AccessKeyId = "SOMEBODY", SecretAccessKey = Secret };
        servers._options = servers.Options("here") with { ForeignBuckets = new Dictionary<string, ForeignBucket> { ["far"] = change?.Invoke(bucket) ?? bucket } };
        if (options is not null) servers._options = options(servers._options);
        servers._here = await RekindleServer.StartAsync(servers._options, TestContext.Current.CancellationToken);
        return servers;
    }

    /// <summary>Ends the server that runs the jobs, and starts it again.</summary>
    public async Task RestartAsync(Action? meanwhile = null)
    {
        await _here.DisposeAsync();
        meanwhile?.Invoke();
        _here = await RekindleServer.StartAsync(_options, TestContext.Current.CancellationToken);
    }

    public void Put(string key, string content)
    {
        var path = Path.Combine(Bucket, key);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
    }

    /// <summary>The request for a training job in the shell; <c>$M</c> is its /opt/ml.</summary>
    public JsonObject Job(string name, string program, string? channel = null, string type = "S3Prefix", string output = "s3://near/out")
    {
        var path = Path.Combine(_folder, $"{Guid.NewGuid():N}.sh");
        File.WriteAllText(path, $"#!/bin/sh\nM=$REKINDLE_OPT_ML\n{program}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var request = TestServer.TrainingJob(name, path);
        request["OutputDataConfig"] = new JsonObject { ["S3OutputPath"] = output, ["CompressionType"] = "NONE" };
        if (channel is not null)
        {
            request["InputDataConfig"] = new JsonArray(new JsonObject
            {
                ["ChannelName"] = "train",
                ["DataSource"] = new JsonObject { ["S3DataSource"] = new JsonObject { ["S3DataType"] = type, ["S3Uri"] = channel } },
            });
        }

        return request;
    }

    /// <summary>What a training job left in its model folder, whose output is not packed and stays here.</summary>
    public Task<string> SeenAsync(string name) => File.ReadAllTextAsync(Path.Combine(Data, "s3/near/out", name, "output/model/seen"), TestContext.Current.CancellationToken);

    public Task CreateAsync(JsonObject request) => AnswerAsync("CreateTrainingJob", request);

    public Task StopAsync(string name) => AnswerAsync("StopTrainingJob", new JsonObject { ["TrainingJobName"] = name });

    public Task<JsonObject> DescribeAsync(string name) => AnswerAsync("DescribeTrainingJob", new JsonObject { ["TrainingJobName"] = name });

    /// <summary>The training job as soon as something holds of it.</summary>
    public async Task<JsonObject> UntilAsync(string name, Func<JsonObject, bool> condition)
    {
        while (true)
        {
            var job = await DescribeAsync(name);
            if (condition(job)) return job;
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    public Task<JsonObject> UntilEndedAsync(string name) => UntilAsync(name, job => (string)job["TrainingJobStatus"]! is not ("InProgress" or "Stopping"));

    /// <summary>One that has to end well.</summary>
    public async Task<JsonObject> UntilCompletedAsync(string name)
    {
        var job = await UntilEndedAsync(name);
        Assert.True((string)job["TrainingJobStatus"]! == "Completed", job.ToJsonString());
        return job;
    }

    /// <summary>Why one failed that has to fail.</summary>
    public async Task<string> UntilFailedAsync(string name)
    {
        var job = await UntilEndedAsync(name);
        Assert.True((string)job["TrainingJobStatus"]! == "Failed", job.ToJsonString());
        return (string)job["FailureReason"]!;
    }

    /// <summary>Why a training job is not even created.</summary>
    public async Task<string> RefusalAsync(JsonObject request)
    {
        var (isSuccess, answer) = await SendAsync("CreateTrainingJob", request);
        Assert.False(isSuccess);
        return answer;
    }

    /// <summary>Runs a tuning job whose training jobs are as one that is described, to a good end; their names.</summary>
    public async Task<IReadOnlyList<string>> TuneAsync(string name, JsonObject trainingJob, int jobs, int parallel)
    {
        var request = TestServer.TuningJob(name, (string)trainingJob["AlgorithmSpecification"]!["TrainingImage"]!, jobs, parallel);
        foreach (var part in (string[])["InputDataConfig", "OutputDataConfig", "CheckpointConfig"])
        {
            if (trainingJob[part] is { } given) request["TrainingJobDefinition"]![part] = given.DeepClone();
        }

        await AnswerAsync("CreateHyperParameterTuningJob", request);
        var asked = new JsonObject { ["HyperParameterTuningJobName"] = name };
        while (true)
        {
            var job = await AnswerAsync("DescribeHyperParameterTuningJob", asked);
            var status = (string)job["HyperParameterTuningJobStatus"]!;
            if (status == "Completed") break;
            Assert.True(status is "InProgress", job.ToJsonString());
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, TestContext.Current.CancellationToken);
        }

        var list = await AnswerAsync("ListTrainingJobsForHyperParameterTuningJob", asked);
        return [.. list["TrainingJobSummaries"]!.AsArray().Where(job => (string)job!["TrainingJobStatus"]! == "Completed").Select(job => (string)job!["TrainingJobName"]!)];
    }

    /// <summary>What its last step says.</summary>
    public static (string Status, string Message) LastStep(JsonObject job) =>
        job["SecondaryStatusTransitions"]!.AsArray()[^1]! is var step ? ((string)step["Status"]!, (string)step["StatusMessage"]!) : default;

    public async ValueTask DisposeAsync()
    {
        await _here.DisposeAsync();
        await Door.DisposeAsync();
        await _there.DisposeAsync();
        _http.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task<JsonObject> AnswerAsync(string operation, JsonObject request)
    {
        var (isSuccess, text) = await SendAsync(operation, request);
        Assert.True(isSuccess, $"{operation}: {text}");
        return text.Length == 0 ? [] : JsonNode.Parse(text)!.AsObject();
    }

    private async Task<(bool IsSuccess, string Text)> SendAsync(string operation, JsonObject request)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, _here.Url) { Content = JsonContent.Create(request) };
        message.Headers.Add("X-Amz-Target", "SageMaker." + operation);
        using var answer = await _http.SendAsync(message, TestContext.Current.CancellationToken);
        return (answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    private ServerOptions Options(string name) => new()
    {
        Url = "http://127.0.0.1:0",
        DataFolder = Path.Combine(_folder, name),
        EndsOnSignal = false,
        Sandbox = false,
        LogLevel = "None",
    };
}
