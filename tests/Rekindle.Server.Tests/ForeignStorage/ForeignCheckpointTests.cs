using System.Text.Json.Nodes;
using Rekindle.Server.ForeignStorage;

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

    [Theory]
    [InlineData("s3://far/../../../../../executions")]
    [InlineData("s3://far/ck/../../x")]
    [InlineData("s3://far/./ck")]
    [InlineData("s3://far/ck//run")]
    public async Task A_place_that_is_no_path_is_refused_when_the_job_is_created(string uri)
    {
        await using var servers = await TwoServers.StartAsync();
        var checkpoints = servers.Job("one", "true");
        checkpoints["CheckpointConfig"] = new JsonObject { ["S3Uri"] = uri };
        Assert.Contains("parts of its key are empty", await servers.RefusalAsync(checkpoints), StringComparison.Ordinal);
        Assert.Contains("parts of its key are empty", await servers.RefusalAsync(servers.Job("one", "true", uri)), StringComparison.Ordinal);
        Assert.Contains("parts of its key are empty", await servers.RefusalAsync(servers.Job("one", "true", output: uri)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_prefix_that_leads_out_of_its_folder_moves_nothing()
    {
        var folder = Directory.CreateTempSubdirectory("rekindle-checkpoints-").FullName;
        try
        {
            Directory.CreateDirectory(Path.Combine(folder, "others"));
            using var checkpoints = new CheckpointFolder(Path.Combine(folder, "jobs", "one"));
            checkpoints.Clear();
            Assert.Throws<InvalidOperationException>(() => checkpoints.Begin("far", "../../../../others/"));
            Assert.True(Directory.Exists(Path.Combine(folder, "others")));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task A_checkpoint_that_nobody_takes_costs_neither_the_model_nor_the_others()
    {
        await using var servers = await TwoServers.StartAsync();
        // Longer than a key may be.
        await servers.CreateAsync(With(servers.Job(
            "one", "d=$(head -c 250 /dev/zero | tr '\\0' x); mkdir -p $M/checkpoints/$d/$d/$d/$d; echo 1 > $M/checkpoints/$d/$d/$d/$d/$d; echo 2 > $M/checkpoints/second; echo model > $M/model/m")));
        var job = await servers.UntilCompletedAsync("one");

        Assert.Contains("Its last checkpoints could not be stored", TwoServers.LastStep(job).Message, StringComparison.Ordinal);
        Assert.Equal("2\n", Stored(servers, "second"));
        Assert.NotNull((string?)job["ModelArtifacts"]!["S3ModelArtifacts"]);
        Assert.Single(Directory.EnumerateFiles(servers.Cache, new string('x', 250), SearchOption.AllDirectories));
    }

    [Fact]
    public void What_is_stored_nowhere_else_is_known_to_be_here_alone()
    {
        var folder = Directory.CreateTempSubdirectory("rekindle-checkpoints-").FullName;
        try
        {
            using var checkpoints = new CheckpointFolder(folder);
            checkpoints.Clear();
            checkpoints.Begin("far", "ck/");
            Assert.False(checkpoints.HasUnstored());
            File.WriteAllText(Path.Combine(folder, CheckpointFolder.Name, "new"), "1");
            // As after a restart: all of it is in files.
            using var later = new CheckpointFolder(folder);
            Assert.True(later.HasUnstoredFor("far", "ck/"));
            Assert.False(later.HasUnstoredFor("far", "other/"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void A_folder_that_a_program_locked_is_removed()
    {
        var parent = Directory.CreateTempSubdirectory("rekindle-locked-").FullName;
        try
        {
            var locked = Directory.CreateDirectory(Path.Combine(parent, "job", "checkpoints", "x")).FullName;
            File.WriteAllText(Path.Combine(locked, "file"), "1");
            File.SetUnixFileMode(locked, UnixFileMode.UserRead | UnixFileMode.UserExecute);
            FolderRemoval.Remove(Path.Combine(parent, "job"));
            Assert.Empty(Directory.EnumerateFileSystemEntries(parent));
        }
        finally
        {
            Directory.Delete(parent, recursive: true);
        }
    }

    private static string Stored(TwoServers servers, string name) => File.ReadAllText(Path.Combine(servers.Bucket, "ck/run", name));
}
