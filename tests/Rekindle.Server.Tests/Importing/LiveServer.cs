using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Rekindle.Api.Client;
using Rekindle.Api.Shapes;

namespace Rekindle.Server.Tests.Importing;

/// <summary>A server on a free port with a data folder of its own, asked over HTTP.</summary>
internal sealed class LiveServer : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("rekindle-import-").FullName;
    private readonly HttpClient _http = new();
    private RekindleServer _server = null!;

    public RekindleClient Client { get; private set; } = null!;

    public static async Task<LiveServer> StartAsync()
    {
        var server = new LiveServer();
        await File.WriteAllTextAsync(Path.Combine(server._folder, "train.sh"), "echo \"loss=$SM_HP_LR\"\n", TestContext.Current.CancellationToken);
        await server.OpenAsync();
        return server;
    }

    public async Task RestartAsync()
    {
        await _server.DisposeAsync();
        await OpenAsync();
    }

    /// <summary>Status and body of an answer.</summary>
    public async Task<(int Status, string Body)> SendAsync(string target, byte[] body)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, Client.Endpoint) { Content = new ByteArrayContent(body) };
        message.Headers.Add("X-Amz-Target", target);
        // The refusal of a large body comes before it was sent.
        message.Headers.ExpectContinue = body.Length > 1 << 20;
        using var answer = await _http.SendAsync(message, TestContext.Current.CancellationToken);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    public Task<(int Status, string Body)> SendAsync(string target, JsonNode body) => SendAsync(target, Encoding.UTF8.GetBytes(body.ToJsonString()));

    public async Task<ImportTuningJobResponse> ImportAsync(JsonNode dump)
    {
        var (status, body) = await SendAsync("Rekindle.ImportTuningJob", dump);
        Assert.True(status == 200, body);
        return JsonSerializer.Deserialize<ImportTuningJobResponse>(body)!;
    }

    public async Task<string> ExportAsync(string name)
    {
        var (status, body) = await SendAsync("Rekindle.ExportTuningJob", new JsonObject { ["HyperParameterTuningJobName"] = name });
        Assert.True(status == 200, body);
        return body;
    }

    /// <summary>The message of a request that has to be refused as the client's fault.</summary>
    public async Task<string> RefusedAsync(string target, JsonNode body)
    {
        var (status, answer) = await SendAsync(target, body);
        Assert.True(status == 400, answer);
        return JsonNode.Parse(answer)!["message"]!.GetValue<string>();
    }

    public async Task<HyperParameterTrainingJobSummary[]> TrainingJobsAsync(string name, string sortBy, string order, int page = 5)
    {
        var request = new ListTrainingJobsForHyperParameterTuningJobRequest
        {
            HyperParameterTuningJobName = name,
            SortBy = sortBy,
            SortOrder = order,
            MaxResults = page,
        };
        return await Client.AllTrainingJobsForHyperParameterTuningJobAsync(request, TestContext.Current.CancellationToken)
            .ToArrayAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _http.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task OpenAsync()
    {
        _server = await RekindleServer.StartAsync(
            new ServerOptions
            {
                Url = "http://127.0.0.1:0",
                DataFolder = _folder,
                EndsOnSignal = false,
                Sandbox = false,
                Images = new Dictionary<string, IReadOnlyList<string>> { ["*"] = ["/bin/sh", Path.Combine(_folder, "train.sh")] },
            },
            TestContext.Current.CancellationToken);
        Client = new RekindleClient(_http, _server.Url, credentials: null, "us-east-1", TimeProvider.System);
    }
}
