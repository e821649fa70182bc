namespace Rekindle.Server.Tests.Protocol.S3;

/// <summary>What a server without keys, which checks no signature, still refuses.</summary>
public sealed class UnsignedRequestTests
{
    private const string Authorization =
        "AWS4-HMAC-SHA256 Credential=any/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0000000000000000000000000000000000000000000000000000000000000000";

    [Fact]
    public async Task Only_who_signs_may_choose_the_headers_of_an_answer()
    {
        await using var server = await TestServer.StartAsync();
        Directory.CreateDirectory(server.Bucket);
        await File.WriteAllTextAsync(Path.Combine(server.Bucket, "key"), "content", TestContext.Current.CancellationToken);
        foreach (var name in new[] { "content-type", "content-encoding", "content-language", "content-disposition", "cache-control", "expires" })
        {
            foreach (var method in new[] { "GET", "HEAD" })
            {
                Assert.Equal(400, (await SendAsync(server, method, $"/b/key?response-{name}=a")).Status);
                Assert.Equal(400, (await SendAsync(server, method, $"/b/key?Response-{name}=a")).Status);
            }

            var (_, refusal) = await SendAsync(server, "GET", $"/b/key?response-{name}=a");
            Assert.Contains("<Code>InvalidRequest</Code>", refusal, StringComparison.Ordinal);
            Assert.Contains($"{name}: a\r\n", (await SendAsync(server, "GET", $"/b/key?response-{name}=a", ("Authorization", Authorization))).Text, StringComparison.OrdinalIgnoreCase);
            Assert.Contains($"{name}: a\r\n", (await SendAsync(server, "GET", $"/b/key?response-{name}=a&X-Amz-Signature=x")).Text, StringComparison.OrdinalIgnoreCase);
        }

        Assert.Equal(200, (await SendAsync(server, "GET", "/b/key")).Status);
    }

    [Theory]
    [InlineData("a", 200)]
    [InlineData("a.b_c", 200)]
    [InlineData("a%0Ab", 400)]
    [InlineData("a:b", 400)]
    [InlineData("a%20b", 400)]
    [InlineData("%C3%BC", 400)]
    public async Task Metadata_in_a_query_is_named_as_a_header_can_be(string name, int expected)
    {
        await using var server = await TestServer.StartAsync();
        Directory.CreateDirectory(server.Bucket);
        var (status, text) = await SendAsync(server, "PUT", $"/b/key?X-Amz-Signature=x&x-amz-meta-{name}=1");
        Assert.True(status == expected, text);
        if (expected == 400) Assert.Contains("<Code>InvalidArgument</Code>", text, StringComparison.Ordinal);
        var (read, answer) = await SendAsync(server, "GET", "/b/key");
        Assert.Equal(expected == 200 ? 200 : 404, read);
        if (expected == 200) Assert.Contains($"x-amz-meta-{name}: 1\r\n", answer, StringComparison.Ordinal);
    }

    private static Task<(int Status, string Text)> SendAsync(TestServer server, string method, string target, params (string Name, string Value)[] headers) =>
        new WireRequest { Method = method, Target = target, Headers = [("Host", server.Url.Authority), .. headers], Body = "" }
            .SendAsync(server.Url, TestContext.Current.CancellationToken);
}
