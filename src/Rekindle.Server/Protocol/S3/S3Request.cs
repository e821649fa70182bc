using System.Globalization;
using Microsoft.AspNetCore.Http;
using Rekindle.Server.ObjectStorage;

namespace Rekindle.Server.Protocol.S3;

/// <summary>A request of S3 whose sender is known.</summary>
internal sealed class S3Request(HttpContext http, S3Address address, S3Caller caller)
{
    public HttpContext Http { get; } = http;

    public S3Caller Caller { get; } = caller;

    public CancellationToken Aborted => Http.RequestAborted;

    public string Method => Http.Request.Method;

    public bool IsHead => HttpMethods.IsHead(Method);

    /// <summary>Only where the address has one.</summary>
    public string Bucket => address.Bucket!;

    /// <summary>Only where the address has one.</summary>
    public ObjectKey Key => ObjectKey.Parse(address.Key!);

    public string KeyText => address.Key!;

    /// <summary>A parameter of the query; null when it isn't there.</summary>
    public string? Query(string name) => Http.Request.Query.TryGetValue(name, out var value) ? value.ToString() : null;

    public bool Has(string name) => Http.Request.Query.ContainsKey(name);

    /// <summary>Whether a signature is in the query; it covers what would be x-amz headers and stands there too.</summary>
    public bool IsPresigned => Has("X-Amz-Signature") || SigV2Query.IsOne(Http.Request.Query);

    /// <summary>Whether it bears a signature at all, right or, without keys, any.</summary>
    public bool IsSigned => IsPresigned || Http.Request.Headers.Authorization.Count > 0;

    /// <summary>A header, in a presigned URL also one that was turned into a parameter; null when it isn't there.</summary>
    public string? Header(string name)
    {
        if (Http.Request.Headers.TryGetValue(name, out var value) && value.ToString() is { Length: > 0 } text) return text;
        return name.StartsWith("x-amz-", StringComparison.OrdinalIgnoreCase) && IsPresigned && Query(name) is { Length: > 0 } parameter ? parameter : null;
    }

    /// <exception cref="S3Refusal">It is no number of the range.</exception>
    public int Number(string name, int otherwise, int least, int most)
    {
        if (Query(name) is not { Length: > 0 } text) return otherwise;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least
            ? Math.Min(number, most)
            : throw new S3Refusal(S3Code.InvalidArgument, $"Provided {name} not an integer or within integer range");
    }

    /// <summary>Answers with a document.</summary>
    public Task AnswerAsync(byte[] xml) => S3Answer.XmlAsync(Http, StatusCodes.Status200OK, xml);

    /// <summary>Answers with headers alone.</summary>
    public void Answer(int status) => Http.Response.StatusCode = status;
}

/// <summary>Writes answers.</summary>
internal static class S3Answer
{
    public static async Task XmlAsync(HttpContext http, int status, byte[] xml)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/xml";
        http.Response.ContentLength = xml.Length;
        await http.Response.Body.WriteAsync(xml, http.RequestAborted);
    }

    public static async Task ErrorAsync(HttpContext http, S3Refusal refusal, string requestId)
    {
        if (http.Response.HasStarted)
        {
            // Half an object must not look like a whole one.
            http.Abort();
            return;
        }

        var status = refusal.HttpStatus;
        http.Response.Headers.Remove("ETag");
        if (http.Request.Headers.Expect.Count > 0)
        {
            // The client waited to be asked for its body; nobody knows whether it sends it now, and the next request must not be taken for it.
            http.Response.Headers.Connection = "close";
        }

        if (HttpMethods.IsHead(http.Request.Method) || status == StatusCodes.Status304NotModified)
        {
            http.Response.StatusCode = status;
            return;
        }

        await XmlAsync(http, status, S3Xml.Write("Error", null, xml =>
        {
            xml.Add("Code", refusal.Code.ToString());
            xml.Add("Message", refusal.Message);
            xml.Add("Resource", RawTarget.PathOf(http.Request));
            xml.Add("RequestId", requestId);
        }));
    }
}
