using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Time.Testing;
using Rekindle.Server.Protocol.S3;

namespace Rekindle.Server.Tests.Protocol.S3;

/// <summary>The examples that AWS publishes for S3 are accepted, and whatever is changed in them is refused.</summary>
public sealed class S3SignatureTests
{
    private const string KeyId = "AKIAIOSFODNN7EXAMPLE";
    private const string Secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
    private const string EmptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    private const string Credential = $"Credential={KeyId}/20130524/us-east-1/s3/aws4_request";
    private const string Presigned =
        "/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z"
        + "&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404";

    [Fact]
    public void The_published_examples_are_accepted()
    {
        Assert.Equal(EmptyHash, Identify(Get()).Payload);
        var put = Request("PUT", "/test$file.text", new()
        {
            ["Date"] = "Fri, 24 May 2013 00:00:00 GMT",
            ["x-amz-date"] = "20130524T000000Z",
            ["x-amz-storage-class"] = "REDUCED_REDUNDANCY",
            ["x-amz-content-sha256"] = "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072",
            ["Authorization"] = $"AWS4-HMAC-SHA256 {Credential},SignedHeaders=date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class,Signature=98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
        });
        Assert.Equal("us-east-1", Identify(put).Region);
        Assert.Equal(S3Caller.Unsigned, Identify(Request("GET", Presigned, [])).Payload);
        var chunked = Request("PUT", "/examplebucket/chunkObject.txt", new()
        {
            ["Host"] = "s3.amazonaws.com",
            ["x-amz-date"] = "20130524T000000Z",
            ["x-amz-storage-class"] = "REDUCED_REDUNDANCY",
            ["x-amz-content-sha256"] = S3Caller.SignedChunks,
            ["Content-Encoding"] = "aws-chunked",
            ["x-amz-decoded-content-length"] = "66560",
            ["Content-Length"] = "66824",
            ["Authorization"] = $"AWS4-HMAC-SHA256 {Credential},SignedHeaders=content-encoding;content-length;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-storage-class,Signature=4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9",
        });
        Assert.Equal("4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9", Identify(chunked).Seed!.Signature);
    }

    /// <summary>Header, what stands there instead (nothing: it is left out), and the code.</summary>
    [Theory]
    [InlineData("Host", "examplebucket.s3.amazonaws.org", "SignatureDoesNotMatch")]
    [InlineData("Range", "bytes=0-10", "SignatureDoesNotMatch")]
    [InlineData("Range", null, "SignatureDoesNotMatch")]
    [InlineData("x-amz-content-sha256", S3Caller.Unsigned, "SignatureDoesNotMatch")]
    [InlineData("x-amz-content-sha256", "x", "InvalidArgument")]
    [InlineData("x-amz-content-sha256", null, "InvalidRequest")]
    [InlineData("x-amz-date", "20130524T000001Z", "SignatureDoesNotMatch")]
    [InlineData("x-amz-date", "20130525T000000Z", "AccessDenied")]
    [InlineData("x-amz-date", "yesterday", "AccessDenied")]
    [InlineData("x-amz-date", null, "AccessDenied")]
    [InlineData("x-amz-meta-more", "1", "AccessDenied")]
    [InlineData("x-amz-security-token", "token", "AccessDenied")]
    [InlineData("x-amz-copy-source", "other/key", "AccessDenied")]
    [InlineData("Authorization", null, "AccessDenied")]
    [InlineData("Authorization", "AWS AKIAIOSFODNN7EXAMPLE:abc", "AuthorizationHeaderMalformed")]
    [InlineData("Authorization", "Bearer x", "AuthorizationHeaderMalformed")]
    public void A_changed_header_is_found(string header, string? value, string code)
    {
        var request = Get();
        if (value is null) request.Headers.Remove(header);
        else request.Headers[header] = value;
        Refused(request, code);
    }

    [Theory]
    [InlineData("AKIAIOSFODNN7EXAMPLE", "AKIAIOSFODNN7EXAMPLF", "InvalidAccessKeyId")]
    [InlineData("/20130524/", "/20130523/", "AccessDenied")]
    [InlineData("/us-east-1/", "/us-east-2/", "SignatureDoesNotMatch")]
    [InlineData("/s3/", "/sagemaker/", "SignatureDoesNotMatch")]
    [InlineData("host;", "", "AccessDenied")]
    [InlineData("range;", "", "SignatureDoesNotMatch")]
    [InlineData(";x-amz-date", "", "AccessDenied")]
    [InlineData("Signature=f0e8", "Signature=f0e9", "SignatureDoesNotMatch")]
    [InlineData("Signature=f0e8", "Signature=F0E8", "AuthorizationHeaderMalformed")]
    [InlineData("Signature=", "Signature=,Signature=", "AuthorizationHeaderMalformed")]
    [InlineData("AWS4-HMAC-SHA256", "AWS4-HMAC-SHA1", "AuthorizationHeaderMalformed")]
    public void A_changed_authorization_is_found(string from, string to, string code)
    {
        var request = Get();
        var header = request.Headers.Authorization.ToString();
        Assert.Contains(from, header, StringComparison.Ordinal);
        request.Headers.Authorization = header.Replace(from, to, StringComparison.Ordinal);
        Refused(request, code);
    }

