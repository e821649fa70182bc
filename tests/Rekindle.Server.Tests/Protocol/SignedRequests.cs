using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Rekindle.Api.Client;

namespace Rekindle.Server.Tests.Protocol;

/// <summary>Requests that are signed rightly, one of each kind that there is.</summary>
internal sealed class SignedRequests(Uri server, string id, string secret)
{
    private const string Chunked = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER";

    private readonly string _date = SigV4.AmzDate(TimeProvider.System.GetUtcNow());

    public WireRequest Of(string kind, string name) => kind switch
    {
        "json" => Json("SageMaker.CreateTrainingJob", TestServer.TrainingJob(name, "/bin/true").ToJsonString()),
        "s3" => Put($"/b/{name}-~?x-id=PutObject&note=a%2Bb&other=1", "the content", SigV4.HashOf("the content"u8)),
        "presigned" => Presigned($"/b/{name}-~"),
        "presigned-v2" => OlderPresigned($"/b/{name}-~"),
        "copy" => Put($"/b/{name}-~", "", SigV4.HashOf([]), ("x-amz-copy-source", "b/control copied")),
        "chunked" => InChunks($"/b/{name}-~"),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };

    public WireRequest Json(string operation, string body)
    {
        var request = new WireRequest
        {
            Method = "POST",
            Target = "/any-path?note=a%2Bb&other=1",
            Body = body,
            Headers =
            [
                ("Host", server.Authority), ("Content-Type", "application/x-amz-json-1.1"), ("X-Amz-Target", operation), ("X-Amz-Date", _date),
                ("X-Amz-Security-Token", "the,token"), ("X-Amz-User-Agent", "one two"),
            ],
        };
        Sign(request, "sagemaker", SigV4.HashOf(Encoding.Latin1.GetBytes(body)), SigV4PathForm.Normalized);
        return request;
    }

    private WireRequest Put(string target, string body, string hash, params (string Name, string Value)[] more)
    {
        var request = new WireRequest
        {
            Method = "PUT",
            Target = target,
            Body = body,
            Headers =
            [
                ("Host", server.Authority), ("Content-Type", "text/plain"), ("X-Amz-Date", _date), ("x-amz-content-sha256", hash),
                ("X-Amz-Security-Token", "the,token"), ("x-amz-meta-note", "one two"), .. more,
            ],
        };
        Sign(request, "s3", hash, SigV4PathForm.ObjectKey);
        return request;
    }

    private WireRequest Presigned(string path)
    {
        var hash = SigV4.HashOf("the content"u8);
        var query = $"?X-Amz-Algorithm={SigV4Authorization.Algorithm}&X-Amz-Credential={Uri.EscapeDataString($"{id}/{Scope("s3")}")}&X-Amz-Date={_date}&X-Amz-Expires=600"
            + $"&X-Amz-SignedHeaders=content-type%3Bhost&X-Amz-Security-Token=token&X-Amz-Content-Sha256={hash}&x-amz-meta-note=a%2Bb&other=1";
        var request = new WireRequest { Method = "PUT", Target = "", Body = "the content", Headers = [("Host", server.Authority), ("Content-Type", "text/plain")] };
        var canonical = SigV4.CanonicalRequest("PUT", path, query, Pairs(request), ["host", "content-type"], hash, SigV4PathForm.ObjectKey);
        request.Target = $"{path}{query}&X-Amz-Signature={SigV4.Signature(Key("s3"), SigV4.StringToSign(_date, Scope("s3"), canonical))}";
        return request;
    }

    // The older signature has no part for the body.
    private WireRequest OlderPresigned(string path)
    {
        var expires = TimeProvider.System.GetUtcNow().AddMinutes(5).ToUnixTimeSeconds();
        var text = $"PUT\n\ntext/plain\n{expires}\nx-amz-meta-note:a:b\n{path}?response-expires=never&versionId=null";
#pragma warning disable CA5350 // What this version of the signature is made with.
        var signature = Uri.EscapeDataString(Convert.ToBase64String(HMACSHA1.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(text))));
#pragma warning restore CA5350
        return new WireRequest
        {
            Method = "PUT",
            Target = $"{path}?AWSAccessKeyId={id}&Expires={expires}&Content-Type=text%2Fplain&x-amz-meta-note=a%3Ab&response-expires=never&versionId=null&Signature={signature}",
            Body = "the content",
            Headers = [("Host", server.Authority)],
        };
    }

    private WireRequest InChunks(string path)
    {
        const string Trailer = "x-amz-checksum-crc32";
        var request = Put(path, "", Chunked, ("x-amz-decoded-content-length", "6"), ("x-amz-trailer", Trailer), ("Content-Encoding", "aws-chunked"));
        var previous = request.Headers[^1].Value[^64..];
        var body = new StringBuilder();
        foreach (var chunk in new[] { "abc", "def", "" })
        {
            previous = Next("PAYLOAD", $"{SigV4.HashOf([])}\n{SigV4.HashOf(Encoding.Latin1.GetBytes(chunk))}");
            body.Append(CultureInfo.InvariantCulture, $"{chunk.Length:x};chunk-signature={previous}\r\n").Append(chunk).Append(chunk.Length > 0 ? "\r\n" : "");
        }

        // Of "abcdef", most significant byte first.
        const string Sum = "S4457w==";
        var last = Next("TRAILER", SigV4.HashOf(Encoding.Latin1.GetBytes($"{Trailer}:{Sum}\n")));
        request.Body = body.Append(CultureInfo.InvariantCulture, $"{Trailer}:{Sum}\r\nx-amz-trailer-signature:{last}\r\n\r\n").ToString();
        return request;

        string Next(string kind, string hashes) => SigV4.Signature(Key("s3"), $"AWS4-HMAC-SHA256-{kind}\n{_date}\n{Scope("s3")}\n{previous}\n{hashes}");
    }

    private void Sign(WireRequest request, string service, string hash, SigV4PathForm form)
    {
        string[] names = [.. request.Headers.Select(header => header.Name.ToLowerInvariant()).Order(StringComparer.Ordinal)];
        var parts = request.Target.Split('?', 2);
        var canonical = SigV4.CanonicalRequest(request.Method, parts[0], parts.Length > 1 ? parts[1] : "", Pairs(request), names, hash, form);
        var signature = SigV4.Signature(Key(service), SigV4.StringToSign(_date, Scope(service), canonical));
        request.Add("Authorization", new SigV4Authorization(id, Scope(service), names, signature).ToString());
    }

    private SigV4Scope Scope(string service) => new(_date[..8], "us-east-1", service);

    private byte[] Key(string service) => SigV4.SigningKey(secret, Scope(service));

    private static IEnumerable<KeyValuePair<string, string>> Pairs(WireRequest request) => request.Headers.Select(header => KeyValuePair.Create(header.Name, header.Value));
}
