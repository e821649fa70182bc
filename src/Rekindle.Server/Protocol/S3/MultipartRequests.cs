using System.Globalization;
using Rekindle.Server.ObjectStorage;

namespace Rekindle.Server.Protocol.S3;

/// <summary>Uploads in parts.</summary>
internal sealed class MultipartRequests(ObjectStore store, MultipartUploads uploads, ServerOptions options)
{
    private const int MostDocumentBytes = 4 << 20;
    private const int MostListed = 1000;

    public Task CreateAsync(S3Request request)
    {
        var algorithm = ChecksumHeaders.ByWord(request.Header("x-amz-checksum-algorithm"));
        var type = request.Header("x-amz-checksum-type");
        var fullObject = type is null ? algorithm is ObjectStorage.Checksums.ChecksumAlgorithm.Crc64Nvme : type == "FULL_OBJECT";
        var upload = uploads.Create(request.Bucket, request.Key, HeaderText.Of(request), algorithm, fullObject);
        if (algorithm is { } one)
        {
            request.Http.Response.Headers["x-amz-checksum-algorithm"] = ChecksumHeaders.WordOf(one);
            request.Http.Response.Headers["x-amz-checksum-type"] = fullObject ? "FULL_OBJECT" : "COMPOSITE";
        }

        return request.AnswerAsync(S3Xml.Write("InitiateMultipartUploadResult", S3Xml.Namespace, xml =>
        {
            xml.Add("Bucket", upload.Bucket);
            xml.Add("Key", upload.Key);
            xml.Add("UploadId", upload.Id);
        }));
    }

    public async Task PutPartAsync(S3Request request)
    {
        var upload = Find(request);
        using var bytes = Uploading.Begin(request, Staging.MostBytes);
        var about = new NewObject { Checksum = bytes.Algorithm, Verify = bytes.Verify };
        var part = await uploads.PutPartAsync(upload, PartNumber(request), about, bytes.Bytes, request.Aborted);
        request.Http.Response.Headers.ETag = S3Xml.Quoted(part.ETag);
        if (part.Checksum is { } checksum && (bytes.Algorithm ?? upload.Checksum) is { } algorithm)
        {
            request.Http.Response.Headers[ChecksumHeaders.NameOf(algorithm)] = checksum;
        }

        request.Answer(200);
    }

    public async Task CopyPartAsync(S3Request request)
    {
        var upload = Find(request);
        using var open = CopySource.Of(request).Open(request, store);
        var size = open.About.Size;
        var (from, length) = request.Header("x-amz-copy-source-range") is { } header
            ? ReadRequests.Range(header, size) is { } range && header.EndsWith(string.Create(CultureInfo.InvariantCulture, $"{range.From}-{range.From + range.Length - 1}"), StringComparison.Ordinal)
                ? range
                : throw new S3Refusal(S3Code.InvalidArgument, "The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy")
            : (0, size);
        await using var bytes = new ObjectBytes(open, from, length);
        var part = await uploads.PutPartAsync(upload, PartNumber(request), new NewObject(), bytes, request.Aborted);
        await request.AnswerAsync(S3Xml.Write("CopyPartResult", S3Xml.Namespace, xml =>
        {
            xml.Add("LastModified", part.Modified);
            xml.Add("ETag", S3Xml.Quoted(part.ETag));
            if (part.Checksum is { } checksum && upload.Checksum is { } algorithm) xml.Add("Checksum" + ChecksumHeaders.WordOf(algorithm), checksum);
        }));
    }

    public async Task CompleteAsync(S3Request request)
    {
        var upload = Find(request);
        var document = S3Xml.Read(await Uploading.ReadAsync(request, MostDocumentBytes), "CompleteMultipartUpload");
        var named = new List<NamedPart>();
        foreach (var part in document.All("Part"))
        {
            var isNumber = int.TryParse(part.Text("PartNumber"), NumberStyles.None, CultureInfo.InvariantCulture, out var number);
            if (!isNumber || part.Text("ETag") is not { } tag) throw S3Xml.Malformed();
            named.Add(new NamedPart(number, tag.Trim('"'), ChecksumHeaders.Read(part, upload.Checksum)));
        }

        if (named.Count is 0 or > MultipartUploads.MostParts) throw S3Xml.Malformed();
        var (algorithm, announced) = ChecksumHeaders.Of(request);
        var stored = await uploads.CompleteAsync(upload, named, HeaderText.Condition(request), content =>
        {
            if (request.Header("x-amz-mp-object-size") is { } size && size != content.Size.ToString(CultureInfo.InvariantCulture))
            {
                throw new S3Refusal(S3Code.InvalidRequest, "The x-amz-mp-object-size header does not match the size of the parts.");
            }

            if (announced is not null && upload.FullObject && algorithm == upload.Checksum && announced != Convert.ToBase64String(content.Checksum!))
            {
                throw new S3Refusal(S3Code.BadDigest, $"The {ChecksumHeaders.NameOf(algorithm!.Value)} you specified did not match the calculated checksum.");
            }
        }, CancellationToken.None); // A client that did not wait for the answer wants the object all the same.
        await request.AnswerAsync(S3Xml.Write("CompleteMultipartUploadResult", S3Xml.Namespace, xml =>
        {
            xml.Add("Location", $"http://{request.Http.Request.Host}/{upload.Bucket}/{Uri.EscapeDataString(upload.Key)}");
            xml.Add("Bucket", upload.Bucket);
            xml.Add("Key", upload.Key);
            xml.Add("ETag", S3Xml.Quoted(stored.ETag));
            ChecksumHeaders.Write(xml, stored.Checksum);
        }));
    }

