using System.Text.Json.Nodes;

namespace Rekindle.Server.Tests.ForeignStorage;

/// <summary>Checkpoints in buckets on another S3 endpoint.</summary>
public sealed class ForeignCheckpointTests
{
    // Goes on when it is told to, so that a test sees it run.
    private const string Waits = "until [ -e $M/../../../../go ]; do sleep 0.05; done";

    private static JsonObject With(JsonObject job)
    {
        job["CheckpointConfig"] = new JsonObject { ["S3Uri"] = "s3://far/ck/run" };
        return job;
    }

    [Fact]
    public async Task Checkpoints_are_restored_before_and_stored_at_the_end()
    {
        await using var servers = await TwoServers.StartAsync();
        servers.Put("ck/run/deep/old", "old");
        servers.Put("ck/run-2/other", "not of this run");
        await servers.CreateAsync(With(servers.Job(
            "one", "cd $M/checkpoints && find . -type f > $M/model/seen; echo more >> deep/old; echo new > new; ln -s /etc/passwd link; ln -s /etc folder")));
        await servers.UntilCompletedAsync("one");

        Assert.Equal("./deep/old\n", await servers.SeenAsync("one"));
        Assert.Equal("oldmore\n", Stored(servers, "deep/old"));
        Assert.Equal("new\n", Stored(servers, "new"));
        Assert.Equal(["deep", "new", "old"], Directory.EnumerateFileSystemEntries(Path.Combine(servers.Bucket, "ck/run"), "*", SearchOption.AllDirectories).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal));
        // What was there and did not change is not taken there again.
        Assert.Equal(2, servers.Door.Asked.Count(request => request.StartsWith("PUT /real/ck/", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Checkpoints_are_stored_while_the_program_runs_also_by_the_next_server_and_what_keeps_them_is_told()
    {
        await using var servers = await TwoServers.StartAsync();
        await servers.CreateAsync(With(servers.Job("one", $"echo 1 > $M/checkpoints/first; {Waits}; echo 2 > $M/checkpoints/second")));
        await servers.UntilAsync("one", _ => File.Exists(Path.Combine(servers.Bucket, "ck/run/first")));
        await servers.RestartAsync(() => File.WriteAllText(Directory.EnumerateFiles(servers.Cache, "first", SearchOption.AllDirectories).Single(), "changed"));
        servers.Door.IsShut = true;
        var troubled = await servers.UntilAsync("one", job => TwoServers.LastStep(job).Message.Contains("checkpoints can't be stored", StringComparison.Ordinal));
        Assert.Equal("Training", (string)troubled["SecondaryStatus"]!);
        servers.Door.IsShut = false;
        await servers.UntilAsync("one", _ => Stored(servers, "first") == "changed");

        await File.WriteAllTextAsync(Path.Combine(servers.Data, "..", "go"), "", TestContext.Current.CancellationToken);
        await servers.UntilCompletedAsync("one");
        Assert.Equal("2\n", Stored(servers, "second"));
        await servers.CreateAsync(With(servers.Job("two", "cat $M/checkpoints/* > $M/model/seen")));
        await servers.UntilCompletedAsync("two");
        Assert.Equal("changed2\n", await servers.SeenAsync("two"));
    }

    private static string Stored(TwoServers servers, string name) => File.ReadAllText(Path.Combine(servers.Bucket, "ck/run", name));
}
