using System.Text.Json.Nodes;
using Rekindle.Server.Tests.Protocol;

namespace Rekindle.Server.Tests.Operations;

/// <summary>Managed spot training on a server with one slot, with real programs.</summary>
public sealed class InterruptionTests
{
    /// <summary>Goes on after the epoch of its checkpoint; the first attempt ends only when it is told to, the second after the third epoch.</summary>
    private const string Resuming =
        """
        trap 'echo saved; exit 0' TERM
        n=$(cat $M/checkpoints/epoch 2>/dev/null || echo 0)
        first=$n
        echo "begins after epoch $n"
        while [ $n -lt 3 ]; do
          n=$((n+1)); echo "m=0.$n"; echo $n > $M/checkpoints/epoch
          if [ $first = 0 ] && [ $n = 2 ]; then while :; do sleep 0.05; done; fi
        done
        """;

    private static Task<TestServer> StartAsync(bool preempt = true) => TestServer.StartAsync(
        change: options => options with { Slots = 1, SpotPreempt = preempt, SpotMinimumRunSeconds = 0 });

    private static JsonObject Spot(string name, string image)
    {
        var request = TestServer.TrainingJob(name, image);
        request["EnableManagedSpotTraining"] = true;
        request["StoppingCondition"]!["MaxWaitTimeInSeconds"] = 300;
        request["CheckpointConfig"] = new JsonObject { ["S3Uri"] = "s3://b/checkpoints/" + name };
        request["AlgorithmSpecification"]!["MetricDefinitions"] = JsonNode.Parse("""[{"Name":"m","Regex":"m=([0-9.]+)"}]""");
        return request;
    }

    private static JsonObject Named(string name) => new() { ["TrainingJobName"] = name };

