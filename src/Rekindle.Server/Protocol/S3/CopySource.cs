using Rekindle.Server.ObjectStorage;

namespace Rekindle.Server.Protocol.S3;

/// <summary>What x-amz-copy-source names, opened, on the conditions that come with it.</summary>
internal sealed record CopySource(string Bucket, ObjectKey Key)
{
    public const string Header = "x-amz-copy-source";

    /// <exception cref="S3Refusal">It names nothing.</exception>
    public static CopySource Of(S3Request request)
    {
        // The key may hold a question mark, which is then encoded.
        var text = request.Header(Header)!.TrimStart('/');
        var version = text.IndexOf("?versionId=", StringComparison.Ordinal);
        if (version >= 0)
        {
            if (text[(version + "?versionId=".Length)..] != "null") throw new S3Refusal(S3Code.NoSuchVersion, "The specified version does not exist.");
            text = text[..version];
        }

        text = S3Address.Decode(text).TrimStart('/');
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 && slash + 1 < text.Length
            ? new CopySource(text[..slash], ObjectKey.Parse(text[(slash + 1)..]))
            : throw new S3Refusal(S3Code.InvalidArgument, "Copy Source must mention the source bucket and key: sourcebucket/sourcekey");
    }

    public OpenObject Open(S3Request request, ObjectStore store)
    {
        var open = store.Open(Bucket, Key);
        try
        {
            Check(request, open.About);
            return open;
        }
        catch
        {
            open.Dispose();
            throw;
        }
    }

    private static void Check(S3Request request, StoredObject about)
    {
        var modified = DateTimeOffset.FromUnixTimeSeconds(about.Modified.ToUnixTimeSeconds());
        var match = HeaderText.Tags(request.Header(Header + "-if-match"));
        var noneMatch = HeaderText.Tags(request.Header(Header + "-if-none-match"));
        if ((match is not null && !WriteCondition.Fits(match, about))
            || (match is null && ReadRequests.Time(request.Header(Header + "-if-unmodified-since")) < modified)
            || (noneMatch is not null && WriteCondition.Fits(noneMatch, about))
            || (noneMatch is null && ReadRequests.Time(request.Header(Header + "-if-modified-since")) >= modified))
        {
            throw S3Refusal.Of(WriteCondition.Failed());
        }
    }
}
