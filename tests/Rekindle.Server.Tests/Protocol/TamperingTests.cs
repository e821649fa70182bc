namespace Rekindle.Server.Tests.Protocol;

/// <summary>Every tampering of a signed request is refused, and nothing comes of it.</summary>
public sealed class TamperingTests(TamperingTests.OneServer shared) : IClassFixture<TamperingTests.OneServer>
{
    /// <summary>Each kind of signed request with each thing that is done to it.</summary>
    public static TheoryData<string, string> All()
    {
        var all = new TheoryData<string, string>();
        foreach (var (kind, tamperings) in Tamperings.ByKind)
        {
            foreach (var name in tamperings.Keys)
            {
                all.Add(kind, name);
            }
        }

        return all;
    }

    [Theory]
    [InlineData("json")]
    [InlineData("s3")]
    [InlineData("presigned")]
    [InlineData("presigned-v2")]
    [InlineData("copy")]
    [InlineData("chunked")]
    public async Task What_nobody_tampered_with_is_carried_out(string kind)
    {
        var (status, text) = await SendAsync(shared.Requests.Of(kind, $"control-{kind}"));
        Assert.True(status == 200, text);
        if (kind != "json") Assert.True(File.Exists(Path.Combine(shared.Server.Bucket, $"control-{kind}-~")));
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Every_tampering_is_refused_and_has_no_effect(string kind, string tampering)
    {
        var request = shared.Requests.Of(kind, "tampered");
        Tamperings.ByKind[kind][tampering](request);

        var (status, text) = await SendAsync(request);

        Assert.True(status is 400 or 403, text);
        Assert.DoesNotContain("InternalFailure", text, StringComparison.Ordinal);
        Assert.All(
            Directory.EnumerateFileSystemEntries(shared.Server.Bucket).Select(Path.GetFileName), name => Assert.StartsWith("control", name, StringComparison.Ordinal));
        if (kind != "json") return;
        var (_, jobs) = await SendAsync(shared.Requests.Json("SageMaker.ListTrainingJobs", "{}"));
        Assert.Contains("TrainingJobSummaries", jobs, StringComparison.Ordinal);
        Assert.DoesNotContain("tampered", jobs, StringComparison.Ordinal);
    }

    /// <summary>The key is good for all of it, so that nothing but the signature refuses.</summary>
    private Task<(int Status, string Text)> SendAsync(WireRequest request) => request.SendAsync(shared.Server.Url, TestContext.Current.CancellationToken);

    /// <summary>One for all, as a start takes longer than all requests.</summary>
    public sealed class OneServer : IAsyncLifetime
    {
        private const string Secret = "a secret of some length";

        private TestServer? _server;

        internal TestServer Server => _server!;

        internal SignedRequests Requests => new(Server.Url, "KEYID", Secret);

        public async ValueTask InitializeAsync()
        {
            _server = await TestServer.StartAsync(new Dictionary<string, AccessKey>
            {
                ["KEYID"] = new(Secret, "root", AccessScope.Admin),
                ["OTHER"] = new("another secret of some length", "other", AccessScope.Admin),
            });
            Directory.CreateDirectory(_server.Bucket);
            foreach (var name in new[] { "control", "control copied", "control  copied" })
            {
                await File.WriteAllTextAsync(Path.Combine(_server.Bucket, name), name);
            }
        }

        public ValueTask DisposeAsync() => Server.DisposeAsync();
    }
}
