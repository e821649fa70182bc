using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Security.Cryptography;
using System.Text;
using Rekindle.Api.Client;
using Rekindle.Server.ObjectStorage;

namespace Rekindle.Server.Protocol.S3;

/// <summary>
/// A body in S3's chunks (aws-chunked): each with its size, its signature where they are signed, and behind the last one headers, among
/// them checksums. Every chunk's signature is made from the one before, so none can be changed, left out or moved.
/// </summary>
/// <param name="body">What comes over the wire.</param>
/// <param name="caller">Says whether chunks are signed, and has the seed where the signatures are to be checked.</param>
/// <param name="length">How many bytes all chunks hold, as the request says.</param>
/// <param name="expected">Names of the headers behind the last chunk that the request announces, in lower case.</param>
internal sealed class ChunkedBody(PipeReader body, S3Caller caller, long length, IReadOnlyList<string> expected) : ReadOnlyStream
{
    private const int LongestLine = 4096;
    private const int MostTrailers = 16;
    private const string TrailerSignature = "x-amz-trailer-signature";

    private static readonly string EmptyHash = SigV4.HashOf([]);

    private readonly IncrementalHash? _hash = caller is { HasSignedChunks: true, Seed: not null } ? IncrementalHash.CreateHash(HashAlgorithmName.SHA256) : null;
    private string _previous = caller.Seed?.Signature ?? "";
    private string _signature = "";
    private long _leftInChunk;
    private long _left = length;
    private bool _ended;

    /// <summary>The headers behind the last chunk, once the end is reached.</summary>
    public Dictionary<string, string> Trailers { get; } = new(StringComparer.Ordinal);

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_ended || buffer.Length == 0) return 0;
        if (_leftInChunk == 0)
        {
            await BeginChunkAsync(cancellationToken);
            if (_leftInChunk == 0)
            {
                await EndAsync(cancellationToken);
                return 0;
            }
        }

        var result = await body.ReadAsync(cancellationToken);
        var read = (int)Math.Min(Math.Min(result.Buffer.Length, buffer.Length), _leftInChunk);
        if (read == 0)
        {
            body.AdvanceTo(result.Buffer.Start);
            throw Incomplete();
        }

        var taken = result.Buffer.Slice(0, read);
        taken.CopyTo(buffer.Span);
        body.AdvanceTo(taken.End);
        _hash?.AppendData(buffer.Span[..read]);
        _leftInChunk -= read;
        if (_leftInChunk == 0)
        {
            if (await ReadLineAsync(cancellationToken) is not "") throw Malformed();
            CheckChunk();
        }

        return read;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) _hash?.Dispose();
        base.Dispose(disposing);
    }

    private async Task BeginChunkAsync(CancellationToken cancellationToken)
    {
        var line = await ReadLineAsync(cancellationToken) ?? throw Incomplete();
        var parts = line.Split(';', 2);
        if (!long.TryParse(parts[0].Trim(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var size) || size < 0) throw Malformed();
        const string Signature = "chunk-signature=";
        var extension = parts.Length == 2 ? parts[1].Trim() : "";
        if (caller.HasSignedChunks && !extension.StartsWith(Signature, StringComparison.Ordinal)) throw Malformed();
        _signature = extension.StartsWith(Signature, StringComparison.Ordinal) ? extension[Signature.Length..] : "";
        if (size > _left) throw Incomplete();
        _left -= size;
        _leftInChunk = size;
    }

    private async Task EndAsync(CancellationToken cancellationToken)
    {
        _ended = true;
        if (_left != 0) throw Incomplete();
        CheckChunk();
        var signature = "";
        while (await ReadLineAsync(cancellationToken) is { Length: > 0 } line)
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0 || Trailers.Count >= MostTrailers) throw MalformedTrailer();
            var name = line[..colon].Trim().ToLowerInvariant();
            var value = line[(colon + 1)..].Trim();
            if (name == TrailerSignature)
            {
                signature = value;
            }
            else if (!expected.Contains(name) || !Trailers.TryAdd(name, value))
            {
                throw MalformedTrailer();
            }
        }

        if (expected.Any(name => !Trailers.ContainsKey(name))) throw MalformedTrailer();
        if (caller.Payload == S3Caller.SignedChunksAndTrailer) CheckTrailer(signature);
    }

    private void CheckChunk()
    {
        if (_hash is null) return;
        Check("AWS4-HMAC-SHA256-PAYLOAD", $"{EmptyHash}\n{Convert.ToHexStringLower(_hash.GetHashAndReset())}", _signature);
    }

    private void CheckTrailer(string signature)
    {
        var text = string.Concat(Trailers.OrderBy(trailer => trailer.Key, StringComparer.Ordinal).Select(trailer => $"{trailer.Key}:{trailer.Value}\n"));
        Check("AWS4-HMAC-SHA256-TRAILER", SigV4.HashOf(Encoding.UTF8.GetBytes(text)), signature);
    }

    private void Check(string kind, string hashes, string signature)
    {
        if (caller.Seed is not { } seed) return;
        var right = SigV4.Signature(seed.Key, $"{kind}\n{seed.Date}\n{seed.Scope}\n{_previous}\n{hashes}");
        if (!SigV4.SameSignature(right, signature))
        {
            throw new S3Refusal(S3Code.SignatureDoesNotMatch, "The signature of a chunk, or of what comes behind the last one, does not match.");
        }

        _previous = right;
    }

    /// <summary>The next line without its end; null when there is no more.</summary>
    private async Task<string?> ReadLineAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var result = await body.ReadAsync(cancellationToken);
            if (result.Buffer.PositionOf((byte)'\n') is { } end)
            {
                var line = result.Buffer.Slice(0, end);
                var text = line.Length > LongestLine ? null : Encoding.UTF8.GetString(line).TrimEnd('\r');
                body.AdvanceTo(result.Buffer.GetPosition(1, end));
                return text ?? throw Malformed();
            }

            // Nothing is thrown before the reader is given back: the server reads on what is left of the request.
            var (isTooLong, isEmpty) = (result.Buffer.Length > LongestLine, result.Buffer.IsEmpty);
            body.AdvanceTo(result.Buffer.Start, result.Buffer.End);
            if (isTooLong) throw Malformed();
            if (result.IsCompleted) return isEmpty ? null : throw Incomplete();
        }
    }

    private static S3Refusal Incomplete() => new(S3Code.IncompleteBody, "The request body terminated unexpectedly, or is not as long as x-amz-decoded-content-length says.");

    private static S3Refusal Malformed() => new(S3Code.InvalidRequest, "The body is not made of chunks as its x-amz-content-sha256 says.");

    private static S3Refusal MalformedTrailer() => new(
        S3Code.MalformedTrailerError, "The request contained trailing data that was not well-formed or did not conform to our published schema.");
}