    public async Task AbortAsync(S3Request request)
    {
        await uploads.AbortAsync(Find(request), request.Aborted);
        request.Answer(204);
    }

    public Task ListPartsAsync(S3Request request)
    {
        var upload = Find(request);
        var most = request.Number("max-parts", MostListed, 0, MostListed);
        var marker = request.Number("part-number-marker", 0, 0, int.MaxValue);
        var parts = uploads.Parts(upload).Where(part => part.Number > marker).Take(most + 1).ToList();
        var isTruncated = parts.Count > most;
        return request.AnswerAsync(S3Xml.Write("ListPartsResult", S3Xml.Namespace, xml =>
        {
            xml.Add("Bucket", upload.Bucket);
            xml.Add("Key", ListRequests.Encoding(request)(upload.Key));
            xml.Add("UploadId", upload.Id);
            Owners(xml);
            xml.Add("StorageClass", "STANDARD");
            xml.Add("PartNumberMarker", marker);
            if (isTruncated && most > 0) xml.Add("NextPartNumberMarker", parts[most - 1].Number);
            xml.Add("MaxParts", most);
            xml.Add("IsTruncated", isTruncated && most > 0);
            if (upload.Checksum is { } algorithm) xml.Add("ChecksumAlgorithm", ChecksumHeaders.WordOf(algorithm));
            foreach (var part in parts.Take(most))
            {
                xml.Add("Part", one =>
                {
                    one.Add("PartNumber", part.Number);
                    one.Add("LastModified", part.Modified);
                    one.Add("ETag", S3Xml.Quoted(part.ETag));
                    one.Add("Size", part.Size);
                    if (part.Checksum is { } checksum && upload.Checksum is { } made) one.Add("Checksum" + ChecksumHeaders.WordOf(made), checksum);
                });
            }
        }));
    }

    public Task ListAsync(S3Request request)
    {
        var encode = ListRequests.Encoding(request);
        var (prefix, delimiter) = (request.Query("prefix") ?? "", request.Query("delimiter") ?? "");
        var (keyMarker, idMarker) = (request.Query("key-marker") ?? "", request.Query("upload-id-marker") ?? "");
        var most = request.Number("max-uploads", MostListed, 0, MostListed);
        var entries = uploads.List(request.Bucket)
            .Where(upload => upload.Key.StartsWith(prefix, StringComparison.Ordinal) && IsBehind(upload, keyMarker, idMarker))
            .Select(upload => (Upload: upload, Common: CommonPrefix(upload.Key, prefix, delimiter)))
            .Where(entry => entry.Common is null || entry.Common != keyMarker)
            .DistinctBy(entry => entry.Common ?? $"{entry.Upload.Key}\0{entry.Upload.Id}")
            .Take(most + 1)
            .ToList();
        var isTruncated = entries.Count > most && most > 0;
        return request.AnswerAsync(S3Xml.Write("ListMultipartUploadsResult", S3Xml.Namespace, xml =>
        {
            xml.Add("Bucket", request.Bucket);
            xml.Add("KeyMarker", encode(keyMarker));
            xml.Add("UploadIdMarker", idMarker);
            if (isTruncated)
            {
                var last = entries[most - 1];
                xml.Add("NextKeyMarker", encode(last.Common ?? last.Upload.Key));
                xml.Add("NextUploadIdMarker", last.Common is null ? last.Upload.Id : "");
            }

            xml.Add("Prefix", encode(prefix));
            if (delimiter.Length > 0) xml.Add("Delimiter", encode(delimiter));
            if (request.Query("encoding-type") is { Length: > 0 } encoding) xml.Add("EncodingType", encoding);
            xml.Add("MaxUploads", most);
            xml.Add("IsTruncated", isTruncated);
            foreach (var (upload, _) in entries.Take(most).Where(entry => entry.Common is null))
            {
                xml.Add("Upload", one =>
                {
                    one.Add("Key", encode(upload.Key));
                    one.Add("UploadId", upload.Id);
                    Owners(one);
                    one.Add("StorageClass", "STANDARD");
                    one.Add("Initiated", upload.Initiated);
                });
            }

            foreach (var (_, common) in entries.Take(most).Where(entry => entry.Common is not null))
            {
                xml.Add("CommonPrefixes", one => one.Add("Prefix", encode(common!)));
            }
        }));
    }

    private void Owners(System.Xml.XmlWriter xml)
    {
        foreach (var role in (string[])["Initiator", "Owner"])
        {
            xml.Add(role, owner =>
            {
                owner.Add("ID", options.Account);
                owner.Add("DisplayName", options.Account);
            });
        }
    }

    private UploadFacts Find(S3Request request) => uploads.Find(request.Bucket, request.Key, request.Query("uploadId") ?? "");

    private static int PartNumber(S3Request request) =>
        int.TryParse(request.Query("partNumber"), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    private static bool IsBehind(UploadFacts upload, string keyMarker, string idMarker) => Utf8Order.Compare(upload.Key, keyMarker) switch
    {
        > 0 => true,
        0 => idMarker.Length > 0 && string.CompareOrdinal(upload.Id, idMarker) > 0,
        _ => false,
    };

    private static string? CommonPrefix(string key, string prefix, string delimiter)
    {
        if (delimiter.Length == 0) return null;
        var at = key.IndexOf(delimiter, prefix.Length, StringComparison.Ordinal);
        return at < 0 ? null : key[..(at + delimiter.Length)];
    }
}
