using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Rekindle.Server.ObjectStorage;

namespace Rekindle.Server.Protocol.S3;

/// <summary>
/// The door of S3: finds out who calls, what operation it is by method, address and query, and says every outcome as S3 does.
/// </summary>
internal sealed partial class S3Endpoint(
    S3Signature signature,
    RequestRates rates,
    ServerOptions options,
    ServiceRequests service,
    ListRequests lists,
    ReadRequests reads,
    WriteRequests writes,
    MultipartRequests parts,
    ILogger<S3Endpoint> log)
{
    /// <summary>What S3 has beside buckets and objects, and this server has not. To take it for the object itself would overwrite that.</summary>
    private static readonly string[] OtherResources =
    [
        "accelerate", "acl", "analytics", "attributes", "cors", "encryption", "intelligent-tiering", "inventory", "legal-hold", "lifecycle", "logging",
        "metadataConfiguration", "metadataInventoryTable", "metadataJournalTable", "metadataTable", "metrics", "notification", "object-lock",
        "ownershipControls", "policy", "policyStatus", "publicAccessBlock", "renameObject", "replication", "requestPayment", "restore",
        "retention", "select", "session", "tagging", "torrent", "versions", "website", "abac",
    ];

    public async Task HandleAsync(HttpContext http)
    {
        var requestId = Guid.NewGuid().ToString("N")[..16].ToUpperInvariant();
        http.Response.Headers["x-amz-request-id"] = requestId;
        if (AwaitsContinueForNothing(http)) http.Response.Headers.Connection = "close";
        try
        {
            var address = S3Address.Of(http.Request);
            var request = new S3Request(http, address, signature.Identify(http.Request));
            if (!rates.Admits(request.Caller.Key)) throw new S3Refusal(S3Code.SlowDown, "Please reduce your request rate.");
            if (request.Header("x-amz-expected-bucket-owner") is { } owner && owner != options.Account)
            {
                throw new S3Refusal(S3Code.AccessDenied, $"The bucket's owner is {options.Account}, not {owner}.");
            }

            await AnswerAsync(request, address);
        }
        catch (S3Refusal refusal)
        {
            await RefuseAsync(http, refusal, requestId);
        }
        catch (StorageRefusedException refused)
        {
            await RefuseAsync(http, S3Refusal.Of(refused), requestId);
        }
        catch (UnauthorizedAccessException)
        {
            await RefuseAsync(http, new S3Refusal(S3Code.AccessDenied, "The server may not do this in the bucket's folder."), requestId);
        }
        catch (BadHttpRequestException broken)
        {
            var refusal = broken.StatusCode == StatusCodes.Status413PayloadTooLarge
                ? S3Refusal.Of(Staging.TooLarge())
                : new S3Refusal(S3Code.IncompleteBody, "The request body could not be read to its end.");
            await RefuseAsync(http, refusal, requestId);
        }
        catch (Exception gone) when (gone is OperationCanceledException or ConnectionAbortedException && http.RequestAborted.IsCancellationRequested)
        {
            // The client has gone; nobody reads an answer.
        }
        catch (Exception problem) when (problem is not OutOfMemoryException)
        {
            Failed(log, problem, http.Request.Method, requestId);
            await RefuseAsync(http, new S3Refusal(
                S3Code.InternalError, $"We encountered an internal error; the server's log says more under request id {requestId}."), requestId);
        }
    }

    /// <summary>
    /// Whether the client waits for leave to send an empty body. The web server gives none where nothing is to be read, and botocore, which
    /// takes the answer for a refusal then, mistakes what comes next on that connection: it must not be used again.
    /// </summary>
    private static bool AwaitsContinueForNothing(HttpContext http) =>
        http.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false }
        && http.Request.Headers.Expect.ToString().Equals("100-continue", StringComparison.OrdinalIgnoreCase);

    private Task AnswerAsync(S3Request request, S3Address address)
    {
        if (request.Query("versionId") is not (null or "" or "null")) throw new S3Refusal(S3Code.NoSuchVersion, "The specified version does not exist.");
        if (OtherResources.FirstOrDefault(request.Has) is { } other)
        {
            throw new S3Refusal(S3Code.MethodNotAllowed, $"This server keeps buckets and objects; it has no '{other}'.");
        }

        return address switch
        {
            { Bucket: null } => OfService(request),
            { Key: null } => OfBucket(request),
            _ => OfObject(request),
        };
    }

    // Each arm says what it is called in AWS's policies, and what a key must be good for.
    private Task OfService(S3Request request) => request.Method switch
    {
        "GET" => Read("ListAllMyBuckets", service.ListBucketsAsync, request),
        _ => throw NotAllowed(),
    };

    private Task OfBucket(S3Request request) => request.Method switch
    {
        "GET" when request.Has("location") => Read("GetBucketLocation", service.LocationAsync, request),
        "GET" when request.Has("versioning") => Read("GetBucketVersioning", service.VersioningAsync, request),
        "GET" when request.Has("uploads") => Read("ListBucketMultipartUploads", parts.ListAsync, request),
        "GET" when request.Query("list-type") == "2" => Read("ListBucket", lists.SecondAsync, request),
        "GET" => Read("ListBucket", lists.FirstAsync, request),
        "PUT" when !request.Has("versioning") => Run("CreateBucket", service.CreateAsync, request),
        "POST" when request.Has("delete") => Run("DeleteObject", writes.DeleteManyAsync, request),
        "HEAD" => Read("ListBucket", HeadAsync, request),
        "DELETE" => Allowed(AccessScope.Admin, "DeleteBucket", service.DeleteAsync, request),
        _ => throw NotAllowed(),
    };

    private Task OfObject(S3Request request) => request.Method switch
    {
        "GET" when request.Has("uploadId") => Read("ListMultipartUploadParts", parts.ListPartsAsync, request),
        "GET" or "HEAD" => Read("GetObject", reads.GetAsync, request),
        "PUT" when request.Has("uploadId") || request.Has("partNumber") =>
            Run("PutObject", request.Header(CopySource.Header) is null ? parts.PutPartAsync : parts.CopyPartAsync, request),
        "PUT" => Run("PutObject", request.Header(CopySource.Header) is null ? writes.PutAsync : writes.CopyAsync, request),
        "POST" when request.Has("uploads") => Run("PutObject", parts.CreateAsync, request),
        "POST" when request.Has("uploadId") => Run("PutObject", parts.CompleteAsync, request),
        "DELETE" when request.Has("uploadId") => Run("AbortMultipartUpload", parts.AbortAsync, request),
        "DELETE" => Run("DeleteObject", writes.DeleteAsync, request),
        _ => throw NotAllowed(),
    };

    private Task Read(string action, Func<S3Request, Task> operation, S3Request request) => Allowed(AccessScope.Read, action, operation, request);

    private Task Run(string action, Func<S3Request, Task> operation, S3Request request) => Allowed(AccessScope.Run, action, operation, request);

    private Task Allowed(AccessScope needed, string action, Func<S3Request, Task> operation, S3Request request) =>
        request.Caller.Key is { } key && !key.Allows(needed)
            ? throw new S3Refusal(S3Code.AccessDenied, key.Denial(options.Account, "s3:" + action, needed))
            : operation(request);

    private Task HeadAsync(S3Request request)
    {
        service.Head(request);
        return Task.CompletedTask;
    }

    private Task RefuseAsync(HttpContext http, S3Refusal refusal, string requestId)
    {
        Refused(log, http.Request.Method, refusal.Code, refusal.Message);
        return S3Answer.ErrorAsync(http, refusal, requestId);
    }

    private static S3Refusal NotAllowed() => new(S3Code.MethodNotAllowed, "The specified method is not allowed against this resource.");

    [LoggerMessage(Level = LogLevel.Debug, Message = "S3 {Method} refused: {Code}: {Reason}")]
    private static partial void Refused(ILogger logger, string method, S3Code code, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "S3 {Method} failed (request id {RequestId})")]
    private static partial void Failed(ILogger logger, Exception problem, string method, string requestId);
}
