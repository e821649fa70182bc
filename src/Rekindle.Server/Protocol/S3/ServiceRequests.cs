using Rekindle.Server.ObjectStorage;

namespace Rekindle.Server.Protocol.S3;

/// <summary>Requests about the service and about buckets as a whole.</summary>
internal sealed class ServiceRequests(ObjectStore store, MultipartUploads uploads, ServerOptions options)
{
    private const string EldestRegion = "us-east-1";
    private const int MostBuckets = 10_000;
    private const int MostDocumentBytes = 64 << 10;

    public Task ListBucketsAsync(S3Request request)
    {
        var prefix = request.Query("prefix") ?? "";
        var after = request.Query("continuation-token") is { Length: > 0 } token ? PageMark.Read(token) : "";
        var most = request.Number("max-buckets", MostBuckets, 1, MostBuckets);
        var buckets = store.Buckets.List()
            .Where(bucket => bucket.Name.StartsWith(prefix, StringComparison.Ordinal) && Utf8Order.Compare(bucket.Name, after) > 0)
            .Take(most + 1)
            .ToList();
        return request.AnswerAsync(S3Xml.Write("ListAllMyBucketsResult", S3Xml.Namespace, xml =>
        {
            xml.Add("Owner", owner =>
            {
                owner.Add("ID", options.Account);
                owner.Add("DisplayName", options.Account);
            });
            xml.Add("Buckets", list =>
            {
                foreach (var (name, created) in buckets.Take(most))
                {
                    list.Add("Bucket", bucket =>
                    {
                        bucket.Add("Name", name);
                        bucket.Add("CreationDate", created);
                    });
                }
            });
            if (buckets.Count > most) xml.Add("ContinuationToken", PageMark.Write(buckets[most - 1].Name));
            if (prefix.Length > 0) xml.Add("Prefix", prefix);
        }));
    }

    public async Task CreateAsync(S3Request request)
    {
        var body = await Uploading.ReadAsync(request, MostDocumentBytes);
        var region = body.Length == 0 ? null : S3Xml.Read(body, "CreateBucketConfiguration").Text("LocationConstraint");
        store.Buckets.Create(request.Bucket, region is { Length: > 0 } ? region : null);
        request.Http.Response.Headers.Location = "/" + request.Bucket;
        request.Answer(200);
    }

    public void Head(S3Request request)
    {
        var region = RegionOf(request);
        request.Http.Response.Headers["x-amz-bucket-region"] = region;
        request.Answer(200);
    }

    public async Task DeleteAsync(S3Request request)
    {
        await store.DeleteBucketAsync(request.Bucket, request.Aborted);
        uploads.Forget(request.Bucket);
        request.Answer(204);
    }

    public Task LocationAsync(S3Request request)
    {
        var region = RegionOf(request);
        return request.AnswerAsync(S3Xml.Write("LocationConstraint", S3Xml.Namespace, xml => xml.WriteString(region == EldestRegion ? "" : region)));
    }

    public Task VersioningAsync(S3Request request)
    {
        _ = store.Buckets.Find(request.Bucket);
        return request.AnswerAsync(S3Xml.Write("VersioningConfiguration", S3Xml.Namespace, _ => { }));
    }

    private string RegionOf(S3Request request) => store.Buckets.RegionOf(store.Buckets.Find(request.Bucket)) is { } region && IsHeaderText(region) ? region : options.Region;

    private static bool IsHeaderText(string text) => text.All(c => char.IsAsciiLetterOrDigit(c) || c == '-');
}
