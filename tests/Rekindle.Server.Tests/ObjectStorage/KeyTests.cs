using System.Text;
using CsCheck;
using Rekindle.Server.ObjectStorage;
using Rekindle.Server.Tests.TuningJobs;

namespace Rekindle.Server.Tests.ObjectStorage;

/// <summary>Keys: which can be kept, in what order they are listed, and that what was put is what is listed and read.</summary>
public sealed class KeyTests
{
    private static readonly Gen<string> Name = Gen.OneOf(
        OneOf("a", "b", "a-", "a0", "a.txt", "A", "é", "\ue000", "𝄞", " ", "%2F", "..a", "\n", "~"),
        Gen.String[Gen.Char["abc-/.\u0001\uffee+"], 1, 4]);

    private static readonly Gen<string> Key = Gen.Select(Name.List[1, 4], Gen.Bool, (names, folder) => string.Join('/', names) + (folder ? "/" : ""));

    [Theory]
    [InlineData("/a")]
    [InlineData("a//b")]
    [InlineData("a//")]
    [InlineData("/")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("a/..")]
    [InlineData("../../etc/passwd")]
    [InlineData("a/./b")]
    [InlineData("./")]
    [InlineData("a\0b")]
    [InlineData(".rekindle-uploads/x")]
    public void Some_keys_are_no_files_path(string key) =>
        Assert.Equal(StorageProblem.InvalidArgument, StoreRoom.Problem(() => ObjectKey.Parse(key).DemandFile()));

    [Theory]
    [InlineData("a")]
    [InlineData("a/")]
    [InlineData("...")]
    [InlineData("a/.../b")]
    [InlineData("..a/b..")]
    [InlineData("back\\slash")]
    [InlineData("a/.rekindle-uploads")]
    public void Others_are(string key) => ObjectKey.Parse(key).DemandFile();

    [Fact]
    public void A_key_has_1024_bytes_and_a_name_255()
    {
        Assert.Equal(StorageProblem.KeyTooLongError, StoreRoom.Problem(() => ObjectKey.Parse(new string('é', 513))));
        Assert.Equal(StorageProblem.InvalidArgument, StoreRoom.Problem(() => ObjectKey.Parse(new string('é', 128)).DemandFile()));
        ObjectKey.Parse(string.Join('/', Enumerable.Repeat(new string('a', 255), 4))).DemandFile();
    }

    [Fact]
    public void Keys_are_ordered_by_their_bytes() => Gen.Select(Key, Key).ForEach(pair =>
        Assert.Equal(
            Math.Sign(Encoding.UTF8.GetBytes(pair.Item1).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(pair.Item2))),
            Math.Sign(Utf8Order.Compare(pair.Item1, pair.Item2))));

    [Fact]
    public async Task What_was_put_is_listed_in_order_and_read_and_deleted_without_a_trace()
    {
        using var room = new StoreRoom();
        room.Buckets.Create("bucket", null);
        var random = new PCG(3, 77);
        for (var round = 0; round < 25; round++)
        {
            var model = new SortedDictionary<string, string>(Utf8Order.Instance);
            foreach (var key in Key.List[1, 20].Generate(random, null, out _))
            {
                var content = key.EndsWith('/') ? "" : $"content of {key}";
                try
                {
                    await room.PutAsync("bucket", key, content);
                    model[key] = content;
                }
                catch (StorageRefusedException refused) when (refused.Problem == StorageProblem.InvalidArgument)
                {
                    // Either no file can have this key, or another key has its place.
                    Assert.True(ObjectKey.Parse(key).Obstacle is not null || model.Keys.Any(other => IsInTheWay(other, key)), key);
                }
            }

            Assert.Equal(model.Keys, room.Keys("bucket"));
            foreach (var (key, content) in model)
            {
                Assert.Equal(content, await room.ReadAsync("bucket", key));
            }

            CheckPages(room, [.. model.Keys], random);
            foreach (var key in model.Keys)
            {
                await room.DeleteAsync("bucket", key);
            }

            Assert.Empty(Directory.EnumerateFileSystemEntries(room.Bucket("bucket")));
            Assert.Empty(Directory.EnumerateFileSystemEntries(room.Folder).Select(Path.GetFileName).Except(["data"]));
        }
    }

    private static Gen<string> OneOf(params string[] values) => Gen.Int[0, values.Length - 1].Select(at => values[at]);

    private static bool IsInTheWay(string other, string key)
    {
        var (a, b) = (other.TrimEnd('/'), key.TrimEnd('/'));
        return (a == b && other != key) || a.StartsWith(b + "/", StringComparison.Ordinal) || b.StartsWith(a + "/", StringComparison.Ordinal);
    }

    // What S3 says a list is, key by key.
    private static void CheckPages(StoreRoom room, List<string> keys, PCG random)
    {
        var prefix = OneOf("", "a", "a/", "b/").Generate(random, null, out _);
        var delimiter = OneOf("", "/", "-", "a/", "a").Generate(random, null, out _);
        var most = Gen.Int[1, 4].Generate(random, null, out _);
        var expected = keys.Where(key => key.StartsWith(prefix, StringComparison.Ordinal)).Select(key =>
        {
            var at = delimiter.Length == 0 ? -1 : key.IndexOf(delimiter, prefix.Length, StringComparison.Ordinal);
            return at < 0 ? key : $"{key[..(at + delimiter.Length)]} and so on";
        }).Distinct().ToList();

        var found = new List<string>();
        string? after = "";
        while (after is not null)
        {
            var page = room.Store.List("bucket", new ListingRequest(prefix, delimiter, after, most), CancellationToken.None);
            Assert.InRange(page.Objects.Count + page.Prefixes.Count, 0, most);
            found.AddRange(page.Objects.Select(one => one.Key));
            found.AddRange(page.Prefixes.Select(common => common + " and so on"));
            after = page.Last;
        }

        Assert.Equal(expected.Order(StringComparer.Ordinal), found.Order(StringComparer.Ordinal));
    }
}
