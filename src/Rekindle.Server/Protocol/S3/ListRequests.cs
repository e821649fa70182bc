using System.Xml;
using Rekindle.Server.ObjectStorage;

namespace Rekindle.Server.Protocol.S3;

/// <summary>Lists of objects, in the first and the second form.</summary>
internal sealed class ListRequests(ObjectStore store, ServerOptions options)
{
    private const int MostKeys = 1000;

    public Task FirstAsync(S3Request request)
    {
        var marker = request.Query("marker") ?? "";
        var (listing, encode) = Begin(request, marker);
        var page = store.List(request.Bucket, listing, request.Aborted);
        return request.AnswerAsync(S3Xml.Write("ListBucketResult", S3Xml.Namespace, xml =>
        {
            Common(xml, request, listing, page, encode);
            xml.Add("Marker", encode(marker));
            // Without a delimiter the last key is the marker for the next page.
            if (page.Last is not null && listing.Delimiter.Length > 0) xml.Add("NextMarker", encode(page.Last));
            Entries(xml, page, encode, withOwner: true);
        }));
    }

    public Task SecondAsync(S3Request request)
    {
        var token = request.Query("continuation-token");
        if (token is "") throw new S3Refusal(S3Code.InvalidArgument, "The continuation token provided is incorrect");
        var startAfter = request.Query("start-after") ?? "";
        var (listing, encode) = Begin(request, token is null ? startAfter : PageMark.Read(token));
        var page = store.List(request.Bucket, listing, request.Aborted);
        return request.AnswerAsync(S3Xml.Write("ListBucketResult", S3Xml.Namespace, xml =>
        {
            Common(xml, request, listing, page, encode);
            xml.Add("KeyCount", page.Objects.Count + page.Prefixes.Count);
            xml.Add("ContinuationToken", token);
            if (page.Last is not null) xml.Add("NextContinuationToken", PageMark.Write(page.Last));
            if (startAfter.Length > 0) xml.Add("StartAfter", encode(startAfter));
            Entries(xml, page, encode, withOwner: request.Query("fetch-owner") == "true");
        }));
    }

    /// <summary>How keys are written: as they are, or as in URLs, for clients whose XML parsers can't read them.</summary>
    /// <exception cref="S3Refusal">The request wants another encoding.</exception>
    public static Func<string, string> Encoding(S3Request request) => request.Query("encoding-type") switch
    {
        null or "" => text => text,
        "url" => text => Uri.EscapeDataString(text).Replace("%2F", "/", StringComparison.Ordinal),
        _ => throw new S3Refusal(S3Code.InvalidArgument, "Invalid Encoding Method specified in Request"),
    };

    private static (ListingRequest Listing, Func<string, string> Encode) Begin(S3Request request, string after) => (
        new ListingRequest(request.Query("prefix") ?? "", request.Query("delimiter") ?? "", after, request.Number("max-keys", MostKeys, 0, MostKeys)),
        Encoding(request));

    private static void Common(XmlWriter xml, S3Request request, ListingRequest listing, ListingPage page, Func<string, string> encode)
    {
        xml.Add("Name", request.Bucket);
        xml.Add("Prefix", encode(listing.Prefix));
        if (listing.Delimiter.Length > 0) xml.Add("Delimiter", encode(listing.Delimiter));
        xml.Add("MaxKeys", listing.Most);
        if (request.Query("encoding-type") is { Length: > 0 } encoding) xml.Add("EncodingType", encoding);
        xml.Add("IsTruncated", page.Last is not null);
    }

    private void Entries(XmlWriter xml, ListingPage page, Func<string, string> encode, bool withOwner)
    {
        foreach (var one in page.Objects)
        {
            xml.Add("Contents", contents =>
            {
                contents.Add("Key", encode(one.Key));
                contents.Add("LastModified", one.Modified);
                contents.Add("ETag", S3Xml.Quoted(one.ETag));
                if (one.Checksum is { } checksum)
                {
                    contents.Add("ChecksumAlgorithm", ChecksumHeaders.WordOf(checksum.Algorithm));
                    contents.Add("ChecksumType", checksum.FullObject ? "FULL_OBJECT" : "COMPOSITE");
                }

                contents.Add("Size", one.Size);
                if (withOwner)
                {
                    contents.Add("Owner", owner =>
                    {
                        owner.Add("ID", options.Account);
                        owner.Add("DisplayName", options.Account);
                    });
                }

                contents.Add("StorageClass", "STANDARD");
            });
        }

        foreach (var prefix in page.Prefixes)
        {
            xml.Add("CommonPrefixes", common => common.Add("Prefix", encode(prefix)));
        }
    }
}
