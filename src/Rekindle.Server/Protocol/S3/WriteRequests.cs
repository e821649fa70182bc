using Rekindle.Server.ObjectStorage;

namespace Rekindle.Server.Protocol.S3;

/// <summary>Putting, copying and deleting objects.</summary>
internal sealed class WriteRequests(ObjectStore store)
{
    private const int MostDeletions = 1000;
    private const int MostDocumentBytes = 2 << 20;

    public async Task PutAsync(S3Request request)
    {
        using var upload = Uploading.Begin(request, Staging.MostBytes);
        var about = new NewObject
        {
            Headers = HeaderText.Of(request),
            Condition = HeaderText.Condition(request),
            Checksum = upload.Algorithm,
            Verify = upload.Verify,
        };
        var stored = await store.PutAsync(request.Bucket, request.Key, about, upload.Bytes, request.Aborted);
        request.Http.Response.Headers.ETag = S3Xml.Quoted(stored.ETag);
        ChecksumHeaders.Write(request.Http.Response, stored.Checksum);
        request.Answer(200);
    }

    public async Task CopyAsync(S3Request request)
    {
        var source = CopySource.Of(request);
        using var open = source.Open(request, store);
        var replaces = (request.Header("x-amz-metadata-directive") ?? "COPY") switch
        {
            "COPY" => false,
            "REPLACE" => true,
            _ => throw new S3Refusal(S3Code.InvalidArgument, "Unknown metadata directive."),
        };
        if (!replaces && source.Bucket == request.Bucket && source.Key.Text == request.KeyText)
        {
            throw new S3Refusal(
                S3Code.InvalidRequest,
                "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.");
        }

        if (open.About.Size > Staging.MostBytes)
        {
            throw new S3Refusal(S3Code.InvalidRequest, "The specified copy source is larger than the maximum allowable size for a copy source: 5368709120");
        }

        var about = new NewObject
        {
            Headers = replaces ? HeaderText.Of(request) : open.About.Headers,
            Condition = HeaderText.Condition(request),
            Checksum = ChecksumHeaders.ByWord(request.Header("x-amz-checksum-algorithm")) ?? open.About.Checksum?.Algorithm,
        };
        await using var bytes = new ObjectBytes(open, 0, open.About.Size);
        var stored = await store.PutAsync(request.Bucket, request.Key, about, bytes, request.Aborted);
        await request.AnswerAsync(S3Xml.Write("CopyObjectResult", S3Xml.Namespace, xml =>
        {
            xml.Add("LastModified", stored.Modified);
            xml.Add("ETag", S3Xml.Quoted(stored.ETag));
            ChecksumHeaders.Write(xml, stored.Checksum);
        }));
    }

    public async Task DeleteAsync(S3Request request)
    {
        await store.DeleteAsync(request.Bucket, request.Key, HeaderText.Condition(request), request.Aborted);
        request.Answer(204);
    }

    public async Task DeleteManyAsync(S3Request request)
    {
        var document = S3Xml.Read(await Uploading.ReadAsync(request, MostDocumentBytes), "Delete");
        List<string> keys = [.. document.All("Object").Select(one => one.Text("Key") ?? throw S3Xml.Malformed())];
        // A key that is no text would be told as another one's.
        if (keys.Count is 0 or > MostDeletions || !keys.TrueForAll(ObjectKey.IsText)) throw S3Xml.Malformed();
        _ = store.Buckets.Find(request.Bucket);
        var failures = new Dictionary<string, StorageRefusedException>(StringComparer.Ordinal);
        foreach (var key in keys)
        {
            try
            {
                await store.DeleteAsync(request.Bucket, ObjectKey.Parse(key), WriteCondition.None, request.Aborted);
            }
            catch (StorageRefusedException refused)
            {
                failures[key] = refused;
            }
            catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
            {
                failures[key] = new StorageRefusedException(StorageProblem.AccessDenied, "The file of this object could not be deleted.");
            }
        }

        var quiet = document.Text("Quiet") == "true";
        await request.AnswerAsync(S3Xml.Write("DeleteResult", S3Xml.Namespace, xml =>
        {
            foreach (var key in keys)
            {
                if (failures.TryGetValue(key, out var failure))
                {
                    xml.Add("Error", error =>
                    {
                        error.Add("Key", key);
                        error.Add("Code", failure.Problem.ToString());
                        error.Add("Message", failure.Message);
                    });
                }
                else if (!quiet)
                {
                    xml.Add("Deleted", deleted => deleted.Add("Key", key));
                }
            }
        }));
    }
}
