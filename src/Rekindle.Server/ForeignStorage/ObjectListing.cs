using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.ForeignStorage;

/// <param name="Key">Its key.</param>
/// <param name="ETag">As the endpoint wrote it: another content has another one.</param>
/// <param name="Size">In bytes.</param>
internal sealed record ListedObject(string Key, string ETag, long Size);

/// <summary>Objects that are to lie beside each other as files. What they are is in their names and tags, so two listings that are equal are one content.</summary>
internal sealed class ObjectListing
{
    private const int LongestName = 255;

    private ObjectListing(ForeignEndpoint endpoint, IReadOnlyList<ListedObject> objects)
    {
        Endpoint = endpoint;
        Objects = objects;
        Bytes = objects.Aggregate(0L, (sum, item) => sum > long.MaxValue - item.Size ? long.MaxValue : sum + item.Size);
        Hash = HashOf(endpoint.Identity, objects);
    }

    public ForeignEndpoint Endpoint { get; }

    /// <summary>In the order of their keys.</summary>
    public IReadOnlyList<ListedObject> Objects { get; }

    public long Bytes { get; }

    /// <summary>Names the content.</summary>
    public string Hash { get; }

    /// <summary>Takes the objects that hold something; what stands for a folder alone is left out.</summary>
    /// <param name="endpoint">Where they are.</param>
    /// <param name="objects">As listed.</param>
    /// <exception cref="ExecutionRefusedException">Their keys can't be paths of files, alone or beside each other.</exception>
    public static ObjectListing Of(ForeignEndpoint endpoint, IEnumerable<ListedObject> objects)
    {
        List<ListedObject> files = [.. objects.Where(item => !(item.Key.EndsWith('/') && item.Size == 0)).OrderBy(item => item.Key, StringComparer.Ordinal)];
        var keys = files.Select(item => item.Key).ToHashSet(StringComparer.Ordinal);
        foreach (var key in keys)
        {
            if (!IsPath(key))
            {
                throw new ExecutionRefusedException(
                    $"The object \"{key}\" in the bucket \"{endpoint.Name}\" at {endpoint.Address} can't be a file: parts of its key are empty, \".\", \"..\" or too long.");
            }

            for (var slash = key.IndexOf('/', StringComparison.Ordinal); slash >= 0; slash = key.IndexOf('/', slash + 1))
            {
                if (!keys.Contains(key[..slash])) continue;
                throw new ExecutionRefusedException(
                    $"The objects \"{key[..slash]}\" and \"{key}\" in the bucket \"{endpoint.Name}\" at {endpoint.Address} can't both be files: "
                    + "the first would have to be a folder for the second.");
            }
        }

        return new ObjectListing(endpoint, files);
    }

    /// <summary>Whether a key is the path of a file that stays in the folder it is put into.</summary>
    public static bool IsPath(string key) =>
        !key.Contains('\0', StringComparison.Ordinal)
        && key.Split('/').All(part => part is not ("" or "." or "..") && Encoding.UTF8.GetByteCount(part) <= LongestName);

    private static string HashOf(string identity, IReadOnlyList<ListedObject> objects)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(identity + "\0"));
        foreach (var item in objects)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{item.Key}\0{item.ETag}\0{item.Size}\0")));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..40];
    }
}
