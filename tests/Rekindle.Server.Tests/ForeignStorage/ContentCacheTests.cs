using Microsoft.Extensions.Logging.Abstractions;
using Rekindle.Server.ForeignStorage;

namespace Rekindle.Server.Tests.ForeignStorage;

public sealed class ContentCacheTests
{
    [Fact]
    public async Task What_no_job_uses_goes_the_longest_unused_first_until_there_is_room()
    {
        await using var servers = await TwoServers.StartAsync();
        using var endpoint = new ForeignEndpoint("far", new ForeignBucket(servers.Door.Url) { Name = "real", AccessKeyId = "SOMEBODY", SecretAccessKey = TwoServers.Secret });
        var folder = Path.Combine(servers.Data, "own-cache");
        var places = new JobPlaces(folder);
        var busy = new HashSet<string> { "job-a" };
        await using var cache = new ContentCache(
            folder, maxBytes: 250, places, (job, _) => Task.FromResult(busy.Contains(job)), TimeProvider.System, NullLogger.Instance);
        foreach (var name in (string[])["a", "b", "c", "d"])
        {
            await UseAsync(name);
        }

        // The oldest is in use: it stays, and with it what is as large as the rest of the room.
        Assert.Equal(["a", "d"], Kept());
        busy.Clear();
        await UseAsync("e");
        Assert.Equal(["d", "e"], Kept());

        async Task UseAsync(string key)
        {
            servers.Put(key, new string('x', 100));
            var listing = ObjectListing.Of(endpoint, await endpoint.ListAsync(key, TestContext.Current.CancellationToken));
            await cache.UseAsync("job-" + key, listing, _ => { }, TestContext.Current.CancellationToken);
            // Put later, and used later.
            Directory.SetLastWriteTimeUtc(Path.Combine(folder, listing.Hash), DateTime.UnixEpoch.AddDays(key[0]));
        }

        IEnumerable<string> Kept() => Directory.EnumerateDirectories(folder).Select(entry => Path.Combine(entry, "objects")).Where(Directory.Exists)
            .SelectMany(Directory.EnumerateFiles).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal);
    }

    [Fact]
    public async Task A_disk_that_can_not_be_written_is_named_and_waited_for_and_nothing_half_is_left()
    {
        await using var servers = await TwoServers.StartAsync();
        servers.Put("train/a", "A");
        // A file where the folder of the download has to be.
        using var endpoint = new ForeignEndpoint("far", new ForeignBucket(servers.Door.Url) { Name = "real", AccessKeyId = "SOMEBODY", SecretAccessKey = TwoServers.Secret });
        var hash = ObjectListing.Of(endpoint, await endpoint.ListAsync("train", TestContext.Current.CancellationToken)).Hash;
        var obstacle = Path.Combine(servers.Cache, ".partial-" + hash);
        await File.WriteAllTextAsync(obstacle, "", TestContext.Current.CancellationToken);
        await servers.CreateAsync(servers.Job("one", "true", "s3://far/train"));
        var waiting = await servers.UntilAsync("one", job => TwoServers.LastStep(job).Message.Contains("can't take the data", StringComparison.Ordinal));
        Assert.Contains(servers.Cache, TwoServers.LastStep(waiting).Message, StringComparison.Ordinal);
        File.Delete(obstacle);
        await servers.UntilCompletedAsync("one");
    }
}
