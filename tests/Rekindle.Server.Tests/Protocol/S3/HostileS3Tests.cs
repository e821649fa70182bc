using System.Net.Sockets;
using System.Text;

namespace Rekindle.Server.Tests.Protocol.S3;

/// <summary>Whatever is sent to S3, the fault is the client's and the server goes on.</summary>
public sealed class HostileS3Tests
{
    private const int Requests = 800;

    private static readonly string[] Methods = ["GET", "HEAD", "PUT", "POST", "DELETE", "PATCH"];
    private static readonly string[] Paths =
    [
        "", "bucket", "bucket/", "bucket/key", "bucket/a/b", "bucket/key/below", "bucket/folder/", "bucket/%2e%2e/x", "bucket/%2E%2E%2Fx", "bucket//", "bucket/%ff",
        "bucket/%F0%9D%84%9E", "nobucket/key", "%2e%2e/x", "..%2f", "bucket/" + "k%C3%A9y", "Bad_Bucket", "bucket/a%00b", "bucket/%zz", "bucket/+", "a.b.c", "127.0.0.1",
    ];

    private static readonly string[] Queries =
    [
        "", "?uploads", "?uploadId=x", "?uploadId=" + "../../x", "?partNumber=1&uploadId=00000000000000000000000000000000", "?partNumber=-1", "?partNumber=x", "?delete",
        "?list-type=2", "?list-type=2&max-keys=-1", "?max-keys=99999999999", "?max-keys=x", "?list-type=2&continuation-token=%00", "?continuation-token=AAAA&list-type=2",
        "?marker=%F0%9D", "?prefix=%2e%2e/&delimiter=/", "?encoding-type=x", "?location", "?versioning", "?acl", "?versionId=7", "?X-Amz-Algorithm=x&X-Amz-Credential=a/b/c/d/e",
        "?response-content-type=a%0d%0ab", "?delimiter=&prefix=", "?max-uploads=0&uploads", "?max-parts=1&uploadId=", "?%00", "?=", "?x-id=a&x-id=b", "?max-buckets=0",
    ];

    private static readonly (string Name, string Value)[] Headers =
    [
        ("Range", "bytes=9-1"), ("Range", "bytes=-0"), ("Range", "bytes=99999999999999999999-"), ("Range", "bytes=0-0,2-3"), ("If-Match", "\""), ("If-None-Match", "*"),
        ("If-Modified-Since", "never"), ("Content-MD5", "AAAA"), ("x-amz-checksum-crc32", "AAAA"), ("x-amz-checksum-sha1", ""), ("x-amz-checksum-crc32c", "AAAAAA=="),
        ("x-amz-content-sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER"), ("x-amz-content-sha256", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"), ("x-amz-content-sha256", "abc"),
        ("x-amz-content-sha256", new string('0', 64)), ("x-amz-decoded-content-length", "-5"), ("x-amz-decoded-content-length", "5"), ("x-amz-decoded-content-length", "99999999999"),
        ("x-amz-trailer", "x-amz-checksum-crc32,,x"), ("x-amz-copy-source", "bucket/key"), ("x-amz-copy-source", "/"), ("x-amz-copy-source", "bucket/../x"), ("x-amz-copy-source", "%ff/%ff"),
        ("x-amz-copy-source-range", "bytes=5-1"), ("x-amz-metadata-directive", "x"), ("x-amz-meta-a", "ü\u0001"), ("x-amz-expected-bucket-owner", "1"), ("x-amz-checksum-algorithm", "MD4"),
        ("Authorization", "AWS4-HMAC-SHA256 Credential=a/20260101/../s3/aws4_request, SignedHeaders=, Signature="), ("Expect", "100-continue"), ("Content-Encoding", "aws-chunked,gzip"),
    ];

    private static readonly string[] Bodies =
    [
        "", "x", "<", "<Delete><Object><Key></Key></Object></Delete>", "<Delete><Object/></Delete>", "<Delete><Object><Key>../../x</Key></Object></Delete>",
        "<!DOCTYPE a [<!ENTITY b \"c\">]><Delete>&b;</Delete>", "<CompleteMultipartUpload><Part><PartNumber>x</PartNumber></Part></CompleteMultipartUpload>",
        "<CreateBucketConfiguration><LocationConstraint>a\nb</LocationConstraint></CreateBucketConfiguration>", "5\r\nabcde\r\n0\r\n\r\n", "5;chunk-signature=\r\nabcde\r\n0;chunk-signature=\r\n\r\n",
        "ffffffffffffffff\r\n", "\u0000\u0001",
    ];

    [Fact]
    public async Task Requests_that_make_no_sense_are_answered_and_never_as_a_fault_of_the_server()
    {
        await using var server = await TestServer.StartAsync();
        var random = new Random(5);
        Assert.Equal(200, await SendAsync(server, "PUT", "bucket", "", [], ""));
        Assert.Equal(200, await SendAsync(server, "PUT", "bucket/key", "", [], "0123456789"));
        var answers = new Dictionary<int, int>();
        for (var number = 0; number < Requests; number++)
        {
            var (method, path, query, body) = (Pick(Methods), Pick(Paths), Pick(Queries), Pick(Bodies));
            var headers = Enumerable.Range(0, random.Next(4)).Select(_ => Pick(Headers)).DistinctBy(header => header.Name).ToArray();

            var status = await SendAsync(server, method, path, query, headers, body);

            Assert.True(status is >= 200 and < 500, $"{method} /{path}{query} with {string.Join(", ", headers)} and '{body}' was answered with {status}.");
            answers[status] = answers.GetValueOrDefault(status) + 1;
        }

        Assert.True(answers.GetValueOrDefault(200) > 10 && answers.GetValueOrDefault(400) > 100 && answers.GetValueOrDefault(404) > 20, string.Join(", ", answers));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(server.Bucket, "..", "..")).Select(Path.GetFileName)
            .Except(["s3", "s3-metadata", "server.lock", "rekindle.db", "rekindle.db-shm", "rekindle.db-wal", "executions", "owner"]));
        Assert.Equal(200, await SendAsync(server, "PUT", "still-works", "", [], ""));