    [Theory]
    [InlineData("PUT", "/test.txt")]
    [InlineData("HEAD", "/test.txt")]
    [InlineData("GET", "/Test.txt")]
    [InlineData("GET", "/test.txt/")]
    [InlineData("GET", "//test.txt")]
    [InlineData("GET", "/a/../test.txt")]
    [InlineData("GET", "/test.txt?acl")]
    [InlineData("GET", "/test.txt?versionId=1")]
    public void Another_method_path_or_query_is_found(string method, string target)
    {
        var headers = Get().Headers.ToDictionary(header => header.Key, header => header.Value.ToString());
        Refused(Request(method, target, headers), "SignatureDoesNotMatch");
    }

    [Theory]
    [InlineData("X-Amz-Expires=86400", "X-Amz-Expires=86401", "SignatureDoesNotMatch")]
    [InlineData("X-Amz-Expires=86400", "X-Amz-Expires=604801", "AuthorizationQueryParametersError")]
    [InlineData("X-Amz-Expires=86400", "X-Amz-Expires=0", "AuthorizationQueryParametersError")]
    [InlineData("X-Amz-Expires=86400", "X-Amz-Expires=-1", "AuthorizationQueryParametersError")]
    [InlineData("&X-Amz-Expires=86400", "", "AuthorizationQueryParametersError")]
    [InlineData("20130524T000000Z", "20130524T000100Z", "SignatureDoesNotMatch")]
    [InlineData("SignedHeaders=host", "SignedHeaders=date", "AccessDenied")]
    [InlineData("aeeed", "aeeee", "SignatureDoesNotMatch")]
    [InlineData("/test.txt", "/test.txu", "SignatureDoesNotMatch")]
    [InlineData("7EXAMPLE%2F", "7EXAMPLF%2F", "InvalidAccessKeyId")]
    [InlineData("&X-Amz-Signature", "&response-content-type=text%2Fhtml&X-Amz-Signature", "SignatureDoesNotMatch")]
    [InlineData("&X-Amz-Signature", "&X-Amz-Security-Token=t&X-Amz-Signature", "SignatureDoesNotMatch")]
    public void A_changed_presigned_url_is_found(string from, string to, string code)
    {
        Assert.Contains(from, Presigned, StringComparison.Ordinal);
        Refused(Request("GET", Presigned.Replace(from, to, StringComparison.Ordinal), []), code);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(86_400, true)]
    [InlineData(86_401, false)]
    [InlineData(-901, false)]
    public void A_presigned_url_lives_as_long_as_it_says(int secondsLater, bool lives)
    {
        var request = Request("GET", Presigned, []);
        if (lives) Assert.Equal("us-east-1", Identify(request, secondsLater).Region);
        else Refused(request, "AccessDenied", secondsLater);
    }

    [Theory]
    [InlineData(900, true)]
    [InlineData(901, false)]
    [InlineData(-900, true)]
    [InlineData(-901, false)]
    public void A_signature_holds_for_a_quarter_of_an_hour(int secondsLater, bool holds)
    {
        if (holds) Assert.Equal(EmptyHash, Identify(Get(), secondsLater).Payload);
        else Refused(Get(), "RequestTimeTooSkewed", secondsLater);
    }

    [Fact]
    public void Both_ways_to_sign_at_once_are_refused()
    {
        var request = Request("GET", Presigned, new() { ["Authorization"] = Get().Headers.Authorization.ToString() });
        Refused(request, "InvalidArgument");
    }

    [Fact]
    public void Without_keys_anybody_may_come_but_not_with_nonsense()
    {
        var open = new S3Signature(new ServerOptions { Region = "eu-west-3" }, TimeProvider.System);
        Assert.Equal(new S3Caller("eu-west-3", S3Caller.Unsigned, null), open.Identify(Request("GET", "/a/b", [])));
        Assert.Equal("us-east-1", open.Identify(Get()).Region);
        Assert.Throws<S3Refusal>(() => open.Identify(Request("PUT", "/a/b", new() { ["x-amz-content-sha256"] = "nonsense" })));
    }

    private static HttpRequest Get() => Request("GET", "/test.txt", new()
    {
        ["Range"] = "bytes=0-9",
        ["x-amz-content-sha256"] = EmptyHash,
        ["x-amz-date"] = "20130524T000000Z",
        ["Authorization"] = $"AWS4-HMAC-SHA256 {Credential},SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
    });

    private static HttpRequest Request(string method, string target, Dictionary<string, string> headers)
    {
        var http = new DefaultHttpContext();
        var query = target.IndexOf('?', StringComparison.Ordinal);
        http.Features.Get<IHttpRequestFeature>()!.RawTarget = target;
        http.Request.Method = method;
        http.Request.Path = query < 0 ? target : target[..query];
        http.Request.QueryString = new QueryString(query < 0 ? "" : target[query..]);
        http.Request.Headers.Host = "examplebucket.s3.amazonaws.com";
        foreach (var (name, value) in headers)
        {
            http.Request.Headers[name] = value;
        }

        return http.Request;
    }

    private static S3Caller Identify(HttpRequest request, int secondsLater = 0)
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2013, 5, 24, 0, 0, 0, TimeSpan.Zero)) { AutoAdvanceAmount = TimeSpan.Zero };
        time.AdjustTime(time.GetUtcNow().AddSeconds(secondsLater));
        return new S3Signature(new ServerOptions { AccessKeys = new Dictionary<string, AccessKey> { [KeyId] = new(Secret, "examples", AccessScope.Admin) } }, time).Identify(request);
    }

    private static void Refused(HttpRequest request, string code, int secondsLater = 0) =>
        Assert.Equal(code, Assert.Throws<S3Refusal>(() => Identify(request, secondsLater)).Code.ToString());
}
