using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Time.Testing;
using Rekindle.Api;
using Rekindle.Api.Client;
using Rekindle.Server.Protocol;

namespace Rekindle.Server.Tests.Protocol;

/// <summary>Who sent a request of AWS JSON, and how long its signature holds.</summary>
public sealed class RequestIdentityTests
{
    private static readonly DateTimeOffset Signed = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly AccessKey Key = new("a secret of some length", "ci", AccessScope.Run);

    [Theory]
    [InlineData(0, true)]
    [InlineData(900, true)]
    [InlineData(901, false)]
    [InlineData(-900, true)]
    [InlineData(-901, false)]
    public void A_signature_holds_for_a_quarter_of_an_hour_before_and_after(int secondsLater, bool holds)
    {
        if (holds) Assert.Equal(Key, Identify(Request(), secondsLater).Key);
        else Assert.Equal(ErrorCode.RequestExpired, Assert.Throws<ApiException>(() => Identify(Request(), secondsLater)).Code);
    }

    /// <summary>The headers that botocore signs, the SDK for JavaScript, and both of them with a session token.</summary>
    [Theory]
    [InlineData("content-type;host;x-amz-date;x-amz-target", "")]
    [InlineData("content-type;host;x-amz-date;x-amz-security-token;x-amz-target", "token")]
    [InlineData("amz-sdk-invocation-id;amz-sdk-request;content-length;content-type;host;x-amz-content-sha256;x-amz-date;x-amz-target;x-amz-user-agent", "")]
    [InlineData("amz-sdk-invocation-id;amz-sdk-request;content-length;content-type;host;x-amz-content-sha256;x-amz-date;x-amz-security-token;x-amz-target;x-amz-user-agent", "token")]
    public void The_headers_that_clients_sign_are_taken_from_their_list(string signedHeaders, string token) =>
        Assert.Equal(("eu-west-3", Key), (Identify(Request(signedHeaders, token)).Region, Identify(Request(signedHeaders, token)).Key));

    [Fact]
    public void A_session_token_that_is_not_signed_or_another_one_is_refused()
    {
        const string WithToken = "content-type;host;x-amz-date;x-amz-security-token;x-amz-target";
        var unsigned = Request();
        unsigned.Headers["X-Amz-Security-Token"] = "token";
        Assert.Equal(ErrorCode.InvalidSignatureException, Assert.Throws<ApiException>(() => Identify(unsigned)).Code);
        var changed = Request(WithToken, "token");
        changed.Headers["X-Amz-Security-Token"] = "other";
        Assert.Equal(ErrorCode.InvalidSignatureException, Assert.Throws<ApiException>(() => Identify(changed)).Code);
        var removed = Request(WithToken, "token");
        removed.Headers.Remove("X-Amz-Security-Token");
        Assert.Equal(ErrorCode.InvalidSignatureException, Assert.Throws<ApiException>(() => Identify(removed)).Code);
    }

    private static HttpRequest Request(string signedHeaders = "content-type;host;x-amz-date;x-amz-target", string token = "")
    {
        var http = new DefaultHttpContext();
        http.Features.Get<IHttpRequestFeature>()!.RawTarget = "/";
        http.Request.Method = "POST";
        http.Request.Path = "/";
        http.Request.Headers.Host = "127.0.0.1:8970";
        var names = signedHeaders.Split(';');
        foreach (var name in names.Where(name => name != "host"))
        {
            http.Request.Headers[name] = name switch
            {
                "x-amz-date" => SigV4.AmzDate(Signed),
                "x-amz-target" => "SageMaker.ListTags",
                "x-amz-security-token" => token,
                "x-amz-content-sha256" => SigV4.HashOf("{}"u8),
                "content-length" => "2",
                _ => "a  value",
            };
        }

        var scope = new SigV4Scope("20260301", "eu-west-3", SigV4.Service);
        var headers = http.Request.Headers.Select(header => KeyValuePair.Create(header.Key, header.Value.ToString()));
        var canonical = SigV4.CanonicalRequest("POST", "/", "", headers, names, SigV4.HashOf("{}"u8));
        var signature = SigV4.Signature(SigV4.SigningKey(Key.Secret, scope), SigV4.StringToSign(SigV4.AmzDate(Signed), scope, canonical));
        http.Request.Headers.Authorization = new SigV4Authorization("AKID", scope, names, signature).ToString();
        return http.Request;
    }

    private static Rekindle.Server.Operations.RequestContext Identify(HttpRequest request, int secondsLater = 0) =>
        new RequestIdentity(
            new ServerOptions { AccessKeys = new Dictionary<string, AccessKey> { ["AKID"] = Key } },
            new FakeTimeProvider(Signed.AddSeconds(secondsLater))).Identify(request, "{}"u8.ToArray(), [SigV4.Service]);
}
