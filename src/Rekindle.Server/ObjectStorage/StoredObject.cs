using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using Rekindle.Server.ObjectStorage.Checksums;

namespace Rekindle.Server.ObjectStorage;

/// <summary>What a client says of an object beside its bytes, and gets back with them.</summary>
internal sealed record ObjectHeaders
{
    public string? ContentType { get; init; }

    public string? CacheControl { get; init; }

    public string? ContentDisposition { get; init; }

    public string? ContentEncoding { get; init; }

    public string? ContentLanguage { get; init; }

    public string? Expires { get; init; }

    /// <summary>By name in lower case, without the prefix <c>x-amz-meta-</c>.</summary>
    public IReadOnlyDictionary<string, string> UserMetadata { get; init; } = new Dictionary<string, string>();
}

/// <summary>An object without its bytes.</summary>
internal sealed record StoredObject(
    string Key,
    long Size,
    DateTimeOffset Modified,
    string ETag,
    ObjectHeaders Headers,
    ObjectChecksum? Checksum,
    IReadOnlyList<long>? PartSizes)
{
    /// <summary>An object that a file is without having been uploaded: nobody has read it, so its tag is of its size and time.</summary>
    public static StoredObject OfFile(string key, FileFacts facts)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{facts.Size} {facts.Modified}");
        var tag = Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(text)).AsSpan(0, 16));
        return new StoredObject(key, facts.Size, facts.ModifiedTime, tag + "-1", new ObjectHeaders(), null, null);
    }
}

/// <summary>What is kept of one content of a key, and which file it is about: one of another size or time was put there by somebody else.</summary>
internal sealed record Generation
{
    public required long Size { get; init; }

    public required long Modified { get; init; }

    public required ulong Number { get; init; }

    public required string ETag { get; init; }

    public required ObjectHeaders Headers { get; init; }

    public ObjectChecksum? Checksum { get; init; }

    public IReadOnlyList<long>? PartSizes { get; init; }

    public bool IsAbout(FileFacts facts) => Size == facts.Size && Modified == facts.Modified;

    public StoredObject ToObject(string key, FileFacts facts) => new(key, facts.Size, facts.ModifiedTime, ETag, Headers, Checksum, PartSizes);
}

/// <summary>The file beside an object. It holds the content before as well until the next one: so it may be written before the object is.</summary>
internal sealed record Metadata(string Key, IReadOnlyList<Generation> Generations);

/// <summary>What is kept of a bucket beside its folder.</summary>
internal sealed record BucketFacts(string? Region, DateTimeOffset Created);

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true)]
[JsonSerializable(typeof(Metadata))]
[JsonSerializable(typeof(BucketFacts))]
[JsonSerializable(typeof(UploadFacts))]
[JsonSerializable(typeof(PartFacts))]
internal sealed partial class ObjectStorageJson : JsonSerializerContext;
