using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Rekindle.Server.ForeignStorage;

namespace Rekindle.Server.Tests.ForeignStorage;

/// <summary>What an endpoint sends is held against what it listed.</summary>
public sealed class ContentDownloadTests : IAsyncLifetime
{
    private const string Content = "0123456789";
    private const string Tag = "\"781e5e245d69b566979b86e28d23f2c7\"";

    private readonly string _folder = Directory.CreateTempSubdirectory("rekindle-download-").FullName;
    private readonly WebApplication _stubborn;
    private string _tag = Tag;

    public ContentDownloadTests() => _stubborn = Stubborn();

    /// <summary>Sends all of its one object, whatever part is asked for.</summary>
    private WebApplication Stubborn()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0));
        var application = builder.Build();
        application.Run(async http =>
        {
            http.Response.Headers.ETag = _tag;
            await http.Response.WriteAsync(Content, http.RequestAborted);
        });
        return application;
    }

    public async ValueTask InitializeAsync() => await _stubborn.StartAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _stubborn.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task An_endpoint_that_sends_all_where_the_rest_was_asked_for_gives_no_object_twice()
    {
        using var endpoint = Endpoint();
        var partial = Path.Combine(_folder, "partial");
        Directory.CreateDirectory(Path.Combine(partial, "parts"));
        await File.WriteAllTextAsync(Path.Combine(partial, "parts", "0"), Content[..5], TestContext.Current.CancellationToken);

        await BringAsync(endpoint, new ListedObject("key", Tag, Content.Length), partial);

        Assert.Equal(Content, await File.ReadAllTextAsync(Path.Combine(_folder, "complete", ContentDownload.ObjectsFolder, "key"), TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("\"opaque\"")]
    [InlineData("\"ABCDEF\"")]
    [InlineData("\"with-hyphen\"")]
    public async Task A_tag_that_is_no_hash_is_a_tag_all_the_same(string tag)
    {
        _tag = tag;
        using var endpoint = Endpoint();
        await BringAsync(endpoint, new ListedObject("key", tag, Content.Length), Path.Combine(_folder, "partial"));
        Assert.Equal(Content, await File.ReadAllTextAsync(Path.Combine(_folder, "complete", ContentDownload.ObjectsFolder, "key"), TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(Tag, 5)]
    [InlineData("\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"", 10)]
    public async Task What_is_longer_or_another_than_was_listed_is_not_taken(string tag, int size)
    {
        using var endpoint = Endpoint();
        await Assert.ThrowsAsync<ObjectChangedException>(() => BringAsync(endpoint, new ListedObject("key", tag, size), Path.Combine(_folder, "partial")));
        Assert.False(Directory.Exists(Path.Combine(_folder, "complete")));
    }

    private ForeignEndpoint Endpoint() => new("far", new ForeignBucket(new Uri(_stubborn.Urls.First())));

    private async Task BringAsync(ForeignEndpoint endpoint, ListedObject item, string partial)
    {
        var download = new ContentDownload(ObjectListing.Of(endpoint, [item]), partial, Path.Combine(_folder, "complete"), _ => Task.CompletedTask, TimeProvider.System);
        download.Begin(() => Task.CompletedTask);
        await download.WaitAsync(_ => { }, TestContext.Current.CancellationToken);
    }
}
