using System.Xml;
using System.Xml.Linq;
using Microsoft.AspNetCore.Http;
using Rekindle.Server.ObjectStorage.Checksums;

namespace Rekindle.Server.Protocol.S3;

/// <summary>The names of checksums in headers and documents.</summary>
internal static class ChecksumHeaders
{
    private const string Prefix = "x-amz-checksum-";

    private static readonly (ChecksumAlgorithm Algorithm, string Word)[] Words =
    [
        (ChecksumAlgorithm.Crc32, "CRC32"),
        (ChecksumAlgorithm.Crc32C, "CRC32C"),
        (ChecksumAlgorithm.Crc64Nvme, "CRC64NVME"),
        (ChecksumAlgorithm.Sha1, "SHA1"),
        (ChecksumAlgorithm.Sha256, "SHA256"),
    ];

    public static string WordOf(ChecksumAlgorithm algorithm) => Words.First(word => word.Algorithm == algorithm).Word;

    public static string NameOf(ChecksumAlgorithm algorithm) => Prefix + WordOf(algorithm).ToLowerInvariant();

    /// <summary>The algorithm of a header, by its name in lower case; null when it is none.</summary>
    public static ChecksumAlgorithm? ByHeader(string name) =>
        Words.Where(word => Prefix + word.Word.ToLowerInvariant() == name).Select(word => (ChecksumAlgorithm?)word.Algorithm).FirstOrDefault();

    /// <exception cref="S3Refusal">There is no such algorithm.</exception>
    public static ChecksumAlgorithm? ByWord(string? text)
    {
        if (text is null) return null;
        return Words.Where(word => word.Word.Equals(text, StringComparison.OrdinalIgnoreCase)).Select(word => (ChecksumAlgorithm?)word.Algorithm).FirstOrDefault()
            ?? throw new S3Refusal(S3Code.InvalidRequest, "Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]");
    }

    /// <summary>The checksum in a request's headers, or the algorithm alone where it comes later or is to be made here.</summary>
    /// <exception cref="S3Refusal">There are several, or it is malformed.</exception>
    public static (ChecksumAlgorithm? Algorithm, string? Value) Of(S3Request request)
    {
        var given = Words.Select(word => (word.Algorithm, Value: request.Header(NameOf(word.Algorithm)))).Where(pair => pair.Value is not null).ToList();
        if (given.Count > 1) throw new S3Refusal(S3Code.InvalidRequest, "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.");
        if (given.Count == 0) return (ByWord(request.Header("x-amz-sdk-checksum-algorithm") ?? request.Header("x-amz-checksum-algorithm")), null);
        var (algorithm, value) = given[0];
        var length = RunningChecksum.Of(algorithm, []).Length;
        return Convert.TryFromBase64String(value!, new byte[64], out var bytes) && bytes == length
            ? (algorithm, value)
            : throw new S3Refusal(S3Code.InvalidRequest, $"Value for {NameOf(algorithm)} header is invalid.");
    }

    public static void Write(HttpResponse response, ObjectChecksum? checksum)
    {
        if (checksum is null) return;
        response.Headers[NameOf(checksum.Algorithm)] = checksum.Value;
        response.Headers[Prefix + "type"] = checksum.FullObject ? "FULL_OBJECT" : "COMPOSITE";
    }

    public static void Write(XmlWriter xml, ObjectChecksum? checksum)
    {
        if (checksum is null) return;
        xml.Add("Checksum" + WordOf(checksum.Algorithm), checksum.Value);
        xml.Add("ChecksumType", checksum.FullObject ? "FULL_OBJECT" : "COMPOSITE");
    }

    /// <summary>The checksum of a part in a document.</summary>
    public static string? Read(XElement part, ChecksumAlgorithm? algorithm) => algorithm is { } one ? part.Text("Checksum" + WordOf(one)) : null;
}
