namespace Rekindle.Server.ObjectStorage.Checksums;

/// <summary>The checksums that S3's clients send along.</summary>
internal enum ChecksumAlgorithm { Crc32, Crc32C, Crc64Nvme, Sha1, Sha256 }

/// <summary>The checksum of an object.</summary>
/// <param name="Algorithm">How it was made.</param>
/// <param name="Value">Base64; of a checksum over the parts' checksums with their number behind a hyphen.</param>
/// <param name="FullObject">Whether it is one over all bytes, not one over the parts' checksums.</param>
internal sealed record ObjectChecksum(ChecksumAlgorithm Algorithm, string Value, bool FullObject);
