using System.Text;
using Rekindle.Server.ObjectStorage.Checksums;

namespace Rekindle.Server.Tests.ObjectStorage;

public sealed class ChecksumTests
{
    /// <summary>The check values of the catalogue of CRCs, and of the hashes' standards.</summary>
    [Theory]
    [InlineData("Crc32", "CBF43926")]
    [InlineData("Crc32C", "E3069283")]
    [InlineData("Crc64Nvme", "AE8B14860A799888")]
    [InlineData("Sha1", "F7C3BC1D808E04732ADF679965CCC34CA7AE3441")]
    [InlineData("Sha256", "15E2B0D3C33891EBB0F1EF609EC419420C20E320CE94C65FBC8C3312448EB225")]
    public void Checksums_of_123456789_are_the_known_ones(string algorithm, string expected) =>
        Assert.Equal(expected, Convert.ToHexString(RunningChecksum.Of(Enum.Parse<ChecksumAlgorithm>(algorithm), "123456789"u8)));

    [Fact]
    public void A_checksum_is_the_same_however_the_bytes_come()
    {
        var bytes = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 40).Select(number => $"{number} ")));
        foreach (var algorithm in Enum.GetValues<ChecksumAlgorithm>())
        {
            var whole = RunningChecksum.Of(algorithm, bytes);
            for (var cut = 0; cut <= bytes.Length; cut++)
            {
                using var pieces = new RunningChecksum(algorithm);
                pieces.Append(bytes.AsSpan(0, cut));
                pieces.Append(bytes.AsSpan(cut));
                Assert.Equal(whole, pieces.Finish());
            }
        }
    }
}
