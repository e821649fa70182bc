using System.Security.Cryptography;
using Rekindle.Server.ObjectStorage;

namespace Rekindle.Server.Protocol.S3;

/// <summary>A body as it is, checked at its end against the hash that the request was signed with.</summary>
internal sealed class PlainBody(Stream body, string payload) : ReadOnlyStream
{
    private readonly IncrementalHash? _hash = payload == S3Caller.Unsigned ? null : IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private bool _ended;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_ended) return 0;
        var read = await body.ReadAsync(buffer, cancellationToken);
        if (read > 0)
        {
            _hash?.AppendData(buffer.Span[..read]);
            return read;
        }

        _ended = true;
        if (_hash is not null && Convert.ToHexStringLower(_hash.GetHashAndReset()) != payload)
        {
            throw new S3Refusal(S3Code.XAmzContentSHA256Mismatch, "The provided 'x-amz-content-sha256' header does not match what was computed.");
        }

        return 0;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) _hash?.Dispose();
        base.Dispose(disposing);
    }
}
