using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Rekindle.Server.Protocol;

namespace Rekindle.Server.Tests.Protocol;

/// <summary>Which service a request is for.</summary>
public sealed class DoorsTests
{
    private const string ForS3 = "AWS4-HMAC-SHA256 Credential=k/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0000000000000000000000000000000000000000000000000000000000000000";

    [Theory]
    [InlineData("GET", "/", "", "Own")]
    [InlineData("HEAD", "/", "", "Own")]
    [InlineData("GET", "/?tab=jobs", "", "Own")]
    [InlineData("GET", "/", "Authorization", "ObjectStorage")]
    [InlineData("GET", "/?x-id=ListBuckets", "", "ObjectStorage")]
    [InlineData("GET", "/", "x-amz-content-sha256", "ObjectStorage")]
    [InlineData("GET", "/healthz", "", "Own")]
    [InlineData("GET", "/metrics", "", "Own")]
    [InlineData("GET", "/healthz/x", "", "ObjectStorage")]
    [InlineData("GET", "/bucket/healthz", "", "ObjectStorage")]
    [InlineData("GET", "/bucket/../healthz", "", "ObjectStorage")]
    [InlineData("GET", "/bucket", "", "ObjectStorage")]
    [InlineData("PUT", "/bucket/key", "", "ObjectStorage")]
    [InlineData("DELETE", "/bucket/key", "", "ObjectStorage")]
    [InlineData("DELETE", "/", "", "Json")]
    [InlineData("POST", "/", "", "Json")]
    [InlineData("POST", "/", "X-Amz-Target", "Json")]
    [InlineData("POST", "/bucket/key?uploads", "X-Amz-Target", "Json")]
    [InlineData("POST", "/bucket/key?uploads", "", "ObjectStorage")]
    [InlineData("POST", "/bucket/key?uploadId=1", "", "ObjectStorage")]
    [InlineData("POST", "/bucket?delete", "", "ObjectStorage")]
    [InlineData("POST", "/anything", "", "Json")]
    [InlineData("POST", "/", "Form", "Query")]
    [InlineData("POST", "/bucket", "Form", "Json")]
    [InlineData("GET", "/", "bucket.localhost", "ObjectStorage")]
    [InlineData("GET", "/healthz", "bucket.localhost", "ObjectStorage")]
    [InlineData("GET", "/", "bucket.s3.localhost", "ObjectStorage")]
    [InlineData("GET", "/", "s3.localhost", "Own")]
    public void A_request_goes_through_the_door_of_its_service(string method, string target, string sign, string door)
    {
        var http = new DefaultHttpContext();
        var query = target.IndexOf('?', StringComparison.Ordinal);
        http.Features.Get<IHttpRequestFeature>()!.RawTarget = target;
        http.Request.Method = method;
        http.Request.QueryString = new QueryString(query < 0 ? "" : target[query..]);
        http.Request.Host = new HostString(sign.EndsWith("localhost", StringComparison.Ordinal) ? sign + ":8970" : "127.0.0.1:8970");
        if (sign == "Authorization") http.Request.Headers.Authorization = ForS3;
        if (sign == "x-amz-content-sha256") http.Request.Headers[sign] = "UNSIGNED-PAYLOAD";
        if (sign == "X-Amz-Target") http.Request.Headers[sign] = "SageMaker.ListTags";
        if (sign == "Form") http.Request.ContentType = "application/x-www-form-urlencoded; charset=utf-8";

        Assert.Equal(door, Doors.For(http.Request).ToString());
    }
}
