namespace Rekindle.Server.ObjectStorage;

/// <summary>Which objects to list.</summary>
/// <param name="Prefix">Only keys that begin so.</param>
/// <param name="Delimiter">Keys that are the same up to this text behind the prefix are listed as one; empty lists all.</param>
/// <param name="After">Where to go on: behind this key, or behind all keys of this common beginning.</param>
/// <param name="Most">Most entries.</param>
internal sealed record ListingRequest(string Prefix, string Delimiter, string After, int Most);

/// <summary>One page.</summary>
/// <param name="Objects">In the order of their keys.</param>
/// <param name="Prefixes">The common beginnings, in order.</param>
/// <param name="Last">The last entry of either kind, to go on from; null when there is nothing more.</param>
internal sealed record ListingPage(IReadOnlyList<StoredObject> Objects, IReadOnlyList<string> Prefixes, string? Last);

/// <summary>Lists the objects of a bucket in pages.</summary>
internal static class Listing
{
    public static ListingPage Read(MetadataFolder metadata, string bucket, FolderHandle root, ListingRequest request, CancellationToken cancellationToken)
    {
        var objects = new List<StoredObject>();
        var prefixes = new List<string>();
        if (request.Most == 0) return new ListingPage(objects, prefixes, null);
        var walk = new KeyWalk(metadata, bucket, request.Prefix, request.After)
        {
            Skipped = CommonPrefix(request, request.After) == request.After ? request.After : "",
        };
        string? last = null;
        foreach (var found in walk.Read(root))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (objects.Count + prefixes.Count == request.Most) return new ListingPage(objects, prefixes, last);
            if (CommonPrefix(request, found.Key) is { } common)
            {
                prefixes.Add(common);
                walk.Skipped = common;
                last = common;
            }
            else if (Describe(metadata, bucket, found) is { } one)
            {
                objects.Add(one);
                last = found.Key;
            }
        }

        return new ListingPage(objects, prefixes, null);
    }

    public static StoredObject? Describe(MetadataFolder metadata, string bucket, WalkedObject found) =>
        found.Facts is { } facts ? metadata.Describe(bucket, found.Key, facts) : metadata.DescribeFolder(bucket, found.Key);

    private static string? CommonPrefix(ListingRequest request, string key)
    {
        if (request.Delimiter.Length == 0 || !key.StartsWith(request.Prefix, StringComparison.Ordinal)) return null;
        var at = key.IndexOf(request.Delimiter, request.Prefix.Length, StringComparison.Ordinal);
        return at < 0 ? null : key[..(at + request.Delimiter.Length)];
    }
}
