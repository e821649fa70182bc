using System.Globalization;
using Microsoft.AspNetCore.Http.Features;
using Rekindle.Server.ObjectStorage;
using Rekindle.Server.ObjectStorage.Checksums;

namespace Rekindle.Server.Protocol.S3;

/// <summary>What comes with a request: the body's bytes without their wrapping, and what they are announced to be.</summary>
internal sealed class Uploading : IDisposable
{
    private readonly ChunkedBody? _chunked;
    private readonly byte[]? _md5;
    private readonly string? _checksum;

    private Uploading(Stream bytes, ChunkedBody? chunked, ChecksumAlgorithm? algorithm, string? checksum, byte[]? md5)
    {
        (Bytes, _chunked, Algorithm, _checksum, _md5) = (bytes, chunked, algorithm, checksum, md5);
    }

    public Stream Bytes { get; }

    /// <summary>The checksum that the client sends or asks for.</summary>
    public ChecksumAlgorithm? Algorithm { get; }

    /// <param name="request">The request; its body may be of any size.</param>
    /// <param name="limit">Most bytes.</param>
    /// <exception cref="S3Refusal">The headers contradict each other, or announce too much.</exception>
    public static Uploading Begin(S3Request request, long limit)
    {
        // Chunks have heads. Without a bound, what comes behind a refusal would be read to its end.
        var most = limit + (limit / 8) + (64 << 10);
        if (request.Http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = most;
        if (request.Http.Request.ContentLength > most) throw S3Refusal.Of(Staging.TooLarge());
        var (algorithm, checksum) = ChecksumHeaders.Of(request);
        var md5 = Md5Of(request);
        if (!request.Caller.IsChunked)
        {
            if (request.Http.Request.ContentLength > limit) throw S3Refusal.Of(Staging.TooLarge());
            return new Uploading(new PlainBody(request.Http.Request.Body, request.Caller.Payload), null, algorithm, checksum, md5);
        }

        if (!long.TryParse(request.Header("x-amz-decoded-content-length"), NumberStyles.None, CultureInfo.InvariantCulture, out var length))
        {
            throw new S3Refusal(S3Code.MissingContentLength, "You must provide the x-amz-decoded-content-length HTTP header.");
        }

        if (length > limit) throw S3Refusal.Of(Staging.TooLarge());
        List<string> trailers =
        [
            .. (request.Caller.Payload == S3Caller.SignedChunks ? null : request.Header("x-amz-trailer"))
                ?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(name => name.ToLowerInvariant()).Distinct() ?? [],
        ];
        var chunked = new ChunkedBody(request.Http.Request.BodyReader, request.Caller, length, trailers);
        return new Uploading(chunked, chunked, algorithm ?? trailers.Select(ChecksumHeaders.ByHeader).FirstOrDefault(found => found is not null), checksum, md5);
    }

    /// <summary>Whether what came is what was announced, in the headers or behind the last chunk.</summary>
    /// <exception cref="S3Refusal">It is not.</exception>
    public void Verify(StagedContent content)
    {
        if (_md5 is not null && !content.Md5.AsSpan().SequenceEqual(_md5))
        {
            throw new S3Refusal(S3Code.BadDigest, "The Content-MD5 you specified did not match what we received.");
        }

        if (Algorithm is not { } algorithm) return;
        var name = ChecksumHeaders.NameOf(algorithm);
        var announced = _checksum ?? _chunked?.Trailers.GetValueOrDefault(name);
        if (announced is not null && announced != Convert.ToBase64String(content.Checksum!))
        {
            throw new S3Refusal(S3Code.BadDigest, $"The {name} you specified did not match the calculated checksum.");
        }
    }

    public void Dispose() => Bytes.Dispose();

    /// <summary>A small body as a whole, verified.</summary>
    public static async Task<byte[]> ReadAsync(S3Request request, int limit)
    {
        using var upload = Begin(request, limit);
        using var bytes = new MemoryStream();
        var buffer = new byte[16 << 10];
        while (await upload.Bytes.ReadAsync(buffer, request.Aborted) is > 0 and var read)
        {
            if (bytes.Length + read > limit) throw S3Refusal.Of(Staging.TooLarge());
            bytes.Write(buffer, 0, read);
        }

        var all = bytes.ToArray();
#pragma warning disable CA5351 // What Content-MD5 is.
        upload.Verify(new StagedContent(
            all.Length,
            System.Security.Cryptography.MD5.HashData(all),
            upload.Algorithm is { } algorithm ? RunningChecksum.Of(algorithm, all) : null));
#pragma warning restore CA5351
        return all;
    }

    private static byte[]? Md5Of(S3Request request)
    {
        if (request.Header("Content-MD5") is not { } text) return null;
        var bytes = new byte[16];
        return Convert.TryFromBase64String(text, bytes, out var length) && length == bytes.Length
            ? bytes
            : throw new S3Refusal(S3Code.InvalidDigest, "The Content-MD5 you specified was invalid.");
    }
}
