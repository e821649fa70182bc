using Rekindle.Server.ObjectStorage;

namespace Rekindle.Server.Tests.ObjectStorage;

public sealed class AbandonedUploadTests
{
    [Fact]
    public async Task Uploads_in_parts_that_had_none_for_a_week_are_removed_at_the_next_start()
    {
        using var room = new StoreRoom();
        room.Buckets.Create("bucket", null);
        var (old, slow) = (Begin(room, "old"), Begin(room, "slow"));
        await PutPartAsync(room, old);
        room.Clock.Advance(TimeSpan.FromDays(5));
        await PutPartAsync(room, slow);
        room.Clock.Advance(TimeSpan.FromDays(3));
        var young = Begin(room, "young");

        room.Reopen();
        room.Uploads.ClearAbandoned();

        Assert.Equal(["slow", "young"], room.Uploads.List("bucket").Select(upload => upload.Key));
        Assert.DoesNotContain(room.Leftovers(), path => path.Contains(old.Id, StringComparison.Ordinal));
        Assert.Single(room.Uploads.Parts(slow));
        Assert.Empty(room.Uploads.Parts(young));
    }

    [Fact]
    public async Task Parts_of_an_upload_whose_removal_was_cut_short_go_at_the_next_start()
    {
        using var room = new StoreRoom();
        room.Buckets.Create("bucket", null);
        var (cut, whole) = (Begin(room, "cut"), Begin(room, "whole"));
        await PutPartAsync(room, cut);
        await PutPartAsync(room, whole);
        File.Delete(Path.Combine(room.Metadata.Multipart, cut.Id, "upload.json"));

        room.Reopen();
        room.Uploads.ClearAbandoned();

        Assert.False(Directory.Exists(Path.Combine(room.Metadata.Multipart, cut.Id)));
        Assert.Single(room.Uploads.Parts(whole));
    }

    private static UploadFacts Begin(StoreRoom room, string key) => room.Uploads.Create("bucket", ObjectKey.Parse(key), new ObjectHeaders(), null, false);

    private static Task<PartFacts> PutPartAsync(StoreRoom room, UploadFacts upload) =>
        room.Uploads.PutPartAsync(upload, 1, new NewObject(), new MemoryStream([1, 2, 3]), TestContext.Current.CancellationToken);
}
