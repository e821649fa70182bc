using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Rekindle.Server.Tests.ForeignStorage;

/// <summary>Stands before an S3 endpoint: counts what is asked, and can keep it from being answered.</summary>
internal sealed class EndpointDoor : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false });
    private readonly Uri _behind;

    private EndpointDoor(Uri behind)
    {
        _behind = behind;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Listen(System.Net.IPAddress.Loopback, 0);
        });
        _application = builder.Build();
        _application.Run(PassAsync);
    }

    public Uri Url { get; private set; } = null!;

    /// <summary>Whether whoever comes is sent away without an answer.</summary>
    public bool IsShut { get; set; }

    /// <summary>Where it leads those who come, if anywhere.</summary>
    public Uri? RedirectsTo { get; set; }

    /// <summary>Awaited before a request is passed on.</summary>
    public Func<string, Task> Before { get; set; } = _ => Task.CompletedTask;

    /// <summary>What was asked: method, path and query.</summary>
    public ConcurrentQueue<string> Asked { get; } = new();

    public static async Task<EndpointDoor> OpenAsync(Uri behind)
    {
        var door = new EndpointDoor(behind);
        await door._application.StartAsync(TestContext.Current.CancellationToken);
        door.Url = new Uri(door._application.Urls.First());
        return door;
    }

    /// <summary>How often objects below a prefix of the bucket were read.</summary>
    public int Reads(string path) => Asked.Count(request => request.StartsWith($"GET {path}", StringComparison.Ordinal) && !request.Contains("list-type", StringComparison.Ordinal));

    public async ValueTask DisposeAsync()
    {
        await _application.StopAsync();
        await _application.DisposeAsync();
        _http.Dispose();
    }

    private async Task PassAsync(HttpContext http)
    {
        var target = $"{http.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestFeature>()!.RawTarget}";
        Asked.Enqueue($"{http.Request.Method} {target}");
        if (IsShut)
        {
            http.Abort();
            return;
        }

        if (RedirectsTo is { } other)
        {
            http.Response.StatusCode = StatusCodes.Status307TemporaryRedirect;
            http.Response.Headers.Location = new Uri(other, target).AbsoluteUri;
            return;
        }

        await Before(target);
        using var message = new HttpRequestMessage(new HttpMethod(http.Request.Method), new Uri(_behind.GetLeftPart(UriPartial.Authority) + target));
        if (http.Request.ContentLength > 0)
        {
            message.Content = new StreamContent(http.Request.Body);
            message.Content.Headers.ContentLength = http.Request.ContentLength;
        }

        foreach (var (name, values) in http.Request.Headers.Where(header => header.Key is not ("Content-Length" or "Expect")))
        {
            // The host is signed as well: it stays what the client wrote.
            if (!message.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values)) message.Content?.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
        }

        using var answer = await _http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, http.RequestAborted);
        http.Response.StatusCode = (int)answer.StatusCode;
        foreach (var (name, values) in answer.Headers.Concat(answer.Content.Headers))
        {
            if (name != "Transfer-Encoding") http.Response.Headers[name] = values.ToArray();
        }

        if (http.Request.Method != "HEAD") await answer.Content.CopyToAsync(http.Response.Body, http.RequestAborted);
    }
}
