using System.IO.Pipelines;
using System.Text;
using Rekindle.Api.Client;
using Rekindle.Server.Protocol.S3;

namespace Rekindle.Server.Tests.Protocol.S3;

public sealed class ChunkedBodyTests
{
    private const string Trailer = "x-amz-checksum-crc32";

    /// <summary>The example of "Signature calculations for the authorization header: transferring payload in multiple chunks".</summary>
    private static readonly (string First, string Second, string Last) Published = (
        "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648",
        "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497",
        "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9");

    private static readonly SigV4Scope Scope = new("20130524", "us-east-1", "s3");

    private static readonly ChunkSeed Seed = new(
        SigV4.SigningKey("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", Scope), "20130524T000000Z", Scope,
        "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9");

    [Fact]
    public async Task The_published_example_is_read() =>
        Assert.Equal(new string('a', 66560), await ReadAsync(Example(), 66560, S3Caller.SignedChunks, Seed, []));

    [Theory]
    [InlineData("10000;chunk-signature=ad80", "10000;chunk-signature=ad81")]
    [InlineData("400;chunk-signature=0055", "400;chunk-signature=0056")]
    [InlineData("0;chunk-signature=b6c6", "0;chunk-signature=b6c7")]
    [InlineData("\r\naaaa", "\r\nbaaa")]
    [InlineData("a\r\n0;", "b\r\n0;")]
    [InlineData("10000;chunk-signature=ad80", "10000;x=ad80")]
    [InlineData("10000;", "ffff;")]
    [InlineData("400;", "-400;")]
    [InlineData("400;", "zz;")]
    [InlineData("\r\n400;", "400;")]
    [InlineData("400;", "7fffffffffffffff;")]
    public async Task Whatever_is_changed_is_found(string from, string to)
    {
        var changed = Replaced(Example(), from, to);
        var refusal = await Assert.ThrowsAsync<S3Refusal>(() => ReadAsync(changed, 66560, S3Caller.SignedChunks, Seed, []));
        Assert.True(refusal.HttpStatus is 400 or 403, refusal.Message);
    }

    [Fact]
    public async Task Chunks_that_are_left_out_or_change_places_are_found()
    {
        var (first, second, last) = Chunks();
        foreach (var (body, length) in new[] { (second + last, 1024), (first + last, 65536), (second + first + last, 66560), (first + second, 66560), (last, 0) })
        {
            await Assert.ThrowsAsync<S3Refusal>(() => ReadAsync(Encoding.ASCII.GetBytes(body), length, S3Caller.SignedChunks, Seed, []));
        }
    }

    [Fact]
    public async Task A_body_that_breaks_off_anywhere_is_incomplete()
    {
        var body = "3\r\nabc\r\n2\r\nde\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n";
        for (var length = 0; length < body.Length - 4; length++)
        {
            var cut = Encoding.ASCII.GetBytes(body[..length]);
            await Assert.ThrowsAsync<S3Refusal>(() => ReadAsync(cut, 5, S3Caller.UnsignedChunksAndTrailer, null, [Trailer]));
        }
    }

    [Fact]
    public async Task It_does_not_matter_in_what_pieces_a_body_comes()
    {
        var body = Encoding.ASCII.GetBytes("3;any=thing\r\nabc\r\n2\r\nde\r\n0\r\nX-Amz-Checksum-CRC32: AAAAAA==\n\r\n");
        for (var cut = 0; cut <= body.Length; cut++)
        {
            Assert.Equal("abcde", await ReadAsync(body, 5, S3Caller.UnsignedChunksAndTrailer, null, [Trailer], cut));
        }
    }

    [Theory]
    [InlineData("0\r\n\r\n")]
    [InlineData("0\r\nx-amz-checksum-sha1:AAAAAA==\r\n\r\n")]
    [InlineData("0\r\nx-amz-checksum-crc32:a\r\nx-amz-checksum-crc32:b\r\n\r\n")]
    [InlineData("0\r\nno colon\r\n\r\n")]
    public async Task Only_the_headers_that_were_announced_come_behind_the_last_chunk(string body)
    {
        var refusal = await Assert.ThrowsAsync<S3Refusal>(() => ReadAsync(Encoding.ASCII.GetBytes(body), 0, S3Caller.UnsignedChunksAndTrailer, null, [Trailer]));
        Assert.Equal(S3Code.MalformedTrailerError, refusal.Code);
    }

    [Fact]
    public async Task A_line_without_an_end_is_not_kept()
    {
        var refusal = await Assert.ThrowsAsync<S3Refusal>(() => ReadAsync(new byte[100_000], 5, S3Caller.UnsignedChunksAndTrailer, null, []));
        Assert.Equal(S3Code.InvalidRequest, refusal.Code);
    }

    private static byte[] Example()
    {
        var (first, second, last) = Chunks();
        return Encoding.ASCII.GetBytes(first + second + last);
    }

    private static (string First, string Second, string Last) Chunks() => (
        $"10000;chunk-signature={Published.First}\r\n{new string('a', 65536)}\r\n",
        $"400;chunk-signature={Published.Second}\r\n{new string('a', 1024)}\r\n",
        $"0;chunk-signature={Published.Last}\r\n\r\n");

    private static byte[] Replaced(byte[] body, string from, string to)
    {
        var text = Encoding.ASCII.GetString(body);
        var at = text.IndexOf(from, StringComparison.Ordinal);
        Assert.True(at >= 0, from);
        return Encoding.ASCII.GetBytes(text[..at] + to + text[(at + from.Length)..]);
    }

    private static async Task<string> ReadAsync(byte[] body, long length, string payload, ChunkSeed? seed, string[] trailers, int? cut = null)
    {
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
        var writing = WriteAsync(pipe.Writer, body, cut ?? body.Length / 2);
        await using var chunked = new ChunkedBody(pipe.Reader, new S3Caller("us-east-1", payload, seed), length, trailers);
        using var all = new MemoryStream();
        await chunked.CopyToAsync(all, CancellationToken.None);
        await writing;
        return Encoding.ASCII.GetString(all.ToArray());
    }

    private static async Task WriteAsync(PipeWriter writer, byte[] body, int cut)
    {
        await writer.WriteAsync(body.AsMemory(0, cut));
        await writer.WriteAsync(body.AsMemory(cut));
        await writer.CompleteAsync();
    }
}
