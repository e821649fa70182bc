using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Rekindle.Server.Protocol;

namespace Rekindle.Server.Tests.Protocol;

/// <summary>How much of a body each door takes: what is announced is refused unread, what is not announced is read no further than that.</summary>
public sealed class BodyLimitTests : IAsyncLifetime
{
    private const int PartBytes = 64 << 10;

    /// <summary>What lies in the buffers of both sides when the server stops reading.</summary>
    private const long Underway = 16 << 20;

    private static readonly byte[] Part = [.. Encoding.ASCII.GetBytes($"{PartBytes:x}\r\n"), .. Enumerable.Repeat((byte)' ', PartBytes), .. "\r\n"u8];

    private TestServer _server = null!;

    /// <summary>The beginning of a request, the most bytes its body may have, and what the refusal says.</summary>
    public static TheoryData<string, string, long, string> Doors => new()
    {
        { "AWS JSON", "POST / HTTP/1.1\r\nX-Amz-Target: SageMaker.CreateTrainingJob\r\nContent-Type: application/x-amz-json-1.1", AwsJsonEndpoint.MaxRequestBytes, "ValidationException" },
        { "query", "POST / HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded", 256 << 10, "MalformedQueryString" },
        { "CreateBucket", "PUT /new-bucket HTTP/1.1", 64 << 10, "EntityTooLarge" },
        { "DeleteObjects", "POST /bucket?delete HTTP/1.1", 2 << 20, "EntityTooLarge" },
        { "CompleteMultipartUpload", "POST /bucket/key?uploadId=UPLOAD HTTP/1.1", 4 << 20, "EntityTooLarge" },
    };

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        _ = await AskAsync("PUT /bucket HTTP/1.1", "Content-Length: 0", parts: 0);
    }

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [MemberData(nameof(Doors))]
    public async Task A_body_that_is_announced_as_too_large_is_refused_unread(string door, string head, long limit, string refusal)
    {
        var (answer, _) = await AskAsync(await ReadyAsync(door, head), $"Content-Length: {limit + 1}", parts: 0);
        Assert.StartsWith("HTTP/1.1 4", answer, StringComparison.Ordinal);
        Assert.Contains(refusal, answer, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Doors))]
    public async Task A_body_without_an_end_is_read_no_further_than_the_limit(string door, string head, long limit, string refusal)
    {
        var (answer, sent) = await AskAsync(await ReadyAsync(door, head), "Transfer-Encoding: chunked", parts: int.MaxValue);
        Assert.StartsWith("HTTP/1.1 4", answer, StringComparison.Ordinal);
        Assert.Contains(refusal, answer, StringComparison.Ordinal);
        Assert.InRange(sent, 0, limit + Underway);
    }

    [Fact]
    public async Task An_object_of_more_than_five_gibibytes_is_refused_unread()
    {
        var (answer, _) = await AskAsync("PUT /bucket/key HTTP/1.1", $"Content-Length: {(5L << 30) + 1}", parts: 0);
        Assert.StartsWith("HTTP/1.1 400", answer, StringComparison.Ordinal);
        Assert.Contains("EntityTooLarge", answer, StringComparison.Ordinal);
    }

    private async Task<string> ReadyAsync(string door, string head)
    {
        if (door != "CompleteMultipartUpload") return head;
        var (begun, _) = await AskAsync("POST /bucket/key?uploads HTTP/1.1", "Content-Length: 0", parts: 0);
        return head.Replace("UPLOAD", begun.Split("<UploadId>")[1].Split("</UploadId>")[0], StringComparison.Ordinal);
    }

    /// <summary>Sends until there is an answer.</summary>
    private async Task<(string Answer, long Sent)> AskAsync(string head, string length, int parts)
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var client = new TcpClient();
        await client.ConnectAsync(_server.Url.Host, _server.Url.Port, cancellation);
        var stream = client.GetStream();
        await stream.WriteAsync(
            Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{head}\r\nHost: {_server.Url.Authority}\r\n{length}\r\nConnection: close\r\n\r\n")), cancellation);
        var answer = ReadAsync(stream, cancellation);
        long sent = 0;
        try
        {
            for (; parts > 0 && !answer.IsCompleted; parts--)
            {
                await stream.WriteAsync(Part, cancellation);
                sent += PartBytes;
            }
        }
        catch (IOException)
        {
            // The server has answered and closed.
        }

        return (await answer, sent);
    }

    private static async Task<string> ReadAsync(NetworkStream stream, CancellationToken cancellation)
    {
        var text = new StringBuilder();
        var buffer = new byte[4096];
        try
        {
            while (await stream.ReadAsync(buffer, cancellation) is > 0 and var count) text.Append(Encoding.UTF8.GetString(buffer, 0, count));
        }
        catch (IOException) when (text.Length > 0)
        {
            // Closed while parts were still on their way.
        }

        return text.ToString();
    }
}
