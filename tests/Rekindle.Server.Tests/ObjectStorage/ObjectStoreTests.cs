using System.Text;
using Rekindle.Server.ObjectStorage;
using Rekindle.Server.ObjectStorage.Checksums;

namespace Rekindle.Server.Tests.ObjectStorage;

public sealed class ObjectStoreTests : IDisposable
{
    private readonly StoreRoom _room = new();

    public ObjectStoreTests()
    {
        _room.Buckets.Create("bucket", null);
        _room.Buckets.Create("mapped", null);
    }

    public void Dispose() => _room.Dispose();

    [Theory]
    [InlineData("bucket")]
    [InlineData("mapped")]
    public async Task An_object_is_a_file_of_the_buckets_folder_and_nothing_else_is_there(string bucket)
    {
        var root = bucket == "mapped" ? _room.Mapped : _room.Bucket(bucket);

        await _room.PutAsync(bucket, "folder/ü.txt", "content");

        Assert.Equal("content", await File.ReadAllTextAsync(Path.Combine(root, "folder", "ü.txt"), TestContext.Current.CancellationToken));
        Assert.Equal(["folder/ü.txt"], _room.Keys(bucket));
        Assert.Empty(_room.Leftovers());
        await _room.DeleteAsync(bucket, "folder/ü.txt");
        Assert.False(Directory.Exists(Path.Combine(root, "folder")));
        await _room.Store.DeleteBucketAsync(bucket, CancellationToken.None);
        Assert.False(Directory.Exists(root));
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(_room.Folder, "data", "s3-metadata"), $"{bucket}.json", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task What_was_said_of_an_object_outlives_the_server()
    {
        var about = new NewObject
        {
            Headers = new ObjectHeaders { ContentType = "text/x", UserMetadata = new Dictionary<string, string> { ["a"] = "ü" } },
            Checksum = ChecksumAlgorithm.Crc64Nvme,
        };
        var put = await _room.PutAsync("bucket", "key", "123456789", about);

        _room.Reopen();

        var found = _room.Look("bucket", "key");
        Assert.Equal("25f9e794323b453885f5181f1b624d0b", found.ETag);
        Assert.Equal(("text/x", "ü"), (found.Headers.ContentType, found.Headers.UserMetadata["a"]));
        Assert.Equal(new ObjectChecksum(ChecksumAlgorithm.Crc64Nvme, "rosUhgp5mIg=", FullObject: true), found.Checksum);
        Assert.Equal((put.ETag, put.Size, put.Modified), (found.ETag, found.Size, found.Modified));
    }

    [Fact]
    public async Task A_file_put_there_by_hand_is_an_object_also_where_one_was_uploaded_before()
    {
        var uploaded = await _room.PutAsync("bucket", "key", "uploaded", new NewObject { Headers = new ObjectHeaders { ContentType = "text/x" } });
        await File.WriteAllTextAsync(Path.Combine(_room.Bucket("bucket"), "key"), "by hand", TestContext.Current.CancellationToken);
        Directory.CreateDirectory(Path.Combine(_room.Bucket("bucket"), "empty", "folders"));

        var found = _room.Look("bucket", "key");

        Assert.Null(found.Headers.ContentType);
        Assert.NotEqual(uploaded.ETag, found.ETag);
        Assert.Equal("by hand", await _room.ReadAsync("bucket", "key"));
        Assert.Equal(["key"], _room.Keys("bucket"));
        Assert.Contains("bucket", _room.Buckets.List().Select(bucket => bucket.Name));
    }

    [Fact]
    public async Task Until_a_new_content_is_in_its_place_the_old_one_keeps_what_was_said_of_it()
    {
        var old = await _room.PutAsync("bucket", "key", "old", new NewObject { Headers = new ObjectHeaders { ContentType = "old/type" } });
        using (var folder = FolderHandle.TryOpen(_room.Bucket("bucket"))!)
        {
            // What a server that is killed right before the rename leaves.
            _room.Metadata.Announce("bucket", "key", Next(), folder.Look("key"));
        }

        Assert.Equal((old.ETag, "old/type"), (_room.Look("bucket", "key").ETag, _room.Look("bucket", "key").Headers.ContentType));

        static Generation Next() => new() { Size = 3, Modified = 1, Number = 2, ETag = "new", Headers = new ObjectHeaders() };
    }

    [Theory]
    [InlineData("bucket")]
    [InlineData("mapped")]
    public async Task An_upload_that_breaks_off_leaves_nothing(string bucket)
    {
        await Assert.ThrowsAsync<InvalidOperationException>(() =>
            _room.Store.PutAsync(bucket, ObjectKey.Parse("a/b"), new NewObject(), new BreakingStream(), CancellationToken.None));
        await Assert.ThrowsAsync<InvalidOperationException>(() =>
            _room.PutAsync(bucket, "a/b", "x", new NewObject { Verify = _ => throw new InvalidOperationException() }));

        Assert.Empty(_room.Keys(bucket));
        Assert.Empty(_room.Leftovers());
        Assert.False(Directory.Exists(Path.Combine(_room.Bucket(bucket), "a")));
    }

    [Fact]
    public async Task What_a_killed_server_left_of_uploads_is_removed()
    {
        Directory.CreateDirectory(_room.Metadata.Uploads);
        Directory.CreateDirectory(Path.Combine(_room.Mapped, ObjectKey.HiddenFolder));
        await File.WriteAllTextAsync(Path.Combine(_room.Metadata.Uploads, "x"), "half", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(_room.Mapped, ObjectKey.HiddenFolder, "x"), "half", TestContext.Current.CancellationToken);
        Assert.Empty(_room.Keys("mapped"));

        _room.Reopen();

        Assert.Empty(_room.Leftovers());
    }

    [Fact]
    public async Task No_link_is_followed()
    {
        var outside = Directory.CreateDirectory(Path.Combine(_room.Folder, "outside")).FullName;
        await File.WriteAllTextAsync(Path.Combine(outside, "secret"), "secret", TestContext.Current.CancellationToken);
        var root = _room.Bucket("bucket");
        File.CreateSymbolicLink(Path.Combine(root, "file"), Path.Combine(outside, "secret"));
        Directory.CreateSymbolicLink(Path.Combine(root, "folder"), outside);
        Directory.CreateSymbolicLink(Path.Combine(root, "loop"), root);

        Assert.Empty(_room.Keys("bucket"));
        foreach (var key in new[] { "file", "folder/secret", "loop/file" })
        {
            Assert.Equal(StorageProblem.NoSuchKey, StoreRoom.Problem(() => _room.Look("bucket", key)));
            await _room.DeleteAsync("bucket", key);
        }

        Assert.Equal(StorageProblem.InvalidArgument, await StoreRoom.ProblemAsync(() => _room.PutAsync("bucket", "folder/new", "x")));
        await _room.PutAsync("bucket", "file", "mine");
        Assert.Equal("mine", await _room.ReadAsync("bucket", "file"));
        Assert.Equal(["secret"], Directory.EnumerateFiles(outside).Select(Path.GetFileName));
        Assert.Equal("secret", await File.ReadAllTextAsync(Path.Combine(outside, "secret"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_file_and_a_folder_of_one_name_exclude_each_other_and_what_is_there_stays()
    {
        await _room.PutAsync("bucket", "a", "file");
        Assert.Equal(StorageProblem.InvalidArgument, await StoreRoom.ProblemAsync(() => _room.PutAsync("bucket", "a/b", "x")));
        Assert.Equal(StorageProblem.InvalidArgument, await StoreRoom.ProblemAsync(() => _room.PutAsync("bucket", "a/", "")));
        await _room.PutAsync("bucket", "c/d", "file");
        Assert.Equal(StorageProblem.InvalidArgument, await StoreRoom.ProblemAsync(() => _room.PutAsync("bucket", "c", "x")));
        await _room.PutAsync("bucket", "e/", "");
        Assert.Equal(StorageProblem.InvalidArgument, await StoreRoom.ProblemAsync(() => _room.PutAsync("bucket", "e", "x")));
        Assert.Equal(StorageProblem.InvalidArgument, await StoreRoom.ProblemAsync(() => _room.PutAsync("bucket", "f/", "content")));

        Assert.Equal(["a", "c/d", "e/"], _room.Keys("bucket"));
        Assert.Equal("file", await _room.ReadAsync("bucket", "a"));
        await _room.DeleteAsync("bucket", "a");
        await _room.PutAsync("bucket", "a/b", "now it can");
        Assert.Equal(["a/b", "c/d", "e/"], _room.Keys("bucket"));
    }

    [Fact]
    public async Task An_empty_folder_that_a_program_is_to_write_into_stays_when_nothing_is_deleted_from_it()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_room.Store.Buckets.Find("bucket").Root, "checkpoints")).FullName;
        await _room.DeleteAsync("bucket", "checkpoints/missing");
        Assert.True(Directory.Exists(folder));
    }

    [Fact]
    public async Task Of_many_that_put_only_what_is_new_one_succeeds()
    {
        var onlyNew = new NewObject { Condition = new WriteCondition(null, ["*"]) };
        var results = await Task.WhenAll(Enumerable.Range(0, 16).Select(async number =>
        {
            try
            {
                await _room.PutAsync("bucket", "key", $"{number}", onlyNew);
                return (Number: number, Put: true);
            }
            catch (StorageRefusedException refused) when (refused.Problem == StorageProblem.PreconditionFailed)
            {
                return (Number: number, Put: false);
            }
        }));

        Assert.Equal($"{Assert.Single(results, result => result.Put).Number}", await _room.ReadAsync("bucket", "key"));
        Assert.Empty(_room.Leftovers());
    }

    [Fact]
    public async Task Puts_and_deletions_of_neighbours_at_once_lose_nothing()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async worker =>
        {
            for (var round = 0; round < 10; round++)
            {
                await _room.PutAsync("bucket", $"shared/folder/{worker}", $"{round}");
                if (round < 9) await _room.DeleteAsync("bucket", $"shared/folder/{worker}");
            }
        }));

