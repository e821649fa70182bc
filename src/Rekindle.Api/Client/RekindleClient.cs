using System.Net.Http.Headers;

namespace Rekindle.Api.Client;

/// <summary>
/// Calls a server of this API. Errors of the server come as <see cref="ApiException"/> with AWS's code and sentence; failures to reach
/// it as <see cref="HttpRequestException"/>.
/// </summary>
/// <param name="http">The connection pool; its time limit applies to each call.</param>
/// <param name="endpoint">Address of the server.</param>
/// <param name="credentials">Key to sign with; null for a server that checks none.</param>
/// <param name="region">Region to sign for; the server writes it into ARNs.</param>
/// <param name="time">The clock for signatures.</param>
public sealed partial class RekindleClient(HttpClient http, Uri endpoint, Credentials? credentials, string region, TimeProvider time)
{
    /// <summary>Address of the server.</summary>
    public Uri Endpoint { get; } = endpoint;

    /// <summary>Calls an operation.</summary>
    /// <param name="target">Its name with prefix, such as <c>SageMaker.ListTags</c>.</param>
    /// <param name="request">The request; it is not checked here, the server does that.</param>
    /// <param name="cancellation">Gives up waiting; the server may have acted all the same.</param>
    /// <exception cref="ApiException">The server answered with an error.</exception>
    public async Task<TResponse> CallAsync<TRequest, TResponse>(string target, TRequest request, CancellationToken cancellation)
        where TRequest : notnull
        where TResponse : notnull
    {
        var body = ApiJson.Serialize(request);
        using HttpRequestMessage message = new(HttpMethod.Post, Endpoint) { Content = new ByteArrayContent(body) };
        message.Content.Headers.ContentType = new MediaTypeHeaderValue(ApiJson.ContentType);
        message.Headers.TryAddWithoutValidation("X-Amz-Target", target);
        SigV4.Sign(message, body, credentials ?? Credentials.Anonymous, region, time.GetUtcNow());

        using var answer = await http.SendAsync(message, cancellation).ConfigureAwait(false);
        var bytes = await answer.Content.ReadAsByteArrayAsync(cancellation).ConfigureAwait(false);
        if (!answer.IsSuccessStatusCode)
            throw ErrorAnswer.Read((int)answer.StatusCode, bytes);
        try
        {
            return ApiJson.Deserialize<TResponse>(bytes.Length == 0 ? "{}"u8 : bytes);
        }
        catch (ApiJsonException failure)
        {
            throw new ApiException(ErrorCode.InternalFailure, $"{Endpoint} gave no answer to {target}: {failure.Message}", failure);
        }
    }
}
