using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Rekindle.Server.ObjectStorage.Checksums;

/// <summary>A checksum over bytes that come one piece after the other.</summary>
internal sealed class RunningChecksum : IDisposable
{
    private readonly IncrementalHash? _hash;
    private readonly Crc? _crc;
    private readonly int _length;
    private ulong _state;

    public RunningChecksum(ChecksumAlgorithm algorithm)
    {
        Algorithm = algorithm;
        (_crc, _length) = algorithm switch
        {
            ChecksumAlgorithm.Crc32 => (Crc.Crc32, 4),
            ChecksumAlgorithm.Crc32C => (Crc.Crc32C, 4),
            ChecksumAlgorithm.Crc64Nvme => (Crc.Crc64Nvme, 8),
            _ => ((Crc?)null, 0),
        };
        _state = _crc?.Start ?? 0;
        _hash = algorithm switch
        {
            ChecksumAlgorithm.Sha1 => IncrementalHash.CreateHash(HashAlgorithmName.SHA1),
            ChecksumAlgorithm.Sha256 => IncrementalHash.CreateHash(HashAlgorithmName.SHA256),
            _ => null,
        };
    }

    public ChecksumAlgorithm Algorithm { get; }

    public static byte[] Of(ChecksumAlgorithm algorithm, ReadOnlySpan<byte> bytes)
    {
        using var checksum = new RunningChecksum(algorithm);
        checksum.Append(bytes);
        return checksum.Finish();
    }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (_crc is not null) _state = _crc.Append(_state, bytes);
        _hash?.AppendData(bytes);
    }

    public byte[] Finish()
    {
        if (_hash is not null) return _hash.GetHashAndReset();
        var bytes = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, _state ^ _crc!.Start);
        return bytes[^_length..];
    }

    public void Dispose() => _hash?.Dispose();
}
