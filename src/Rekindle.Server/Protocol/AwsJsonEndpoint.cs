using System.Buffers;
using System.Collections.Frozen;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Rekindle.Api;
using Rekindle.Server.Operations;
using Rekindle.Server.Protocol.Query;

namespace Rekindle.Server.Protocol;

/// <summary>
/// The AWS JSON 1.1 door: finds the operation by X-Amz-Target, hands it the body, and says every outcome as AWS does. Nothing that
/// happens behind it reaches the client as anything but an answer or an error of the API.
/// </summary>
internal sealed partial class AwsJsonEndpoint(IEnumerable<IOperation> operations, AnswerCache answers, RequestIdentity identity, RequestRates rates, ILogger<AwsJsonEndpoint> log)
{
    /// <summary>The largest request body; what clients send is far smaller.</summary>
    public const int MaxRequestBytes = 16 << 20;

    private static readonly string[] Services = ["sagemaker", "logs", "monitoring"];

    private const string JsonContentType = "application/x-amz-json-1.1";
    private const string OlderJsonContentType = "application/x-amz-json-1.0";
    private const int FirstBufferBytes = 64 << 10;

    private readonly FrozenDictionary<string, IOperation> _operations =
        operations.ToFrozenDictionary(operation => operation.Target, StringComparer.Ordinal);

    public async Task HandleAsync(HttpContext http)
    {
        var requestId = Guid.NewGuid().ToString();
        http.Response.Headers["x-amzn-RequestId"] = requestId;
        var target = http.Request.Headers["X-Amz-Target"].ToString();
        try
        {
            var body = await ReadBodyAsync(http.Request, http.RequestAborted);
            var context = identity.Identify(http.Request, body, Services);
            if (!rates.Admits(context.Key)) throw new ApiException(ErrorCode.ThrottlingException, "Rate exceeded");
            if (!_operations.TryGetValue(target, out var operation))
            {
                throw new ApiException(ErrorCode.UnknownOperationException, UnknownTarget(http.Request, target));
            }

            context.Demand(operation.Needs, ActionOf(target));
            await AnswerAsync(http, StatusCodes.Status200OK, await answers.InvokeAsync(operation, body, context, http.RequestAborted));
        }
        catch (ApiException refusal)
        {
            if (refusal.InnerException is { } fault) Failed(log, fault, target, requestId);
            else Refused(log, target, refusal.Code);
            await AnswerErrorAsync(http, refusal);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The client has gone; nobody reads an answer.
        }
        catch (Exception problem) when (problem is not OutOfMemoryException)
        {
            Failed(log, problem, target, requestId);
            await AnswerErrorAsync(http, new ApiException(
                ErrorCode.InternalFailure, $"The server failed to carry out the request; its log says more under request id {requestId}."));
        }
    }

    /// <summary>A target as policies and refusals name it: <c>SageMaker.ListTags</c> is <c>sagemaker:ListTags</c>.</summary>
    private static string ActionOf(string target)
    {
        var dot = target.IndexOf('.', StringComparison.Ordinal);
        var service = target.StartsWith(MetricNames.TargetPrefix, StringComparison.Ordinal) ? "cloudwatch" : target[..dot].Split('_')[0].ToLowerInvariant();
        return $"{service}:{target[(dot + 1)..]}";
    }

    private static string UnknownTarget(HttpRequest request, string target) =>
        target.Length > 0 ? $"The operation {target} is not known to this server."
        : request.Headers.ContainsKey("smithy-protocol") ? "This server speaks AWS JSON 1.1 only, not RPC v2 CBOR."
        : "The X-Amz-Target header is missing.";

    private static async Task<ReadOnlyMemory<byte>> ReadBodyAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        // The header is the client's word, read before anybody looked at its signature: no memory is taken for it.
        if (request.ContentLength > MaxRequestBytes) throw TooLarge();
        try
        {
            using var buffer = new MemoryStream((int)Math.Min(request.ContentLength ?? 0, FirstBufferBytes));
            await request.Body.CopyToAsync(buffer, cancellationToken);
            return buffer.GetBuffer().AsMemory(0, (int)buffer.Length);
        }
        catch (BadHttpRequestException tooLarge) when (tooLarge.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            throw TooLarge();
        }
        catch (BadHttpRequestException)
        {
            throw new ApiException(ErrorCode.SerializationException, "The request body could not be read.");
        }
    }

    private static ApiException TooLarge() => new(ErrorCode.ValidationException, string.Create(CultureInfo.InvariantCulture, $"The request body is larger than this server accepts: at most {MaxRequestBytes} bytes."));

    private static Task AnswerErrorAsync(HttpContext http, ApiException refusal)
    {
        if (http.Response.HasStarted)
        {
            return Task.CompletedTask;
        }

        http.Response.Headers["x-amzn-ErrorType"] = refusal.Code.ToString();
        if (http.Request.Headers.ContainsKey("x-amzn-query-mode"))
        {
            // Clients of a service that once spoke the query protocol only go on to tell errors by its names.
            http.Response.Headers["x-amzn-query-error"] = $"{QueryErrors.NameOf(refusal.Code)};{(refusal.HttpStatus < 500 ? "Sender" : "Receiver")}";
        }

        var body = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(body, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("__type", refusal.Code.ToString());
            // Clients differ in which spelling they read.
            json.WriteString("message", refusal.Message);
            json.WriteString("Message", refusal.Message);
            json.WriteEndObject();
        }

        return AnswerAsync(http, refusal.HttpStatus, body.WrittenMemory);
    }

    private static async Task AnswerAsync(HttpContext http, int status, ReadOnlyMemory<byte> body)
    {
        http.Response.StatusCode = status;
        // CloudWatch's clients speak 1.0, which differs in nothing but this.
        http.Response.ContentType =
            http.Request.ContentType?.StartsWith(OlderJsonContentType, StringComparison.OrdinalIgnoreCase) is true ? OlderJsonContentType : JsonContentType;
        http.Response.ContentLength = body.Length;
        await http.Response.Body.WriteAsync(body, http.RequestAborted);
    }

    // Without its sentence, which may repeat a value of the request: some are secrets.
    [LoggerMessage(Level = LogLevel.Debug, Message = "{Target} refused: {Code}")]
    private static partial void Refused(ILogger logger, string target, ErrorCode code);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Target} failed (request id {RequestId})")]
    private static partial void Failed(ILogger logger, Exception problem, string target, string requestId);
}
