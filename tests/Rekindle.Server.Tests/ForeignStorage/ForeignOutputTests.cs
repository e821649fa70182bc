using Rekindle.Server.ForeignStorage;

namespace Rekindle.Server.Tests.ForeignStorage;

/// <summary>Output paths in buckets on another S3 endpoint.</summary>
public sealed class ForeignOutputTests
{
    [Fact]
    public async Task A_packed_model_and_output_are_uploaded_and_nothing_of_them_stays_here()
    {
        await using var servers = await TwoServers.StartAsync();
        var job = servers.Job("one", "echo m > $M/model/m; echo o > $M/output/data/o", output: "s3://far/out/");
        job["OutputDataConfig"]!["CompressionType"] = "GZIP";
        await servers.CreateAsync(job);
        var ended = await servers.UntilCompletedAsync("one");
        Assert.Equal("s3://far/out/one/output/model.tar.gz", (string)ended["ModelArtifacts"]!["S3ModelArtifacts"]!);
        Assert.True(File.Exists(Path.Combine(servers.Bucket, "out/one/output/model.tar.gz")));
        Assert.True(File.Exists(Path.Combine(servers.Bucket, "out/one/output/output.tar.gz")));
        Assert.DoesNotContain(Directory.EnumerateFiles(servers.Data, "*", SearchOption.AllDirectories), file => file.EndsWith(".tar.gz", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_is_not_packed_is_uploaded_file_by_file()
    {
        await using var servers = await TwoServers.StartAsync();
        await servers.CreateAsync(servers.Job("one", "mkdir $M/model/deep; echo a > $M/model/a; echo b > $M/model/deep/b", output: "s3://far"));
        var ended = await servers.UntilCompletedAsync("one");
        Assert.Equal("s3://far/one/output/model/", (string)ended["ModelArtifacts"]!["S3ModelArtifacts"]!);
        Assert.Equal("a\n", await File.ReadAllTextAsync(Path.Combine(servers.Bucket, "one/output/model/a"), TestContext.Current.CancellationToken));
        Assert.Equal("b\n", await File.ReadAllTextAsync(Path.Combine(servers.Bucket, "one/output/model/deep/b"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task An_endpoint_that_is_away_loses_no_model_even_when_the_server_is_ended_meanwhile()
    {
        await using var servers = await TwoServers.StartAsync();
        servers.Door.IsShut = true;
        await servers.CreateAsync(servers.Job("one", "echo a > $M/model/a", output: "s3://far/out"));
        var waiting = await servers.UntilAsync("one", job => TwoServers.LastStep(job).Message.Contains("can't be reached", StringComparison.Ordinal));
        Assert.Equal("Uploading", (string)waiting["SecondaryStatus"]!);
        await servers.RestartAsync();
        servers.Door.IsShut = false;

        await servers.UntilCompletedAsync("one");
        Assert.True(File.Exists(Path.Combine(servers.Bucket, "out/one/output/model/a")));
    }

    [Fact]
    public async Task A_bucket_that_takes_nothing_fails_the_training_job_with_what_the_endpoint_said()
    {
        await using var servers = await TwoServers.StartAsync();
        Directory.Delete(servers.Bucket);
        await servers.CreateAsync(servers.Job("one", "echo a > $M/model/a", output: "s3://far/out"));
        var reason = await servers.UntilFailedAsync("one");
        Assert.StartsWith("ClientError: the artifacts could not be stored under s3://far/out: The endpoint ", reason, StringComparison.Ordinal);
        Assert.EndsWith("NoSuchBucket: The specified bucket does not exist", reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_large_file_goes_in_parts_and_what_broke_off_before_is_cleared_away()
    {
        await using var servers = await TwoServers.StartAsync();
        using var endpoint = new ForeignEndpoint("far", new ForeignBucket(servers.Door.Url) { Name = "real", AccessKeyId = "SOMEBODY", SecretAccessKey = TwoServers.Secret })
        {
            LeastInParts = 6 << 20,
            PartSize = 5 << 20,
        };
        var path = Path.Combine(servers.Data, "large");
        var content = new byte[(11 << 20) + 3];
        for (var at = 0; at < content.Length; at++) content[at] = (byte)((at * 7) + (at >> 16));
        await File.WriteAllBytesAsync(path, content, TestContext.Current.CancellationToken);
        var asked = 0;
        servers.Door.Before = target => target.Contains("partNumber=2", StringComparison.Ordinal) && Interlocked.Increment(ref asked) <= 2
            ? throw new InvalidOperationException("The endpoint is in trouble.") : Task.CompletedTask;
        await Assert.ThrowsAsync<EndpointAwayException>(() => UploadAsync(endpoint, path, TestContext.Current.CancellationToken));
        await UploadAsync(endpoint, path, TestContext.Current.CancellationToken);

        Assert.Equal(content, await File.ReadAllBytesAsync(Path.Combine(servers.Bucket, "large"), TestContext.Current.CancellationToken));
        Assert.Contains(servers.Door.Asked, request => request.StartsWith("DELETE /real/large?uploadId=", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_tuning_job_reads_and_writes_elsewhere()
    {
        await using var servers = await TwoServers.StartAsync();
        servers.Put("train/a", "0.25");
        var job = servers.Job("unused", "echo m=$(cat $M/input/data/train/a); echo x > $M/model/x", "s3://far/train", output: "s3://far/out");
        var models = await servers.TuneAsync("tuned", job, jobs: 3, parallel: 3);
        Assert.Equal(3, models.Count);
        Assert.All(models, name => Assert.True(File.Exists(Path.Combine(servers.Bucket, "out", name, "output/model/x"))));
        Assert.Equal(1, servers.Door.Reads("/real/train/a"));
    }

    private static async Task UploadAsync(ForeignEndpoint endpoint, string path, CancellationToken cancellationToken)
    {
        await using var file = File.OpenRead(path);
        await endpoint.UploadAsync(file, "large", isAlone: true, cancellationToken);
    }
}