        Assert.Equal(8, _room.Keys("bucket", "shared/folder/").Count);
    }

    [Fact]
    public async Task Whoever_reads_an_object_while_it_is_replaced_reads_the_old_one_to_its_end()
    {
        await _room.PutAsync("bucket", "key", "old content");
        using var open = _room.Store.Open("bucket", ObjectKey.Parse("key"));
        await _room.PutAsync("bucket", "key", "new");

        await using var bytes = new ObjectBytes(open, 0, open.About.Size);
        using var all = new MemoryStream();
        await bytes.CopyToAsync(all, CancellationToken.None);
        Assert.Equal("old content", Encoding.UTF8.GetString(all.ToArray()));
    }

    [Theory]
    [InlineData("..")]
    [InlineData(".")]
    [InlineData("")]
    [InlineData("a/b")]
    [InlineData("../data")]
    [InlineData("zero\0")]
    public void What_is_no_name_is_no_bucket(string name)
    {
        Assert.Equal(StorageProblem.NoSuchBucket, StoreRoom.Problem(() => _room.Buckets.Find(name)));
        Assert.Equal(StorageProblem.InvalidBucketName, StoreRoom.Problem(() => _room.Buckets.Create(name, null)));
    }

    [Fact]
    public void A_bucket_with_a_file_put_there_by_hand_is_not_deleted()
    {
        Directory.CreateDirectory(Path.Combine(_room.Bucket("bucket"), "deep", "folder"));
        File.CreateSymbolicLink(Path.Combine(_room.Bucket("bucket"), "deep", "link"), "/nowhere");
        Assert.Equal(StorageProblem.BucketNotEmpty, StoreRoom.Problem(() => _room.Buckets.Delete("bucket")));
        File.Delete(Path.Combine(_room.Bucket("bucket"), "deep", "link"));
        _room.Buckets.Delete("bucket");
        Assert.Equal(StorageProblem.NoSuchBucket, StoreRoom.Problem(() => _room.Buckets.Delete("bucket")));
    }

    private sealed class BreakingStream : ReadOnlyStream
    {
        private bool _begun;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_begun) throw new InvalidOperationException("The client is gone.");
            _begun = true;
            return ValueTask.FromResult(buffer.Length);
        }
    }
}