    private static async Task UntilAsync(TestServer server, string name, string secondary)
    {
        while ((string)(await server.AnswerAsync("DescribeTrainingJob", Named(name)))["SecondaryStatus"]! != secondary)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    private static async Task UntilSavedAsync(TestServer server, string name, string epoch)
    {
        var file = Path.Combine(server.Bucket, "checkpoints", name, "epoch");
        while (!File.Exists(file) || (await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken)).Trim() != epoch)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    private static string[] Steps(JsonNode job) => [.. job["SecondaryStatusTransitions"]!.AsArray().Select(step => (string)step!["Status"]!).Where(status => status != "Pending")];

    [Fact]
    public async Task It_gives_its_slot_to_one_that_comes_later_and_completes_from_its_checkpoint()
    {
        await using var server = await StartAsync();
        _ = await server.AnswerAsync("CreateTrainingJob", Spot("spot", server.Program(Resuming)));
        await UntilAsync(server, "spot", "Training");
        await UntilSavedAsync(server, "spot", "2");
        _ = await server.AnswerAsync("CreateTrainingJob", TestServer.TrainingJob("ordinary", server.Program("sleep 1.2")));

        var ordinary = await server.UntilEndedAsync("ordinary");
        var spot = await server.UntilEndedAsync("spot");

        Assert.Equal(("Completed", "Completed"), ((string)ordinary["TrainingJobStatus"]!, (string)spot["TrainingJobStatus"]!));
        Assert.Equal(["Starting", "Training", "Interrupted", "Starting", "Training", "Uploading", "Completed"], Steps(spot));
        Assert.Contains(
            "The managed spot training was interrupted: the training job ordinary waits for its place",
            spot["SecondaryStatusTransitions"]!.AsArray().Select(step => (string)step!["StatusMessage"]!));
        Assert.Equal(0.3, (double)spot["FinalMetricDataList"]![0]!["Value"]!, 6);
        Assert.InRange((int)spot["TrainingTimeInSeconds"]! - (int)spot["BillableTimeInSeconds"]!, 1, 30);
        Assert.Equal((int)ordinary["TrainingTimeInSeconds"]!, (int)ordinary["BillableTimeInSeconds"]!);
        var log = await server.AnswerAsync("Logs_20140328.GetLogEvents", new JsonObject
        {
            ["logGroupName"] = "/aws/sagemaker/TrainingJobs",
            ["logStreamName"] = "spot/algo-1",
            ["startFromHead"] = true,
        });
        Assert.Equal(
            ["begins after epoch 0", "m=0.1", "m=0.2", "saved", "begins after epoch 2", "m=0.3"],
            log["events"]!.AsArray().Select(line => (string)line!["message"]!).Where(line => line != "Terminated"));
    }

    [Fact]
    public async Task It_is_interrupted_on_request_also_where_nothing_is_preempted()
    {
        await using var server = await StartAsync(preempt: false);
        _ = await server.AnswerAsync("CreateTrainingJob", Spot("spot", server.Program(Resuming)));
        await UntilAsync(server, "spot", "Training");
        await UntilSavedAsync(server, "spot", "2");

        var answer = await server.AnswerAsync("Rekindle.InterruptTrainingJob", Named("spot"));
        var spot = await server.UntilEndedAsync("spot");

        Assert.Equal(("spot", true), ((string)answer["TrainingJobName"]!, (bool)answer["HasCheckpoints"]!));
        Assert.Equal(["Starting", "Training", "Interrupted", "Starting", "Training", "Uploading", "Completed"], Steps(spot));
        Assert.Equal(
            "The request was rejected because the training job is in status Completed.",
            await server.RefusalAsync("Rekindle.InterruptTrainingJob", Named("spot")));
    }

    [Fact]
    public async Task What_can_not_be_interrupted_is_refused_with_the_reason()
    {
        await using var server = await StartAsync();
        _ = await server.AnswerAsync("CreateTrainingJob", TestServer.TrainingJob("ordinary", server.Program("sleep 60")));
        await UntilAsync(server, "ordinary", "Training");
        _ = await server.AnswerAsync("CreateTrainingJob", Spot("spot", server.Program("sleep 60")));
        await UntilAsync(server, "spot", "Pending");

        Assert.Equal("Requested resource not found.", await server.RefusalAsync("Rekindle.InterruptTrainingJob", Named("nobody")));
        Assert.Equal(
            "The training job ordinary is not managed spot training (EnableManagedSpotTraining): it is never interrupted.",
            await server.RefusalAsync("Rekindle.InterruptTrainingJob", Named("ordinary")));
        Assert.Equal(
            "The training job spot has the secondary status Pending: only one that is Training can be interrupted.",
            await server.RefusalAsync("Rekindle.InterruptTrainingJob", Named("spot")));
        foreach (var name in (string[])["ordinary", "spot"])
        {
            _ = await server.AnswerAsync("StopTrainingJob", Named(name));
            _ = await server.UntilEndedAsync(name);
        }
    }

    [Fact]
    public async Task A_server_that_ends_in_the_middle_of_it_is_taken_over_by_the_next()
    {
        await using var server = await StartAsync();
        _ = await server.AnswerAsync("CreateTrainingJob", Spot("spot", server.Program(Resuming.Replace("trap 'echo saved; exit 0' TERM", "trap 'sleep 0.5; exit 1' TERM", StringComparison.Ordinal))));
        await UntilAsync(server, "spot", "Training");
        await UntilSavedAsync(server, "spot", "2");
        _ = await server.AnswerAsync("Rekindle.InterruptTrainingJob", Named("spot"));
        await server.RestartAsync(_ => Task.CompletedTask);

        var spot = await server.UntilEndedAsync("spot");

        Assert.Equal("Completed", (string)spot["TrainingJobStatus"]!);
        Assert.Equal(["Starting", "Training", "Interrupted", "Starting", "Training", "Uploading", "Completed"], Steps(spot));
        Assert.Equal(0.3, (double)spot["FinalMetricDataList"]![0]!["Value"]!, 6);
    }
}
