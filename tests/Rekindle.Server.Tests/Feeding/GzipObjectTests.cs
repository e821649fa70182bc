using System.IO.Compression;
using Rekindle.Feeder;

namespace Rekindle.Server.Tests.Feeding;

public sealed class GzipObjectTests
{
    private static readonly byte[] First = Content(20_000);
    private static readonly byte[] Second = Content(300);

    [Fact]
    public void All_members_are_read() =>
        Assert.Equal([.. First, .. Second, .. Second], Read([.. Packed(First), .. Packed(Second), .. Packed([]), .. Packed(Second)]));

    [Fact]
    public void An_object_without_content_has_none() => Assert.Empty(Read([]));

    [Fact]
    public void One_that_was_cut_short_anywhere_is_damaged()
    {
        byte[] file = [.. Packed(First), .. Packed(Second)];
        var whole = Packed(First).Length;
        foreach (var length in Enumerable.Range(1, 40).Concat([whole / 2]).Concat(Enumerable.Range(whole - 20, 60)).Concat(Enumerable.Range(file.Length - 20, 20)))
        {
            // What ends behind the first member is a whole file.
            if (length != whole) Assert.True(IsDamaged(file[..length]), $"{length} of {file.Length} bytes");
        }
    }

    [Fact]
    public void One_with_a_changed_bit_is_damaged_wherever_it_is()
    {
        byte[] file = [.. Packed(First), .. Packed(Second)];
        var second = Packed(First).Length;
        // Time, flags of the compressor and system are nobody's content, nor are the bits that fill a stored block's first byte.
        var unread = new HashSet<int>(Enumerable.Range(4, 7).SelectMany(i => new[] { i, second + i }));
        foreach (var place in Enumerable.Range(0, 200).Concat(Enumerable.Range(second - 20, 60)).Concat(Enumerable.Range(file.Length - 20, 20)))
        {
            var damaged = file.ToArray();
            damaged[place] ^= 0x10;
            if (!unread.Contains(place)) Assert.True(IsDamaged(damaged), $"byte {place}, the second member begins at {second}");
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8192)]
    public void Garbage_behind_the_last_member_is_damage(int length) => Assert.True(IsDamaged([.. Packed(First), .. Enumerable.Repeat((byte)7, length)]));

    [Fact]
    public void A_plain_file_is_damaged() => Assert.True(IsDamaged(First));

    private static bool IsDamaged(byte[] file)
    {
        try
        {
            Read(file);
            return false;
        }
        catch (InvalidDataException)
        {
            return true;
        }
    }

    private static byte[] Read(byte[] file)
    {
        using var plain = new GzipObject(new MemoryStream(file));
        using var content = new MemoryStream();
        plain.CopyTo(content);
        return content.ToArray();
    }

    private static byte[] Packed(byte[] content)
    {
        using var file = new MemoryStream();
        using (var gzip = new GZipStream(file, CompressionLevel.Optimal))
        {
            gzip.Write(content);
        }

        return file.ToArray();
    }

    private static byte[] Content(int length)
    {
        var content = new byte[length];
        new Random(length).NextBytes(content);
        return content;
    }
}
