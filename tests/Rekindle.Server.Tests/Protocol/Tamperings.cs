using Rekindle.Api.Client;

namespace Rekindle.Server.Tests.Protocol;

/// <summary>What somebody between client and server may do to a request that is signed, by the kind of request.</summary>
internal static class Tamperings
{
    private const string Scope = "/us-east-1/";

    public static readonly Dictionary<string, Dictionary<string, Action<WireRequest>>> ByKind = new()
    {
        ["json"] = new(InHeaders("sagemaker"))
        {
            ["method"] = request => request.Method = "PUT",
            ["path"] = request => request.InTarget("any-path", "any-pathx"),
            ["path encoding"] = request => request.InTarget("any-path", "any%2Dpath"),
            ["slash encoding"] = request => request.InTarget("/any-path", "/x/..%2Fany-path"),
            ["content type"] = request => request.InHeader("Content-Type", "1.1", "1.0"),
            ["to the query protocol"] = request => request.InHeader("Content-Type", "application/x-amz-json-1.1", "application/x-www-form-urlencoded"),
            ["target"] = request => request.InHeader("X-Amz-Target", "Training", "HyperParameterTuning"),
            ["target removed"] = request => request.Remove("X-Amz-Target"),
            ["target twice"] = request => request.Repeat("X-Amz-Target"),
            ["another target before"] = request => request.Headers.Insert(0, ("X-Amz-Target", "SageMaker.ListTags")),
            ["signed header"] = request => request.InHeader("X-Amz-User-Agent", "two", "three"),
            ["signed header split"] = request => request.Split("X-Amz-User-Agent", ' '),
            ["body byte"] = request => request.InBody("/bin/true", "/bin/trua"),
            ["body truncated"] = request => request.Body = request.Body[..^1],
            ["body longer"] = request => request.Body += " ",
            ["body gone"] = request => request.Body = "",
        },
        ["s3"] = new(InHeaders("s3"))
        {
            ["method"] = request => request.Method = "DELETE",
            ["path"] = request => request.InTarget("-~", "-~x"),
            ["path encoded twice"] = request => request.InTarget("-~", "%252D~"),
            ["slash encoding"] = request => request.InTarget("/b/", "/b%2F"),
            ["a slash more"] = request => request.InTarget("/b/", "/b//"),
            ["content type"] = request => request.InHeader("Content-Type", "plain", "html"),
            ["content hash"] = request => request.InHeader("x-amz-content-sha256", request.Headers.First(header => header.Name == "x-amz-content-sha256").Value, "UNSIGNED-PAYLOAD"),
            ["content hash removed"] = request => request.Remove("x-amz-content-sha256"),
            ["content hash twice"] = request => request.Repeat("x-amz-content-sha256", "UNSIGNED-PAYLOAD"),
            ["signed header"] = request => request.InHeader("x-amz-meta-note", "two", "three"),
            ["signed header split"] = request => request.Split("x-amz-meta-note", ' '),
            ["signed header twice"] = request => request.Repeat("x-amz-meta-note"),
            ["copy instead of content"] = request => request.Add("x-amz-copy-source", "b/control"),
            ["body byte"] = request => request.InBody("content", "contend"),
            ["body truncated"] = request => request.Body = request.Body[..^1],
            ["body longer"] = request => request.Body += " ",
            ["made a presigned URL as well"] = request => request.InTarget("?", "?X-Amz-Algorithm=AWS4-HMAC-SHA256&"),
            ["part of an upload"] = request => request.InTarget("?", "?partNumber=1&uploadId=x&"),
        },
        ["presigned"] = new()
        {
            ["method"] = request => request.Method = "DELETE",
            ["path"] = request => request.InTarget("-~", "-~x"),
            ["path encoded twice"] = request => request.InTarget("-~", "%252D~"),
            ["slash encoding"] = request => request.InTarget("/b/", "/b%2F"),
            ["query value"] = request => request.InTarget("other=1", "other=2"),
            ["query added"] = request => request.InTarget("&other=1", "&other=1&more=1"),
            ["query removed"] = request => request.InTarget("&other=1", ""),
            ["query twice"] = request => request.InTarget("&other=1", "&other=1&other=1"),
            ["query twice in another case"] = request => request.InTarget("&other=1", "&other=1&Other=2"),
            ["plus sign"] = request => request.InTarget("a%2Bb", "a+b"),
            ["second question mark"] = request => request.InTarget("?", "??"),
            ["metadata"] = request => request.InTarget("a%2Bb", "a%2Bc"),
            ["copy instead of content"] = request => request.InTarget("&other=1", "&x-amz-copy-source=b/control"),
            ["metadata in a header"] = request => request.Add("x-amz-meta-note", "other"),
            ["signed header"] = request => request.InHeader("Content-Type", "plain", "html"),
            ["signed header removed"] = request => request.Remove("Content-Type"),
            ["signed header twice"] = request => request.Repeat("Content-Type"),
            ["header not signed"] = request => request.Add("x-amz-meta-more", "1"),
            ["signed headers"] = request => request.InTarget("content-type%3Bhost", "host"),
            ["host"] = request => request.InHeader("Host", ":", ".:"),
            ["bucket in the host"] = request => request.InHeader("Host", "127.0.0.1", "b.localhost"),
            ["expiry"] = request => request.InTarget("Expires=600", "Expires=601"),
            ["expiry removed"] = request => request.InTarget("&X-Amz-Expires=600", ""),
            ["expiry twice"] = request => request.InTarget("&X-Amz-Expires=600", "&X-Amz-Expires=600&X-Amz-Expires=604800"),
            ["date"] = request => request.InTarget("X-Amz-Date=20", "X-Amz-Date=21"),
            ["region"] = request => request.InTarget("%2Fus-east-1%2F", "%2Fus-east-2%2F"),
            ["service"] = request => request.InTarget("%2Fs3%2F", "%2Fsts%2F"),
            ["scope's date"] = request => request.InTarget("KEYID%2F20", "KEYID%2F21"),
            ["key id"] = request => request.InTarget("KEYID", "KEYIX"),
            ["another key's id"] = request => request.InTarget("KEYID", "OTHER"),
            ["token"] = request => request.InTarget("Security-Token=token", "Security-Token=tokem"),
            ["token removed"] = request => request.InTarget("&X-Amz-Security-Token=token", ""),
            ["content hash"] = request => request.InTarget("Content-Sha256=", "Content-Sha256=UNSIGNED-PAYLOAD&x="),
            ["body byte"] = request => request.InBody("content", "contend"),
            ["body truncated"] = request => request.Body = request.Body[..^1],
            ["signature"] = request => request.Target = OtherEnd(request.Target),
            ["signature removed"] = request => request.InTarget("&X-Amz-Signature=", "&x="),
            ["signature empty"] = request => request.Target = request.Target[..^64],
            ["signature twice"] = request => request.Target += "&X-Amz-Signature=" + request.Target[^64..],
            ["parameters of the older signature"] = request => request.Target = request.Target.Split('?')[0] + "?AWSAccessKeyId=KEYID&Expires=9999999999&Signature=" + request.Target[^64..],
        },
        ["presigned-v2"] = new()
        {
            ["method"] = request => request.Method = "DELETE",
            ["path"] = request => request.InTarget("-~", "-~x"),
            ["path encoding"] = request => request.InTarget("-~", "%2D~"),
            ["expiry"] = request => request.InTarget("&Expires=", "&Expires=9"),
            ["key id"] = request => request.InTarget("KEYID", "KEYIX"),
            ["another key's id"] = request => request.InTarget("KEYID", "OTHER"),
            ["signature"] = request => request.InTarget("&Signature=", "&Signature=A"),
            ["signature twice"] = request => request.Target += "&Signature=A",
            ["metadata"] = request => request.InTarget("a%3Ab", "a%3Ac"),
            ["plus sign"] = request => request.InTarget("a%3Ab", "a%3Ab+"),
            ["value as part of a name"] = request => request.InTarget("x-amz-meta-note=a%3Ab", "x-amz-meta-note:a=b"),
            ["a line more in a name"] = request => request.InTarget("x-amz-meta-note=", "x-amz-copy-source:b/control%0Ax-amz-meta-note="),
            ["a line more in a value"] = request => request.InTarget("a%3Ab", "a%3Ab%0Ax-amz-meta-other:1"),
            ["a letter that is made another one"] = request => request.InTarget("x-amz-meta-note", "x-amz-meta-note%E2%84%AA"),
            ["header and parameter"] = request => request.Add("x-amz-meta-note", "other"),
            ["copy instead of content"] = request => request.Target += "&x-amz-copy-source=b/control",
            ["content type"] = request => request.Add("Content-Type", "text/html"),
            ["content type twice"] = request => request.Target += "&content-type=text%2Fplain",
            ["a line more in the content type"] = request => request.InTarget("text%2Fplain", "text%2Fplain%0A"),
            ["a line more in the digest"] = request => request.Target += "&Content-MD5=%0Atext/plain",
            ["spaces around the content type"] = request => request.InTarget("text%2Fplain", "+text%2Fplain"),
            ["a parameter in another one"] = request => request.InTarget("response-expires=never&versionId=null", "response-expires=never%26versionId%3Dnull"),
            ["parameter"] = request => request.InTarget("=never", "=always"),
            ["parameter added"] = request => request.Target += "&partNumber=1",
            ["parameter removed"] = request => request.InTarget("&versionId=null", ""),
            ["parameter twice"] = request => request.Target += "&VersionId=null",
        },
        ["copy"] = new()
        {
            ["source"] = request => request.InHeader("x-amz-copy-source", " copied", ""),
            ["a space more in the source"] = request => request.InHeader("x-amz-copy-source", " ", "  "),
            ["source encoded"] = request => request.InHeader("x-amz-copy-source", " ", "%20"),
            ["source split"] = request => request.Split("x-amz-copy-source", ' '),
            ["source twice"] = request => request.Repeat("x-amz-copy-source"),
            ["source removed"] = request => request.Remove("x-amz-copy-source"),
            ["source as a parameter"] = request =>
            {
                request.Remove("x-amz-copy-source");
                request.Target += "?x-amz-copy-source=b/control+copied";
            },
            ["other metadata"] = request => request.Add("x-amz-metadata-directive", "REPLACE"),
        },
        ["chunked"] = new()
        {
            ["method"] = request => request.Method = "POST",
            ["path"] = request => request.InTarget("-~", "-~x"),
            ["body byte"] = request => request.InBody("abc\r\n", "abd\r\n"),
            ["body truncated"] = request => request.Body = request.Body[..^100],
            ["last chunk gone"] = request => request.Body = request.Body[..request.Body.IndexOf("\r\n0;", StringComparison.Ordinal)] + "\r\n",
            ["chunk gone"] = request => request.Body = request.Body[Chunk(request.Body)..],
            ["chunk twice"] = request => request.Body = request.Body[..Chunk(request.Body)] + request.Body,
            ["chunk order"] = request => request.Body = request.Body[Chunk(request.Body)..(2 * Chunk(request.Body))] + request.Body[..Chunk(request.Body)] + request.Body[(2 * Chunk(request.Body))..],
            ["chunk signature"] = request => request.InBody("3;chunk-signature=", "3;chunk-signature=0"),
            ["chunk without a signature"] = request => request.Body = request.Body.Remove(1, Chunk(request.Body) - "3\r\nabc\r\n".Length),
            ["length"] = request => request.InHeader("x-amz-decoded-content-length", "6", "3"),
            ["trailer"] = request => request.InBody("S4457w==", "S4457g=="),
            ["trailer gone"] = request => request.InBody("x-amz-checksum-crc32:S4457w==\r\n", ""),
            ["trailer added"] = request => request.InBody("x-amz-trailer-signature", "x-amz-checksum-sha1:x\r\nx-amz-trailer-signature"),
            ["trailer twice"] = request => request.InBody("x-amz-trailer-signature", "x-amz-checksum-crc32:S4457w==\r\nx-amz-trailer-signature"),
            ["trailer's signature"] = request => request.InBody("x-amz-trailer-signature:", "x-amz-trailer-signature:0"),
            ["trailer's signature gone"] = request => request.Body = request.Body[..request.Body.IndexOf("x-amz-trailer-signature", StringComparison.Ordinal)] + "\r\n",
            ["announced trailer"] = request => request.InHeader("x-amz-trailer", "crc32", "sha1"),
            ["announced trailer removed"] = request => request.Remove("x-amz-trailer"),
            ["without trailers"] = request => request.InHeader("x-amz-content-sha256", "-TRAILER", ""),
            ["without signatures"] = request => request.InHeader("x-amz-content-sha256", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER", "STREAMING-UNSIGNED-PAYLOAD-TRAILER"),
            ["not in chunks"] = request => request.InHeader("x-amz-content-sha256", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER", "UNSIGNED-PAYLOAD"),
            ["encoding"] = request => request.InHeader("Content-Encoding", "aws-chunked", "gzip"),
            ["signature"] = request => request.Headers[^1] = ("Authorization", OtherEnd(request.Headers[^1].Value)),
        },
    };

    /// <summary>What can be done alike to each request that is signed in its headers.</summary>
    private static Dictionary<string, Action<WireRequest>> InHeaders(string service) => new()
    {
        ["query value"] = request => request.InTarget("other=1", "other=2"),
        ["query name"] = request => request.InTarget("other=1", "othes=1"),
        ["query added"] = request => request.InTarget("other=1", "other=1&more"),
        ["query removed"] = request => request.InTarget("&other=1", ""),
        ["query twice"] = request => request.InTarget("other=1", "other=1&other=1"),
        ["plus sign"] = request => request.InTarget("a%2Bb", "a+b"),
        ["space"] = request => request.InTarget("a%2Bb", "a%20b"),
        ["second question mark"] = request => request.InTarget("?", "??"),
        ["host"] = request => request.InHeader("Host", ":", ".:"),
        ["host in another address"] = request => request.Target = "http://other.example" + request.Target,
        ["host twice"] = request => request.Repeat("Host", "other.example"),
        ["date"] = request => SetDate(request, TimeProvider.System.GetUtcNow().AddMinutes(1)),
        ["another day"] = request =>
        {
            var yesterday = TimeProvider.System.GetUtcNow().AddDays(-1);
            request.InHeader("Authorization", SigV4.AmzDate(TimeProvider.System.GetUtcNow())[..8], SigV4.AmzDate(yesterday)[..8]);
            SetDate(request, yesterday);
        },
        ["date removed"] = request => request.Remove("X-Amz-Date"),
        ["date twice"] = request => request.Repeat("X-Amz-Date"),
        ["content type twice"] = request => request.Repeat("Content-Type"),
        ["token"] = request => request.InHeader("X-Amz-Security-Token", "the,token", "the,tokem"),
        ["token removed"] = request => request.Remove("X-Amz-Security-Token"),
        ["token split"] = request => request.Split("X-Amz-Security-Token", ','),
        ["token twice"] = request => request.Repeat("X-Amz-Security-Token"),
        ["header not signed"] = request => request.Add("X-Amz-Meta-More", "1"),
        ["signed header removed"] = request => request.Remove("Content-Type"),
        ["list of signed headers"] = request => request.InHeader("Authorization", "content-type;", ""),
        ["host not signed"] = request => request.InHeader("Authorization", "host;", ""),
        ["scope's date"] = request => request.InHeader("Authorization", "KEYID/20", "KEYID/21"),
        ["region"] = request => request.InHeader("Authorization", Scope, "/us-east-2/"),
        ["service"] = request => request.InHeader("Authorization", $"{Scope}{service}/", $"{Scope}logs/"),
        ["key id"] = request => request.InHeader("Authorization", "KEYID", "KEYIX"),
        ["another key's id"] = request => request.InHeader("Authorization", "KEYID", "OTHER"),
        ["algorithm"] = request => request.InHeader("Authorization", "SHA256", "SHA1"),
        ["signature"] = request => request.Headers[^1] = ("Authorization", OtherEnd(request.Headers[^1].Value)),
        ["signature empty"] = request => request.Headers[^1] = ("Authorization", request.Headers[^1].Value[..^64]),
        ["authorization removed"] = request => request.Remove("Authorization"),
        ["authorization twice"] = request => request.Repeat("Authorization"),
    };

    /// <summary>Where the second of the chunks begins, and how long each of both is.</summary>
    private static int Chunk(string body) => body.IndexOf("abc\r\n", StringComparison.Ordinal) + 5;

    private static string OtherEnd(string text) => text[..^1] + (text[^1] == '0' ? '1' : '0');

    private static void SetDate(WireRequest request, DateTimeOffset date)
    {
        request.Remove("X-Amz-Date");
        request.Headers.Insert(0, ("X-Amz-Date", SigV4.AmzDate(date)));
    }
}
