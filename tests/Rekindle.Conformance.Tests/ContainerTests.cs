using System.Formats.Tar;
using System.IO.Compression;
using System.Text.Json.Nodes;
using Rekindle.Conformance.Tests.Clients;

namespace Rekindle.Conformance.Tests;

/// <summary>The same requests lead to the same answers, whether programs run as processes of the machine or in containers.</summary>
public sealed class ContainerTests
{
    private const string Job = "boxed";
    private const int Kills = 2;

    [Theory(Timeout = 300_000)]
    [InlineData("REKINDLE_TEST_DOCKER")]
    [InlineData("REKINDLE_TEST_PODMAN")]
    public async Task A_tuning_job_in_containers_is_described_as_one_of_processes_also_when_the_server_is_killed_in_it(string variable)
    {
        var engine = Environment.GetEnvironmentVariable(variable);
        Assert.True(engine is not null, $"{variable} is not set: run these tests by ./test, or by eng/with-engines COMMAND.");
        using var processes = new Workspace();
        using var containers = new Workspace();
        // The program of the image, as one of this machine.
        var program = processes.Program("train.sh", """
            echo "start $(cat /opt/ml/input/data/train/part-1)"
            sleep "$SECONDS_TO_TRAIN"
            echo "score=$x"
            echo "$x" > /opt/ml/model/x
            """);

        var expected = RunAsync(processes, new JsonObject { ["Images"] = new JsonArray(new JsonObject { ["Image"] = "rekindle-test:1", ["Command"] = new JsonArray(program) }), ["Slots"] = 4 });
        var actual = await RunAsync(
            containers,
            new JsonObject
            {
                ["Instances"] = new JsonObject { ["ml.m5.*"] = new JsonObject { ["Executor"] = "docker", ["Slots"] = 4 } },
                ["Docker"] = new JsonObject { ["Endpoint"] = engine },
            },
            engine);

        Assert.Equal(await expected, actual);
        Assert.Contains("\"HyperParameterTuningJobStatus\": \"Completed\"", actual, StringComparison.Ordinal);
        Assert.Equal(4, JsonNode.Parse(actual)!["Logs"]!.AsArray().Count(log => log!.AsArray() is [var start, var score] && (string?)start == "start 1" && ((string)score!).StartsWith("score=", StringComparison.Ordinal)));
        Assert.Equal(ModelsOf(processes), ModelsOf(containers));
        Assert.Equal(0, await CountContainersAsync(engine, containers));
    }

    /// <param name="workspace">Its folder.</param>
    /// <param name="settings">The server's.</param>
    /// <param name="engine">Where containers must run on while the server is killed; null: it is not killed.</param>
    private static async Task<string> RunAsync(Workspace workspace, JsonObject settings, string? engine = null)
    {
        var config = workspace.Config(settings.ToJsonString());
        var server = await ServerProcess.StartAsync(workspace.Data, config);
        try
        {
            await SayAsync("create", server);
            for (var kill = 0; engine is not null && kill < Kills; kill++)
            {
                await TrainingAsync(server, (2 * kill) + 1);
                await server.KillAsync();
                await server.DisposeAsync();
                Assert.Equal(1, await CountContainersAsync(engine, workspace));
                server = await ServerProcess.StartAsync(workspace.Data, config);
            }

            var said = await SayAsync("tell", server);
            server.AssertSound();
            return said;
        }
        finally
        {
            await server.DisposeAsync();
        }
    }

    private static async Task<string> SayAsync(string command, ServerProcess server)
    {
        var (code, output) = await ClientProgram.RunAsync(ClientProgram.Python, [ClientProgram.Script("containers.py"), command, server.Url]);
        Assert.True(code == 0, output);
        return output;
    }

    /// <summary>Returns when the training job of that number is in training.</summary>
    private static async Task TrainingAsync(ServerProcess server, int number)
    {
        var client = Tuning.Client(server);
        var token = TestContext.Current.CancellationToken;
        while (true)
        {
            var jobs = await client.TrainingJobsOfAsync(Job);
            if (jobs.Count >= number && (await client.DescribeTrainingJobAsync(jobs[number - 1].TrainingJobName!, token)).SecondaryStatus is "Training" or "Completed") return;
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, token);
        }
    }

    /// <summary>The containers of the workspace's server, as the engine says.</summary>
    private static async Task<int> CountContainersAsync(string engine, Workspace workspace)
    {
        using var http = EngineApi.Client(engine);
        var server = (await File.ReadAllLinesAsync(Path.Combine(workspace.Data, "server-name")))[0];
        var filter = Uri.EscapeDataString(new JsonObject { ["label"] = new JsonArray($"rekindle.server={server}") }.ToJsonString());
        return JsonNode.Parse(await http.GetStringAsync($"containers/json?all=true&filters={filter}", TestContext.Current.CancellationToken))!.AsArray().Count;
    }

    /// <summary>What the packed models hold, in order of their training jobs.</summary>
    private static List<string> ModelsOf(Workspace workspace)
    {
        var models = new List<string>();
        foreach (var path in Directory.GetFiles(Path.Combine(workspace.Data, "s3", "bucket", "output"), "model.tar.gz", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            using var tar = new TarReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
            var entry = tar.GetNextEntry();
            Assert.Equal("x", entry?.Name);
            models.Add(new StreamReader(entry!.DataStream!).ReadToEnd());
        }

        Assert.Equal(4, models.Count);
        return models;
    }
}
