using System.Text;
using Rekindle.Api.Client;

namespace Rekindle.Api.Tests.Client;

public sealed class SigV4Tests
{
    [Theory]
    [InlineData("?uploads", "uploads=")]
    [InlineData("uploads", "uploads=")]
    [InlineData("??uploads", "%3Fuploads=")]
    [InlineData("a+b=c+d", "a%20b=c%20d")]
    [InlineData("a%2Bb=c%2bd", "a%2Bb=c%2Bd")]
    public void A_query_is_signed_as_it_is_read(string query, string canonical) =>
        Assert.Equal(canonical, SigV4.CanonicalRequest("GET", "/", query, [], [], "").Split('\n')[2]);

    private const string Secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

    private const string EmptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    /// <summary>Signatures of AWS's published test suite (2015-08-30, us-east-1, "service").</summary>
    [Theory]
    [InlineData("GET", "/", "", "", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31")]
    [InlineData("GET", "/example/..", "", "", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31")]
    [InlineData("GET", "/example1/example2/../..", "", "", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31")]
    [InlineData("GET", "/./", "", "", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31")]
    [InlineData("GET", "//", "", "", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31")]
    [InlineData("GET", "/./example", "", "", "ef75d96142cf21edca26f06005da7988e4f8dc83a165a80865db7089db637ec5")]
    [InlineData("GET", "/example space/", "", "", "652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741")]
    [InlineData("GET", "/ሴ", "", "", "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85")]
    [InlineData("GET", "/-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", "", "", "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f")]
    [InlineData("GET", "/", "?Param1=value1", "", "a67d582fa61cc504c4bae71f336f98b97f1ea3c7a6bfe1b6e45aec72011b9aeb")]
    [InlineData("GET", "/", "?Param2=value2&Param1=value1", "", "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500")]
    [InlineData("GET", "/", "?ሴ=bar", "", "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04")]
    [InlineData("GET", "/", "?%E1%88%B4=bar", "", "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04")]
    [InlineData("GET", "/", "", "My-Header1:value2|My-Header1:value2|My-Header1:value1", "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea")]
    [InlineData("GET", "/", "", "My-Header1:value4|My-Header1:value1|My-Header1:value3|My-Header1:value2", "08c7e5a9acfcfeb3ab6b2185e75ce8b1deb5e634ec47601a50643f830c755c01")]
    [InlineData("GET", "/", "", "My-Header1: value1|My-Header2: \"a   b   c\"", "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736")]
    [InlineData("POST", "/", "", "", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b")]
    [InlineData("POST", "/", "", "My-Header1:value1", "c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c")]
    [InlineData("POST", "/", "?Param1=value1", "", "28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11")]
    public void Signs_as_the_published_vectors_do(string method, string path, string query, string headers, string signature)
    {
        var all = headers.Split('|', StringSplitOptions.RemoveEmptyEntries)
            .Select(header => header.Split(':', 2))
            .Select(header => KeyValuePair.Create(header[0], header[1]))
            .Append(KeyValuePair.Create("Host", "example.amazonaws.com"))
            .Append(KeyValuePair.Create("X-Amz-Date", "20150830T123600Z"))
            .ToList();
        var canonical = SigV4.CanonicalRequest(method, path, query, all, all.Select(header => header.Key).Distinct(), EmptyHash);
        SigV4Scope scope = new("20150830", "us-east-1", "service");
        Assert.Equal(signature, SigV4.Signature(SigV4.SigningKey(Secret, scope), SigV4.StringToSign("20150830T123600Z", scope, canonical)));
    }

    [Theory]
    [InlineData("/a//b/../c/.", "/a//b/../c/.")]
    [InlineData("/test$file.text", "/test%24file.text")]
    [InlineData("/a%20b%2fc", "/a%20b%2Fc")]
    [InlineData("/a+b~(c)", "/a%2Bb~%28c%29")]
    public void A_path_that_is_a_key_is_encoded_once_and_kept(string path, string canonical) => Assert.Equal(
        canonical, SigV4.CanonicalRequest("GET", path, "", [], [], EmptyHash, SigV4PathForm.ObjectKey).Split('\n')[1]);

    /// <summary>Recorded from botocore 1.43.11.</summary>
    [Theory]
    [InlineData("http://127.0.0.1:8970/", null, "637556321f4a5d75df2a99edd075a2d9ce241ada931e92042086ba2428a6537f")]
    [InlineData("https://api.sagemaker.eu-west-1.amazonaws.com/", null, "30acf05ec3228bbe0cb9af0e5cb8ee98a198ff4333d7994887bfa634086856b8")]
    [InlineData("http://127.0.0.1:8970/", "the/session+token==", "24435e1b254994f45289ec7ce8f37a9fb781905c03b46ef1c56f8a216dfe9c52")]
    [InlineData("https://api.sagemaker.eu-west-1.amazonaws.com/", "the/session+token==", "df3d2d00e9b34e2fbc95358f06b42318c6f13262e8e7c345aca1f11fb5bcccef")]
    public void Signs_as_botocore_does(string address, string? token, string signature)
    {
        var body = Encoding.UTF8.GetBytes("{\"ResourceArn\":\"arn:aws:sagemaker:eu-west-1:000000000000:training-job/a\"}");
        using HttpRequestMessage request = new(HttpMethod.Post, address) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new(ApiJson.ContentType);
        request.Headers.Add("X-Amz-Target", "SageMaker.ListTags");
        request.Headers.Add("User-Agent", "not-signed/1.0");
        SigV4.Sign(request, body, new("AKIDEXAMPLE", Secret, token), "eu-west-1", new DateTimeOffset(2026, 11, 24, 5, 5, 6, TimeSpan.FromHours(1)));
        Assert.Equal(
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261124/eu-west-1/sagemaker/aws4_request, SignedHeaders=content-type;host;x-amz-date;" +
            $"{(token is null ? "" : "x-amz-security-token;")}x-amz-target, Signature={signature}",
            Assert.Single(request.Headers.GetValues("Authorization")));
        Assert.Equal("20261124T040506Z", Assert.Single(request.Headers.GetValues("X-Amz-Date")));
    }

    [Fact]
    public void Reads_an_authorization_it_wrote()
    {
        SigV4Authorization written = new("AK/ID", new("20150830", "us-east-1", "sagemaker"), ["host", "x-amz-date"], new string('a', 64));
        Assert.True(SigV4Authorization.TryParse(written.ToString(), out var read));
        Assert.Equal(written.ToString(), read.ToString());
        Assert.Equal("AK/ID", read.AccessKeyId);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Basic abc")]
    [InlineData("AWS4-HMAC-SHA256 ")]
    [InlineData("AWS4-HMAC-SHA256 Credential=a/20150830/r/s/aws4_request, SignedHeaders=host")]
    [InlineData("AWS4-HMAC-SHA256 Credential=a/20150830/r/s/aws4_request, SignedHeaders=host, Signature=zz")]
    [InlineData("AWS4-HMAC-SHA256 Credential=a/2015083/r/s/aws4_request, SignedHeaders=host, Signature=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("AWS4-HMAC-SHA256 Credential=a/20150830/r/s/aws5, SignedHeaders=host, Signature=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("AWS4-HMAC-SHA256 Credential=/20150830/r/s/aws4_request, SignedHeaders=host, Signature=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("AWS4-HMAC-SHA256 Credential=a/20150830/r/s/aws4_request, SignedHeaders=, Signature=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("AWS4-HMAC-SHA256 Credential=a/20150830/r/s/aws4_request, Credential=b/20150830/r/s/aws4_request, SignedHeaders=host, Signature=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    public void Refuses_a_malformed_authorization(string? header) => Assert.False(SigV4Authorization.TryParse(header, out _));

    [Fact]
    public void Tells_signatures_apart()
    {
        Assert.True(SigV4.SameSignature("abc", "abc"));
        Assert.False(SigV4.SameSignature("abc", "abd"));
        Assert.False(SigV4.SameSignature("abc", "ab"));
    }

    [Theory]
    [InlineData("20261124T040506Z", true)]
    [InlineData("2026-11-24T04:05:06Z", false)]
    [InlineData("20261324T040506Z", false)]
    [InlineData(null, false)]
    public void Reads_moments_of_signing(string? text, bool good)
    {
        Assert.Equal(good, SigV4.TryReadAmzDate(text, out var moment));
        if (good)
            Assert.Equal(text, SigV4.AmzDate(moment));
    }

    [Fact]
    public void Never_shows_the_secret() =>
        Assert.Equal("Credentials { AccessKeyId = AKID }", new Credentials("AKID", Secret, "token").ToString());
}