        T Pick<T>(T[] from) => from[random.Next(from.Length)];
    }

    [Theory]
    [InlineData("?delete", "<Delete><Object><Key>{0}</Key></Object></Delete>")]
    [InlineData("?uploadId=00000000000000000000000000000000", "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>{0}</ETag></Part></CompleteMultipartUpload>")]
    public async Task A_document_that_is_very_deep_or_very_wide_does_not_take_the_server_with_it(string query, string document)
    {
        await using var server = await TestServer.StartAsync();
        Assert.Equal(200, await SendAsync(server, "PUT", "bucket", "", [], ""));
        var deep = string.Concat(Enumerable.Repeat("<a>", 200_000)) + string.Concat(Enumerable.Repeat("</a>", 200_000));
        var wide = string.Concat(Enumerable.Repeat("<a/>", 300_000));

        Assert.InRange(await SendAsync(server, "POST", query == "?delete" ? "bucket" : "bucket/key", query, [], document.Replace("{0}", deep, StringComparison.Ordinal)), 400, 404);
        Assert.InRange(await SendAsync(server, "POST", query == "?delete" ? "bucket" : "bucket/key", query, [], document.Replace("{0}", wide, StringComparison.Ordinal)), 400, 404);

        Assert.Equal(200, await SendAsync(server, "GET", "bucket", "", [], ""));
    }

    [Fact]
    public async Task A_key_that_is_no_text_deletes_nothing()
    {
        await using var server = await TestServer.StartAsync();
        Assert.Equal(200, await SendAsync(server, "PUT", "bucket", "", [], ""));
        Assert.Equal(200, await SendAsync(server, "PUT", "bucket/%EF%BF%BD", "", [], "replacement"));

        Assert.Equal(400, await SendAsync(server, "POST", "bucket", "?delete", [], "<Delete><Object><Key>&#xD800;</Key></Object></Delete>"));

        Assert.Equal(200, await SendAsync(server, "GET", "bucket/%EF%BF%BD", "", [], ""));
    }

    /// <summary>The web server gives no leave to send what is empty; a client that had asked for it would take the next answer for the leave.</summary>
    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public async Task A_connection_ends_where_leave_was_asked_for_an_empty_body(int length, bool ends)
    {
        await using var server = await TestServer.StartAsync();
        Assert.Equal(200, await SendAsync(server, "PUT", "bucket", "", [], ""));
        using var client = new TcpClient();
        await client.ConnectAsync(server.Url.Host, server.Url.Port, TestContext.Current.CancellationToken);
        var request = $"PUT /bucket/key HTTP/1.1\r\nHost: {server.Url.Authority}\r\nExpect: 100-continue\r\nContent-Length: {length}\r\nx-amz-content-sha256: UNSIGNED-PAYLOAD\r\n\r\n{new string('x', length)}";
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(client.GetStream());
        var lines = new List<string>();
        while (await reader.ReadLineAsync(TestContext.Current.CancellationToken) is { } line && !(line.Length == 0 && lines.Any(l => l.StartsWith("HTTP/1.1 200", StringComparison.Ordinal))))
        {
            lines.Add(line);
        }

        Assert.Contains("HTTP/1.1 200 OK", lines);
        Assert.Equal(ends, lines.Contains("Connection: close"));
    }

    // By hand: a client would put right what is wrong.
    private static async Task<int> SendAsync(TestServer server, string method, string path, string query, (string Name, string Value)[] headers, string body)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(server.Url.Host, server.Url.Port, TestContext.Current.CancellationToken);
        var bytes = Encoding.UTF8.GetBytes(body);
        var head = new StringBuilder($"{method} /{path}{query} HTTP/1.1\r\nHost: {server.Url.Authority}\r\nConnection: close\r\nContent-Length: {bytes.Length}\r\n");
        if (headers.All(header => header.Name != "x-amz-content-sha256")) head.Append("x-amz-content-sha256: UNSIGNED-PAYLOAD\r\n");
        foreach (var (name, value) in headers)
        {
            head.Append($"{name}: {value}\r\n");
        }

        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.UTF8.GetBytes($"{head}\r\n"), TestContext.Current.CancellationToken);
        await stream.WriteAsync(bytes, TestContext.Current.CancellationToken);
        using var reader = new StreamReader(stream);
        while (await reader.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            // The server asks for the body first where the client has said that it waits.
            if (line.StartsWith("HTTP/1.1 ", StringComparison.Ordinal) && !line.StartsWith("HTTP/1.1 100", StringComparison.Ordinal))
            {
                return int.Parse(line.AsSpan(9, 3), System.Globalization.CultureInfo.InvariantCulture);
            }
        }

        return 0;
    }
}
