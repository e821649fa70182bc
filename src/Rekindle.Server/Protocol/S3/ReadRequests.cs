using System.Buffers;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Rekindle.Server.ObjectStorage;

namespace Rekindle.Server.Protocol.S3;

/// <summary>Reading objects: as a whole, in ranges, on conditions.</summary>
internal sealed class ReadRequests(ObjectStore store)
{
    private const int PieceBytes = 128 << 10;

    public async Task GetAsync(S3Request request)
    {
        HeaderText.CheckWishes(request);
        using var open = store.Open(request.Bucket, request.Key);
        var about = open.About;
        var headers = request.Http.Response.Headers;
        headers.ETag = S3Xml.Quoted(about.ETag);
        headers.LastModified = HeaderText.HttpDate(about.Modified);
        headers.AcceptRanges = "bytes";
        Check(request, about);
        HeaderText.Write(request, about.Headers);
        // An object opened in a browser must not act as a page of ours.
        headers.ContentSecurityPolicy = "sandbox";
        headers.XContentTypeOptions = "nosniff";
        var range = Range(request, about);
        if (range is null && string.Equals(request.Header("x-amz-checksum-mode"), "ENABLED", StringComparison.OrdinalIgnoreCase))
        {
            ChecksumHeaders.Write(request.Http.Response, about.Checksum);
        }

        var (from, length) = range ?? (0, about.Size);
        if (range is not null)
        {
            request.Answer(StatusCodes.Status206PartialContent);
            headers.ContentRange = string.Create(CultureInfo.InvariantCulture, $"bytes {from}-{from + length - 1}/{about.Size}");
        }

        request.Http.Response.ContentLength = length;
        if (!request.IsHead) await SendAsync(request.Http, new ObjectBytes(open, from, length), length);
    }

    private static async Task SendAsync(HttpContext http, ObjectBytes bytes, long length)
    {
        var piece = ArrayPool<byte>.Shared.Rent(PieceBytes);
        try
        {
            while (length > 0)
            {
                var read = await bytes.ReadAsync(piece, http.RequestAborted);
                if (read == 0)
                {
                    // Somebody cut the file short; what was promised can't be sent any more.
                    http.Abort();
                    return;
                }

                await http.Response.Body.WriteAsync(piece.AsMemory(0, read), http.RequestAborted);
                length -= read;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece);
            await bytes.DisposeAsync();
        }
    }

    // In RFC 9110's order: a tag says more than a time.
    private static void Check(S3Request request, StoredObject about)
    {
        var modified = DateTimeOffset.FromUnixTimeSeconds(about.Modified.ToUnixTimeSeconds());
        if (HeaderText.Tags(request.Header("If-Match")) is { } wanted)
        {
            if (!WriteCondition.Fits(wanted, about)) throw S3Refusal.Of(WriteCondition.Failed());
        }
        else if (Time(request.Header("If-Unmodified-Since")) < modified)
        {
            throw S3Refusal.Of(WriteCondition.Failed());
        }

        var unchanged = HeaderText.Tags(request.Header("If-None-Match")) is { } known
            ? WriteCondition.Fits(known, about)
            : Time(request.Header("If-Modified-Since")) >= modified;
        if (unchanged) throw new S3Refusal(S3Code.NotModified, "Not Modified");
    }

    public static DateTimeOffset? Time(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;

    private static (long From, long Length)? Range(S3Request request, StoredObject about)
    {
        if (request.Query("partNumber") is not null) return Part(request, about);
        return Range(request.Header("Range"), about.Size);
    }

    /// <summary>One range of bytes; null for all of them, also when the header makes no sense or has several.</summary>
    /// <exception cref="S3Refusal">The range begins behind the end.</exception>
    public static (long From, long Length)? Range(string? header, long size)
    {
        const string Unit = "bytes=";
        if (header is null || !header.StartsWith(Unit, StringComparison.Ordinal)) return null;
        var ends = header[Unit.Length..].Split('-');
        if (ends.Length != 2) return null;
        var hasFrom = long.TryParse(ends[0].Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var from);
        var hasTo = long.TryParse(ends[1].Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var to);
        if ((!hasFrom && ends[0].Length > 0) || (!hasTo && ends[1].Length > 0) || (!hasFrom && !hasTo) || (hasFrom && hasTo && to < from)) return null;
        if (!hasFrom)
        {
            (from, to) = (Math.Max(0, size - to), to == 0 ? -1 : size - 1);
        }
        else if (!hasTo || to >= size)
        {
            to = size - 1;
        }

        return from < size && to >= from ? (from, to - from + 1) : throw new S3Refusal(S3Code.InvalidRange, "The requested range is not satisfiable");
    }

    private static (long From, long Length)? Part(S3Request request, StoredObject about)
    {
        var number = request.Number("partNumber", 1, 1, MultipartUploads.MostParts);
        var sizes = about.PartSizes ?? [about.Size];
        if (number > sizes.Count) throw new S3Refusal(S3Code.InvalidRange, "The requested partnumber is not satisfiable");
        if (about.PartSizes is null) return null;
        request.Http.Response.Headers["x-amz-mp-parts-count"] = sizes.Count.ToString(CultureInfo.InvariantCulture);
        var length = sizes[number - 1];
        return length == 0 ? null : (sizes.Take(number - 1).Sum(), length);
    }
}
