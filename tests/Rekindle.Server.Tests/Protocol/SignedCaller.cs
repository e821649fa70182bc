using System.Text;
using Rekindle.Api.Client;

namespace Rekindle.Server.Tests.Protocol;

/// <summary>Sends requests of any service, signed with one of several keys.</summary>
internal sealed class SignedCaller(Uri server, IReadOnlyDictionary<string, AccessKey> keys)
{
    private static readonly HttpClient Http = new(new SocketsHttpHandler { UseProxy = false });

    public async Task<(int Status, string Text)> SendAsync(
        string id, string service, HttpMethod method, string target, string body, string? operation = null, string contentType = "application/x-amz-json-1.1")
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        using var request = new HttpRequestMessage(method, new Uri(server, target)) { Content = new ByteArrayContent(bytes) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        var date = SigV4.AmzDate(TimeProvider.System.GetUtcNow());
        Dictionary<string, string> headers = new() { ["host"] = server.Authority, ["x-amz-date"] = date };
        if (operation is not null) headers["x-amz-target"] = operation;
        if (service == "s3") headers["x-amz-content-sha256"] = SigV4.HashOf(bytes);
        var scope = new SigV4Scope(date[..8], "us-east-1", service);
        var query = target.IndexOf('?', StringComparison.Ordinal);
        var canonical = SigV4.CanonicalRequest(
            method.Method, query < 0 ? target : target[..query], query < 0 ? "" : target[query..], headers, headers.Keys, SigV4.HashOf(bytes),
            service == "s3" ? SigV4PathForm.ObjectKey : SigV4PathForm.Normalized);
        var signature = SigV4.Signature(SigV4.SigningKey(keys[id].Secret, scope), SigV4.StringToSign(date, scope, canonical));
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        request.Headers.TryAddWithoutValidation("Authorization", new SigV4Authorization(id, scope, [.. headers.Keys.Order(StringComparer.Ordinal)], signature).ToString());
        using var answer = await Http.SendAsync(request, TestContext.Current.CancellationToken);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
