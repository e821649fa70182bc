using Rekindle.Server.ObjectStorage;

namespace Rekindle.Server.Tests.ObjectStorage;

public sealed class AbandonedUploadTests
{
    [Fact]
    public async Task Uploads_in_parts_that_had_none_for_a_week_are_removed_at_the_next_start()
    {
        using var room = new StoreRoom();
        room.Buckets.Create("bucket", null);
        var (old, slow) = (Begin("old"), Begin("slow"));
        await PutPartAsync(old);
        room.Clock.Advance(TimeSpan.FromDays(5));
        await PutPartAsync(slow);
        room.Clock.Advance(TimeSpan.FromDays(3));
        var young = Begin("young");

        room.Reopen();
        room.Uploads.ClearAbandoned();

        Assert.Equal(["slow", "young"], room.Uploads.List("bucket").Select(upload => upload.Key));
        Assert.DoesNotContain(room.Leftovers(), path => path.Contains(old.Id, StringComparison.Ordinal));
        Assert.Single(room.Uploads.Parts(slow));
        Assert.Empty(room.Uploads.Parts(young));

        UploadFacts Begin(string key) => room.Uploads.Create("bucket", ObjectKey.Parse(key), new ObjectHeaders(), null, false);

        Task<PartFacts> PutPartAsync(UploadFacts upload) =>
            room.Uploads.PutPartAsync(upload, 1, new NewObject(), new MemoryStream([1, 2, 3]), TestContext.Current.CancellationToken);
    }
}
