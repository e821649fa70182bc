using System.Text;
using Microsoft.Extensions.Configuration;

namespace Rekindle.Server.Tests;

public sealed class SettingsTests
{
    [Theory]
    [InlineData("""{"Images": {"*/my-algo:1": {"Command": ["/bin/a", "x"]}, "*/my-algo": {"Command": ["/bin/b"]}, "localhost:5000/c:2": {"Command": ["/bin/c"]}}}""")]
    [InlineData("""{"Images": [{"Image": "*/my-algo:1", "Command": ["/bin/a", "x"]}, {"Image": "*/my-algo", "Command": ["/bin/b"]}, {"Image": "localhost:5000/c:2", "Command": ["/bin/c"]}]}""")]
    public void An_image_may_have_a_tag(string json)
    {
        var images = Read(json).Images;
        Assert.Equal(["*/my-algo", "*/my-algo:1", "localhost:5000/c:2"], images.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(["/bin/a", "x"], images["*/my-algo:1"]);
        Assert.Equal(["/bin/b"], images["*/my-algo"]);
    }

    [Theory]
    [InlineData("all", null)]
    [InlineData("best 5", 5)]
    public void Models_of_all_or_of_the_best_are_kept(string keep, int? kept) =>
        Assert.Equal(kept, Read($$"""{"Artifacts": {"Keep": "{{keep}}"} }""").KeepBestModels);

    [Theory]
    [InlineData("""{"Images": {"*/my-algo:1": {}}}""", "Images:*/my-algo:1")]
    [InlineData("""{"Images": {"*/my-algo": {"Command": []}}}""", "Images:*/my-algo")]
    [InlineData("""{"Images": {"*/my-algo": "/bin/a"}}""", "Images:*/my-algo")]
    [InlineData("""{"Acess": {"Keys": {"A": "B"}}}""", "Acess:Keys:A")]
    [InlineData("""{"Slot": 1}""", "Slot")]
    [InlineData("""{"Limits": {"MaxTrainingJob": 1}}""", "Limits:MaxTrainingJob")]
    [InlineData("""{"WarmStart": {"MaxTrainingJob": 1}}""", "WarmStart:MaxTrainingJob")]
    [InlineData("""{"Sandbox": "maybe"}""", "Sandbox")]
    [InlineData("""{"Slots": 0}""", "Slots")]
    [InlineData("""{"Account": "12"}""", "Account")]
    [InlineData("""{"Region": "Frankfurt am Main"}""", "Region")]
    [InlineData("""{"Spot": {"MinimumRunSeconds": -1}}""", "Spot:MinimumRunSeconds")]
    [InlineData("""{"Spot": {"Preempt": "never"}}""", "Spot:Preempt")]
    [InlineData("""{"Artifacts": {"Keep": "best"}}""", "Artifacts:Keep")]
    [InlineData("""{"Artifacts": {"Keep": "best 0"}}""", "Artifacts:Keep")]
    [InlineData("""{"Artifacts": {"Keep": "some"}}""", "Artifacts:Keep")]
    [InlineData("""{"Buckets": {"b": ""}}""", "Buckets:b")]
    [InlineData("""{"Buckets": {"b": "ftp://s3.example"}}""", "Buckets:b")]
    [InlineData("""{"Buckets": {"b": "https://s3.example/path"}}""", "Buckets:b")]
    [InlineData("""{"Buckets": {"b": {"Region": "eu-west-1"}}}""", "Buckets:b:Endpoint")]
    [InlineData("""{"Buckets": {"b": {"Endpoint": "https://s3.example", "Secret": "x"}}}""", "Buckets:b:Secret")]
    [InlineData("""{"Buckets": {"b": {"Endpoint": "https://s3.example", "AccessKeyId": "x"}}}""", "Buckets:b")]
    [InlineData("""{"Buckets": {"b": {"Endpoint": "https://s3.example", "AllowPrivate": "maybe"}}}""", "Buckets:b:AllowPrivate")]
    [InlineData("""{"Cache": {"MaxBytes": "20 GB"}}""", "Cache:MaxBytes")]
    public void What_can_not_be_meant_is_refused_by_name(string json, string name) =>
        Assert.Contains($"setting {name} ", Assert.Throws<FormatException>(() => Read(json)).Message, StringComparison.Ordinal);

    [Fact]
    public void What_is_known_is_read()
    {
        var options = Read("""
            {"urls": "http://127.0.0.1:1", "Access": {"Keys": {"A": "B"}}, "Buckets": {"b": "/x"}, "FileRoots": ["/y"], "Slots": 2,
             "Sandbox": false, "WarmStart": {"SameDataAndAlgorithm": "off", "MaxTrainingJobs": 7, "Strategies": ["Random"], "ExemptHyperParameters": "a,b"}, "Limits": {"MaxTrainingJobs": 9}, "ENDPOINT": "x"}
            """);
        Assert.Equal(("http://127.0.0.1:1", "B", "/x", "/y", 2, false), (options.Url, options.AccessKeys["A"].Secret, options.Buckets["b"], options.FileRoots[0], options.Slots, options.Sandbox));
        Assert.Equal(("off", 7, 9), (options.SameDataAndAlgorithm, options.WarmStartMaxTrainingJobs, options.MaxTrainingJobs));
    }

    [Fact]
    public void When_managed_spot_training_gives_way_is_read()
    {
        Assert.Equal((true, 60), (new ServerOptions().SpotPreempt, new ServerOptions().SpotMinimumRunSeconds));
        var options = Read("""{"Spot": {"Preempt": false, "MinimumRunSeconds": 0}}""");
        Assert.Equal((false, 0), (options.SpotPreempt, options.SpotMinimumRunSeconds));
    }

    [Fact]
    public void Buckets_may_lie_elsewhere_and_what_is_said_of_them_keeps_their_secrets()
    {
        var options = Read("""
            {"Buckets": {"here": "/x", "near": "http://minio:9000",
             "far": {"Endpoint": "https://s3.example", "Region": "eu-west-1", "Name": "other", "AccessKeyId": "A", "SecretAccessKey": "hush", "AllowPrivate": true}},
             "Cache": {"MaxBytes": 5000000000}}
            """);
        Assert.Equal(["here"], options.Buckets.Keys);
        Assert.Equal(new ForeignBucket(new Uri("http://minio:9000")), options.ForeignBuckets["near"]);
        Assert.Equal(
            new ForeignBucket(new Uri("https://s3.example")) { Region = "eu-west-1", Name = "other", AccessKeyId = "A", SecretAccessKey = "hush", AllowPrivate = true },
            options.ForeignBuckets["far"]);
        Assert.Equal(5_000_000_000, options.CacheMaxBytes);
        Assert.DoesNotContain("hush", options.ForeignBuckets["far"].ToString(), StringComparison.Ordinal);
        var secret = Assert.Throws<FormatException>(() => Read("""{"Buckets": {"b": "https://user:hush@s3.example"}}"""));
        Assert.DoesNotContain("hush", secret.Message, StringComparison.Ordinal);
    }

    private static ServerOptions Read(string json) =>
        new ServerOptions().With(new ConfigurationBuilder().AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(json))).Build());
}
