using Microsoft.AspNetCore.Http;
using Rekindle.Api.Client;
using Rekindle.Server.Protocol.S3;

namespace Rekindle.Server.Protocol;

/// <summary>What a request speaks.</summary>
internal enum Door
{
    /// <summary>AWS JSON 1.1: SageMaker, our extensions, CloudWatch and its Logs; and what speaks nothing we know.</summary>
    Json,

    /// <summary>AWS's query protocol: STS, IAM, and CloudWatch's older clients.</summary>
    Query,

    /// <summary>S3.</summary>
    ObjectStorage,

    /// <summary>Our own pages.</summary>
    Own,
}

/// <summary>
/// The one rule by which requests of all services share a port. In this order: a request at a bucket's host name is S3's. A POST with
/// X-Amz-Target is AWS JSON, wherever it goes. A form sent to <c>/</c> is the query protocol. Our own paths are ours, and so is a plain
/// <c>GET /</c>. Whatever is signed for a service, or bears S3's own signs, is that service's. The rest is told by the path: one below
/// <c>/</c> is an object's or a bucket's, unless a POST asks for nothing that S3 has.
/// </summary>
internal static class Doors
{
    private const string ObjectStorageService = "s3";

    private static readonly string[] OwnPaths = ["/healthz", "/metrics"];

    public static Door For(HttpRequest request)
    {
        if (S3Address.BucketOfHost(request.Host.Host) is not null) return Door.ObjectStorage;
        var isPost = HttpMethods.IsPost(request.Method);
        if (isPost && request.Headers.ContainsKey("X-Amz-Target")) return Door.Json;
        var path = RawTarget.PathOf(request);
        var isRoot = path is "/" or "";
        if (isRoot && isPost && IsForm(request)) return Door.Query;
        if (!isPost && OwnPaths.Contains(path)) return Door.Own;
        if (ServiceOf(request) is { } service) return service == ObjectStorageService ? Door.ObjectStorage : Door.Json;
        if (HasSignsOfObjectStorage(request)) return Door.ObjectStorage;
        if (isRoot) return HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) ? Door.Own : Door.Json;
        return !isPost || HasAny(request.Query, "uploads", "uploadId", "delete") ? Door.ObjectStorage : Door.Json;
    }

    private static bool IsForm(HttpRequest request) =>
        request.ContentType?.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase) is true;

    private static string? ServiceOf(HttpRequest request)
    {
        if (SigV4Authorization.TryParse(request.Headers.Authorization.ToString(), out var authorization)) return authorization.Scope.Service;
        var credential = request.Query["X-Amz-Credential"].ToString().Split('/');
        return credential.Length >= 5 ? credential[^2] : null;
    }

    // The hash of the body and the operation's name are sent to S3 only; the last two are presigned URLs of the older signature.
    private static bool HasSignsOfObjectStorage(HttpRequest request) =>
        request.Headers.ContainsKey("x-amz-content-sha256") || request.Query.ContainsKey("x-id") || HasAny(request.Query, "AWSAccessKeyId", "X-Amz-Algorithm");

    private static bool HasAny(IQueryCollection query, params string[] names) => names.Any(query.ContainsKey);
}
