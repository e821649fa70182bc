using System.Net;
using Rekindle.Server.ForeignStorage;
using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.Tests.ForeignStorage;

public sealed class KeysAndAddressesTests
{
    [Theory]
    [InlineData("169.254.169.254", true)]
    [InlineData("169.254.0.1", true)]
    [InlineData("100.100.100.200", true)]
    [InlineData("fe80::1", true)]
    [InlineData("fd00:ec2::254", true)]
    [InlineData("::ffff:169.254.169.254", true)]
    [InlineData("64:ff9b::a9fe:a9fe", true)]
    [InlineData("::169.254.169.254", true)]
    [InlineData("127.0.0.1", false)]
    [InlineData("::1", false)]
    [InlineData("10.0.0.1", false)]
    [InlineData("192.168.1.1", false)]
    [InlineData("fd00::1", false)]
    [InlineData("52.216.0.1", false)]
    public void Addresses_of_metadata_are_forbidden(string address, bool forbidden) =>
        Assert.Equal(forbidden, GuardedConnection.IsForbidden(IPAddress.Parse(address)));

    [Theory]
    [InlineData("../a")]
    [InlineData("a/../b")]
    [InlineData("/etc/passwd")]
    [InlineData("a//b")]
    [InlineData("a/./b")]
    [InlineData("a/b/")]
    [InlineData("a\0b")]
    public void A_key_that_is_no_path_of_a_file_is_refused_by_name(string key)
    {
        using var endpoint = Endpoint();
        var refused = Assert.Throws<ExecutionRefusedException>(() => ObjectListing.Of(endpoint, [new ListedObject("fine", "1", 1), new ListedObject(key, "1", 1)]));
        Assert.Contains($"The object \"{key}\" in the bucket \"far\" at http://minio:9000 can't be a file", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_that_is_the_folder_of_another_is_refused_and_a_folder_without_content_is_left_out()
    {
        using var endpoint = Endpoint();
        var refused = Assert.Throws<ExecutionRefusedException>(
            () => ObjectListing.Of(endpoint, [new ListedObject("x/a/b", "1", 1), new ListedObject("x/a-c", "1", 1), new ListedObject("x/a", "1", 1)]));
        Assert.StartsWith("The objects \"x/a\" and \"x/a/b\" in the bucket \"far\"", refused.Message, StringComparison.Ordinal);
        Assert.Equal(["x/a/b"], ObjectListing.Of(endpoint, [new ListedObject("x/a/", "0", 0), new ListedObject("x/a/b", "1", 1)]).Objects.Select(item => item.Key));
    }

    [Fact]
    public void A_content_has_a_name_of_its_own()
    {
        using var endpoint = Endpoint();
        ListedObject[] content = [new("a", "1", 1), new("b", "2", 2)];
        var hashes = new[]
        {
            ObjectListing.Of(endpoint, content).Hash,
            ObjectListing.Of(endpoint, [content[0]]).Hash,
            ObjectListing.Of(endpoint, [content[0], content[1] with { ETag = "3" }]).Hash,
            ObjectListing.Of(endpoint, [content[0], content[1] with { Size = 3 }]).Hash,
            ObjectListing.Of(endpoint, [content[0], content[1] with { Key = "c" }]).Hash,
        };
        Assert.Equal(hashes.Length, hashes.Distinct().Count());
        Assert.Equal(hashes[0], ObjectListing.Of(endpoint, content.Reverse()).Hash);
    }

    private static ForeignEndpoint Endpoint() => new("far", new ForeignBucket(new Uri("http://minio:9000")));
}
