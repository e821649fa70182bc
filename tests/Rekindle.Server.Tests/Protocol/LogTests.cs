using System.Text.Json.Nodes;

namespace Rekindle.Server.Tests.Protocol;

/// <summary>The logs of training jobs as clients of CloudWatch Logs read them.</summary>
public sealed class LogTests
{
    private const string Group = "/aws/sagemaker/TrainingJobs";

    [Fact]
    public async Task A_client_finds_the_stream_of_a_training_job_and_reads_it_to_its_end()
    {
        await using var server = await TestServer.StartAsync();
        _ = await server.AnswerAsync("CreateTrainingJob", TestServer.TrainingJob("job", server.Program("echo one; echo two")));
        _ = await server.UntilEndedAsync("job");

        var streams = await StreamsAsync(server, new JsonObject { ["logStreamNamePrefix"] = "job/", ["orderBy"] = "LogStreamName", ["limit"] = 1 });
        var name = (string)Assert.Single(streams)!["logStreamName"]!;
        Assert.Matches(@"^job/algo-1-\d+$", name);
        Assert.Equal($"arn:aws:logs:us-east-1:000000000000:log-group:{Group}:log-stream:{name}", (string)streams[0]!["arn"]!);
        var page = await EventsAsync(server, new JsonObject { ["logStreamName"] = name, ["startFromHead"] = true });
        Assert.Equal(["one", "two"], Messages(page));
        var end = await EventsAsync(server, new JsonObject { ["logStreamName"] = name, ["nextToken"] = (string)page["nextForwardToken"]! });
        Assert.Empty(Messages(end));
        Assert.Equal((string)page["nextForwardToken"]!, (string)end["nextForwardToken"]!);
    }

    [Fact]
    public async Task Streams_are_those_of_training_jobs_that_have_run()
    {
        await using var server = await TestServer.StartAsync();
        Assert.Contains("log group", await server.RefusalAsync(
            "Logs_20140328.DescribeLogStreams", new JsonObject { ["logGroupName"] = "/aws/other" }, "ResourceNotFoundException"), StringComparison.Ordinal);
        Assert.Empty(await StreamsAsync(server, new JsonObject { ["logStreamNamePrefix"] = "job/" }));
        foreach (var name in new[] { "job-1", "job-2", "other" })
        {
            _ = await server.AnswerAsync("CreateTrainingJob", TestServer.TrainingJob(name, server.Program("true")));
            _ = await server.UntilEndedAsync(name);
        }

        Assert.Equal(3, (await StreamsAsync(server, [])).Count);
        Assert.Equal(2, (await StreamsAsync(server, new JsonObject { ["logStreamNamePrefix"] = "job-" })).Count);
        Assert.Empty(await StreamsAsync(server, new JsonObject { ["logStreamNamePrefix"] = "job/" }));
        foreach (var stream in new[] { "none/algo-1", "job-1/algo-2", "job-1", "/algo-1" })
        {
            _ = await server.RefusalAsync(
                "Logs_20140328.GetLogEvents", new JsonObject { ["logGroupName"] = Group, ["logStreamName"] = stream }, "ResourceNotFoundException");
        }
    }

    [Fact]
    public async Task A_training_job_without_a_log_takes_no_place_in_a_page()
    {
        await using var server = await TestServer.StartAsync();
        _ = await server.AnswerAsync("CreateTrainingJob", TestServer.TrainingJob("ended", server.Program("true")));
        _ = await server.UntilEndedAsync("ended");
        // More than the machine has slots: the newest waits.
        List<string> waiting = [.. Enumerable.Range(0, Environment.ProcessorCount + 1).Select(index => $"waiting-{index}")];
        foreach (var name in waiting)
        {
            _ = await server.AnswerAsync("CreateTrainingJob", TestServer.TrainingJob(name, server.Program("exec sleep 100")));
        }

        Assert.Single(await StreamsAsync(server, new JsonObject { ["orderBy"] = "LastEventTime", ["descending"] = true, ["limit"] = 1 }));
        Assert.Single(await StreamsAsync(server, new JsonObject { ["limit"] = 1 }));

        foreach (var name in waiting)
        {
            _ = await server.AnswerAsync("StopTrainingJob", new JsonObject { ["TrainingJobName"] = name });
            _ = await server.UntilEndedAsync(name);
        }
    }

