using System.Security.Cryptography;

namespace Rekindle.Server.TrainingJobs;

/// <summary>Buckets that are no folders, and the folder that holds what was brought here from them and what is to be taken there.</summary>
/// <param name="Addresses">Where each lies, as people write it.</param>
/// <param name="Folder">The folder in the server's data.</param>
internal sealed record BucketsElsewhere(IReadOnlyDictionary<string, string> Addresses, string Folder)
{
    /// <summary>Stands for the folder in the place of a bucket's name. Drawn anew by each server, so that no request can name it.</summary>
    public string Alias { get; } = RandomNumberGenerator.GetHexString(32, lowercase: true);

    /// <summary>The bucket elsewhere that a URI is in, and the key or prefix; null for all others.</summary>
    public (string Bucket, string Key)? Find(string uri)
    {
        if (!uri.StartsWith("s3://", StringComparison.Ordinal)) return null;
        var parts = uri["s3://".Length..].Split('/', 2);
        return Addresses.ContainsKey(parts[0]) ? (parts[0], parts.Length > 1 ? parts[1] : "") : null;
    }

    /// <summary>Where the bucket of a URI lies; null when it is none of these.</summary>
    public string? AddressOf(string uri) => Find(uri) is var (bucket, _) ? Addresses[bucket] : null;

    /// <summary>Names a place below the folder, for executors.</summary>
    public string AliasUri(string key) => $"s3://{Alias}/{key}";
}

/// <summary>Something can't be stored where it belongs just now. Nothing is lost, and trying again later may help.</summary>
internal sealed class StorageAwayException(string message) : Exception(message);
