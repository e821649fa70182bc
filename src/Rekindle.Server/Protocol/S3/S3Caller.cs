using Rekindle.Api.Client;

namespace Rekindle.Server.Protocol.S3;

/// <summary>Who sent a request of S3, and how its body is to be checked.</summary>
/// <param name="Region">The region it was signed for.</param>
/// <param name="Payload">What x-amz-content-sha256 says: a hash, or one of the words for bodies without one.</param>
/// <param name="Seed">What the signatures of chunks begin with; null when nobody checks them.</param>
internal sealed record S3Caller(string Region, string Payload, ChunkSeed? Seed)
{
    public const string Unsigned = "UNSIGNED-PAYLOAD";
    public const string SignedChunks = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD";
    public const string SignedChunksAndTrailer = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER";
    public const string UnsignedChunksAndTrailer = "STREAMING-UNSIGNED-PAYLOAD-TRAILER";

    /// <summary>The key it was signed with; null on a server without keys.</summary>
    public AccessKey? Key { get; init; }

    public bool IsChunked => Payload is SignedChunks or SignedChunksAndTrailer or UnsignedChunksAndTrailer;

    public bool HasSignedChunks => Payload is SignedChunks or SignedChunksAndTrailer;
}

/// <summary>What the signatures of a body's chunks are made with, one from the other.</summary>
/// <param name="Key">The signing key.</param>
/// <param name="Date">X-Amz-Date.</param>
/// <param name="Scope">The credential scope.</param>
/// <param name="Signature">The request's own.</param>
internal sealed record ChunkSeed(byte[] Key, string Date, SigV4Scope Scope, string Signature);
