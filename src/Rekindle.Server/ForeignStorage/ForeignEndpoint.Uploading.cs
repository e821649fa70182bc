using Amazon.S3.Model;

namespace Rekindle.Server.ForeignStorage;

/// <summary>Puts files into the bucket: small ones at once, large ones in parts, which nobody sees before all are there.</summary>
internal sealed partial class ForeignEndpoint
{
    private const int MostParts = 10_000;

    private static readonly TimeSpan LongestUpload = TimeSpan.FromDays(2);

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>From this size on a file goes in parts.</summary>
    public long LeastInParts { get; init; } = 64L << 20;

    /// <summary>How large the parts are, as long as they are not too many.</summary>
    public long PartSize { get; init; } = 16L << 20;

    /// <summary>Stores a file as an object; repeating it stores the same again.</summary>
    /// <param name="file">Its content.</param>
    /// <param name="key">Its key.</param>
    /// <param name="isAlone">Whether nobody else ever stores an object of that key, so that every upload of it that is left over is ours.</param>
    /// <param name="cancellationToken">Ends the upload.</param>
    public async Task UploadAsync(FileStream file, string key, bool isAlone, CancellationToken cancellationToken)
    {
        if (file.Length >= LeastInParts)
        {
            await UploadPartsAsync(file, key, isAlone, cancellationToken);
            return;
        }

        // In one piece and with its hash, which every S3 takes.
        var request = new PutObjectRequest { BucketName = _there, Key = key, InputStream = file, AutoCloseStream = false, UseChunkEncoding = false };
        await AskAsync(key, token => _client.PutObjectAsync(request, token), cancellationToken);
    }

    private async Task UploadPartsAsync(FileStream file, string key, bool isAlone, CancellationToken cancellationToken)
    {
        var size = file.Length;
        await AbortLeftAsync(key, isAlone, cancellationToken);
        var begin = new InitiateMultipartUploadRequest { BucketName = _there, Key = key };
        var upload = (await AskAsync(key, token => _client.InitiateMultipartUploadAsync(begin, token), cancellationToken)).UploadId;
        var complete = new CompleteMultipartUploadRequest { BucketName = _there, Key = key, UploadId = upload, PartETags = [] };
        var partSize = Math.Max(PartSize, (size + MostParts - 1) / MostParts);
        for (long at = 0; at < size; at += partSize)
        {
            // In memory, where nobody changes it between its hash and its sending.
            var content = new byte[Math.Min(partSize, size - at)];
            await file.ReadExactlyAsync(content, cancellationToken);
            var number = complete.PartETags.Count + 1;
            var part = new UploadPartRequest
            {
                BucketName = _there,
                Key = key,
                UploadId = upload,
                PartNumber = number,
                InputStream = new MemoryStream(content),
                PartSize = content.Length,
                UseChunkEncoding = false,
            };
            var stored = await AskAsync(key, token => _client.UploadPartAsync(part, token), cancellationToken);
            complete.PartETags.Add(new PartETag(number, stored.ETag));
        }

        await AskAsync(key, token => _client.CompleteMultipartUploadAsync(complete, token), cancellationToken);
    }

    /// <summary>What broke off before, here or in a server that was killed, would be kept and paid for without end. Others may be storing the same key just now.</summary>
    private async Task AbortLeftAsync(string key, bool isAlone, CancellationToken cancellationToken)
    {
        try
        {
            var request = new ListMultipartUploadsRequest { BucketName = _there, Prefix = key };
            var left = await AskAsync(key, token => _client.ListMultipartUploadsAsync(request, token), cancellationToken);
            foreach (var upload in (left.MultipartUploads ?? []).Where(upload => upload.Key == key && (isAlone || upload.Initiated < Time.GetUtcNow().UtcDateTime - LongestUpload)))
            {
                var abort = new AbortMultipartUploadRequest { BucketName = _there, Key = key, UploadId = upload.UploadId };
                await AskAsync(key, token => _client.AbortMultipartUploadAsync(abort, token), cancellationToken);
            }
        }
        catch (EndpointRefusedException)
        {
            // Not everybody who may upload may look at uploads: then they stay, and the upload is no worse for it.
        }
    }
}
