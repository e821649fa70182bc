using CsCheck;
using Rekindle.Algorithms.Images;

namespace Rekindle.Algorithms.Tests.Images;

public sealed class RecordIoFileTests : IDisposable
{
    private static readonly byte[] Magic = BitConverter.GetBytes(RecordIoFile.Magic);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Reads_png_and_jpeg_records_in_grey_and_colour()
    {
        using var file = Open(
            EncodedImages.Record(3, EncodedImages.Png(2, 1, 3, [255, 0, 0, 10, 20, 30])),
            EncodedImages.Record(7, EncodedImages.Jpeg(200)));
        var images = file.Images(CancellationToken.None).ToArray();
        Assert.Equal([3, 7], images.Select(image => image.Label));

        var colour = images[0].Decode(3);
        Assert.Equal((3, 1, 2), (colour.Shape.Channels, colour.Shape.Height, colour.Shape.Width));
        Assert.Equal([255, 10, 0, 20, 0, 30], colour.Pixels.ToArray());
        var grey = images[1].Decode(1);
        Assert.Equal((1, 8, 8), (grey.Shape.Channels, grey.Shape.Height, grey.Shape.Width));
        Assert.All(grey.Pixels.ToArray(), pixel => Assert.InRange(pixel, 199, 201));
        Assert.Equal(3 * 64, images[1].Decode(3).Pixels.Length);
        Assert.Contains("record at byte 0", images[0].Origin, StringComparison.Ordinal);
    }

    [Fact]
    public void Puts_the_magic_back_between_the_parts_of_a_record()
    {
        // A comment before the pixels holds the magic twice, at multiples of four from the record's start: without it, the decoder
        // would not find the pixels.
        var image = EncodedImages.Png(1, 1, 1, [77], [0, 0, 0, .. Magic, 1, 2, 3, 4, .. Magic, 5]);
        var record = EncodedImages.Record(1, image);
        Assert.Equal(1u, BitConverter.ToUInt32(record, 4) >> 29);
        using var file = Open(record, EncodedImages.Record(2, EncodedImages.Jpeg(3)));
        var images = file.Images(CancellationToken.None).ToArray();
        Assert.Equal([1, 2], images.Select(found => found.Label));
        Assert.Equal([77], images[0].Decode(1).Pixels.ToArray());
    }

    [Fact]
    public void Takes_the_label_from_the_list_when_the_header_announces_one()
    {
        using var file = Open(EncodedImages.Record(0, EncodedImages.Png(1, 1, 1, [9]), labels: [5]));
        var image = Assert.Single(file.Images(CancellationToken.None));
        Assert.Equal(5, image.Label);
        Assert.Equal([9], image.Decode(1).Pixels.ToArray());
    }

    [Fact]
    public void What_was_announced_as_RecordIO_and_is_something_else_gets_a_hint()
    {
        Assert.Contains("leave the channel's ContentType out", Error([0x1f, 0x8b, 8, 0, 0, 0, 0, 0]), StringComparison.Ordinal);
        var damaged = Error([.. EncodedImages.Record(1, EncodedImages.Jpeg(3)), 1, 2, 3, 4, 5, 6, 7, 8]);
        Assert.Contains("expected the RecordIO magic", damaged, StringComparison.Ordinal);
        Assert.DoesNotContain("ContentType", damaged, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_what_is_no_class_number()
    {
        foreach (var label in new[] { -1f, 0.5f, float.NaN, float.PositiveInfinity })
            Assert.Contains("is not a class number", Error(EncodedImages.Record(label, [1])), StringComparison.Ordinal);
        Assert.Contains("2 labels; exactly one", Error(EncodedImages.Record(0, [1], labels: [1, 2])), StringComparison.Ordinal);
    }

    [Fact]
    public void Names_file_and_offset_of_damage()
    {
        var good = EncodedImages.Record(1, EncodedImages.Png(1, 1, 1, [9]));
        var error = Error([.. good, 1, 2, 3, 4, 5, 6, 7, 8]);
        Assert.Contains("data.rec", error, StringComparison.Ordinal);
        var expected = $"at byte {good.Length}: expected the RecordIO magic 0xced7230a, found 0x04030201";
        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.Contains("ends inside a record", Error([.. good, .. Magic]), StringComparison.Ordinal);
        Assert.Contains($"the file ends at byte {good.Length - 20}", Error(good[..^20]), StringComparison.Ordinal);
        Assert.Contains("cannot start with a part of kind 2", Error([.. Magic, 0, 0, 0, 0x40]), StringComparison.Ordinal);
        Assert.Contains("a part of kind 0 cannot continue", Error([.. Magic, 0, 0, 0, 0x20, .. good]), StringComparison.Ordinal);
        Assert.Contains("its header alone needs 24", Error([.. Magic, 4, 0, 0, 0, 1, 2, 3, 4]), StringComparison.Ordinal);
    }

    [Fact]
    public void Names_the_record_whose_image_is_damaged()
    {
        var good = EncodedImages.Record(1, EncodedImages.Png(1, 1, 1, [9]));
        foreach (var image in new byte[][] { [], [1, 2, 3], EncodedImages.Png(4, 4, 1, new byte[16])[..40], EncodedImages.Jpeg(7)[..60] })
        {
            using var file = Open(good, EncodedImages.Record(2, image));
            var images = file.Images(CancellationToken.None).ToArray();
            var error = Assert.Throws<ClientErrorException>(() => images[1].Decode(1));
            Assert.Contains($"data.rec: record at byte {good.Length}", error.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void A_JPEG_that_was_cut_off_is_refused(int missing)
    {
        using var file = Open(EncodedImages.Record(2, EncodedImages.Jpeg(77).AsSpan(..^missing).ToArray()));
        var error = Assert.Throws<ClientErrorException>(() => file.Images(CancellationToken.None).Single().Decode(1));
        Assert.Contains("it has no end marker", error.Message, StringComparison.Ordinal);
    }

    /// <summary>Five bytes of this file were changed; the decoder goes round for ever on it.</summary>
    [Fact]
    public void A_JPEG_that_never_ends_decoding_is_refused()
    {
        using var file = Open(EncodedImages.Record(2, File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "endless.jpg"))));
        var error = Assert.Throws<ClientErrorException>(() => file.Images(CancellationToken.None).Single().Decode(3));
        Assert.Contains("decoding found no end within", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Random_damage_is_read_or_refused_but_never_breaks()
    {
        byte[] good =
        [
            .. EncodedImages.Record(1, EncodedImages.Png(3, 3, 1, new byte[9])),
            .. EncodedImages.Record(1, EncodedImages.Jpeg(50)),
        ];
        Gen.Select(Gen.Int[0, good.Length - 1], Gen.Byte, Gen.Int[0, good.Length]).Sample((at, value, length) =>
        {
            var damaged = (byte[])good.Clone();
            damaged[at] = value;
            using var file = Open(damaged[..length]);
            try
            {
                foreach (var image in file.Images(CancellationToken.None)) image.Decode(3);
            }
            catch (ClientErrorException error)
            {
                Assert.Contains("byte", error.Message, StringComparison.Ordinal);
            }
        }, iter: 500, threads: 1);
    }

    private RecordIoFile Open(params byte[][] records) => new(_folder.Write("data.rec", records.SelectMany(record => record).ToArray()));

    private string Error(byte[] content)
    {
        using var file = Open(content);
        return Assert.Throws<ClientErrorException>(() => file.Images(CancellationToken.None).ToArray()).Message;
    }
}