    [Fact]
    public async Task No_line_is_lost_where_the_log_is_no_UTF8()
    {
        await using var server = await TestServer.StartAsync();
        _ = await server.AnswerAsync("CreateTrainingJob", TestServer.TrainingJob(
            "job", server.Program("""i=0; while [ $i -lt 20 ]; do printf '\351\351\351\351 line %02d\n' $i; i=$((i+1)); done; printf last""")));
        _ = await server.UntilEndedAsync("job");
        List<string> expected = [.. Enumerable.Range(0, 20).Select(i => $"\ufffd\ufffd\ufffd\ufffd line {i:00}"), "last"];

        Assert.Equal(expected, await AllAsync(server, new JsonObject { ["startFromHead"] = true }, "nextForwardToken"));
        Assert.Equal(expected, await AllAsync(server, [], "nextBackwardToken"));
    }

    [Fact]
    public async Task Without_the_head_the_newest_lines_come_first()
    {
        await using var server = await TestServer.StartAsync();
        _ = await server.AnswerAsync("CreateTrainingJob", TestServer.TrainingJob("job", server.Program("seq 1 10")));
        _ = await server.UntilEndedAsync("job");
        var tail = await EventsAsync(server, new JsonObject { ["logStreamName"] = "job/algo-1", ["limit"] = 3 });
        Assert.Equal(["8", "9", "10"], Messages(tail));
        var before = await EventsAsync(server, new JsonObject { ["logStreamName"] = "job/algo-1", ["limit"] = 3, ["nextToken"] = (string)tail["nextBackwardToken"]! });
        Assert.Equal(["5", "6", "7"], Messages(before));
        var after = await EventsAsync(server, new JsonObject { ["logStreamName"] = "job/algo-1", ["limit"] = 3, ["nextToken"] = (string)before["nextForwardToken"]! });
        Assert.Equal(["8", "9", "10"], Messages(after));
        var time = (long)tail["events"]![0]!["timestamp"]!;
        Assert.Equal(10, Messages(await EventsAsync(server, new JsonObject { ["logStreamName"] = "job/algo-1", ["startTime"] = time })).Count);
        Assert.Empty(Messages(await EventsAsync(server, new JsonObject { ["logStreamName"] = "job/algo-1", ["startTime"] = time + 1 })));
        Assert.Empty(Messages(await EventsAsync(server, new JsonObject { ["logStreamName"] = "job/algo-1", ["endTime"] = time })));
    }

    [Fact]
    public async Task A_stream_that_is_named_twice_is_searched_once()
    {
        await using var server = await TestServer.StartAsync();
        _ = await server.AnswerAsync("CreateTrainingJob", TestServer.TrainingJob("job", server.Program("echo one; echo two")));
        _ = await server.UntilEndedAsync("job");
        var found = await server.AnswerAsync(
            "Logs_20140328.FilterLogEvents",
            new JsonObject { ["logGroupName"] = Group, ["logStreamNames"] = new JsonArray("job/algo-1", "job/algo-1") });
        Assert.Equal(["one", "two"], Messages(found));
    }

    private static async Task<List<string>> AllAsync(TestServer server, JsonObject first, string direction)
    {
        var all = new List<string>();
        first["limit"] = 4;
        first["logStreamName"] = "job/algo-1";
        var page = await EventsAsync(server, first);
        while (Messages(page) is { Count: > 0 } messages)
        {
            all.InsertRange(direction == "nextForwardToken" ? all.Count : 0, messages);
            page = await EventsAsync(
                server, new JsonObject { ["logStreamName"] = "job/algo-1", ["limit"] = 4, ["nextToken"] = (string)page[direction]! });
        }

        return all;
    }

    private static Task<JsonNode> EventsAsync(TestServer server, JsonObject request)
    {
        request["logGroupName"] = Group;
        return server.AnswerAsync("Logs_20140328.GetLogEvents", request);
    }

    private static async Task<JsonArray> StreamsAsync(TestServer server, JsonObject request)
    {
        request["logGroupName"] = Group;
        return (await server.AnswerAsync("Logs_20140328.DescribeLogStreams", request))["logStreams"]!.AsArray();
    }

    private static List<string> Messages(JsonNode page) => [.. page["events"]!.AsArray().Select(line => (string)line!["message"]!)];
}
