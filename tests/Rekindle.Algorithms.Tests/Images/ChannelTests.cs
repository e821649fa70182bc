using System.IO.Compression;
using Rekindle.Algorithms.Images;

namespace Rekindle.Algorithms.Tests.Images;

public sealed class ChannelTests : IDisposable
{
    private const string ImagesFile = "a-images-idx3-ubyte";
    private const string LabelsFile = "a-labels-idx1-ubyte";
    private static readonly byte[] TwoImages = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 10, 20, 30, 40];
    private static readonly byte[] TwoLabels = [0, 0, 8, 1, 0, 0, 0, 2, 1, 0];
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void Reads_idx_files_plain_or_gzipped(bool zipImages, bool zipLabels)
    {
        Put(ImagesFile, TwoImages, zipImages);
        Put(LabelsFile, TwoLabels, zipLabels);
        using var channel = Open(null);
        Assert.Equal([1, 0], channel.Images.Select(image => image.Label));
        Assert.Equal([30, 40], channel.Images[1].Decode(1).Pixels.ToArray());
        Assert.Equal([30, 40, 30, 40, 30, 40], channel.Images[1].Decode(3).Pixels.ToArray());
    }

    [Theory]
    [InlineData("train", new[] { 1, 0 })]
    [InlineData("validation", new[] { 0, 1 })]
    public void The_channel_chooses_its_half_of_a_folder_that_holds_both(string channel, int[] labels)
    {
        Put("train-images-idx3-ubyte", TwoImages, zip: true);
        Put("train-images-idx3-ubyte", TwoImages, zip: false);
        Put("train-labels-idx1-ubyte", TwoLabels, zip: false);
        Put("t10k-images-idx3-ubyte", TwoImages, zip: false);
        Put("t10k-labels-idx1-ubyte", [.. TwoLabels[..8], 0, 1], zip: false);
        using var opened = Channel.Open(channel, null, _folder.Path, null, CancellationToken.None);
        Assert.Equal(labels, opened.Images.Select(image => image.Label));
    }

    [Fact]
    public void Reads_the_digits_that_come_along()
    {
        static Channel Digits(string name) =>
            Channel.Open(name, null, Path.Combine(AppContext.BaseDirectory, "digits", name), null, CancellationToken.None);
        using var train = Digits("train");
        using var validation = Digits("validation");
        Assert.Equal(1297, train.Images.Count);
        Assert.Equal(500, validation.Images.Count);
        Assert.Equal(Enumerable.Range(0, 10), validation.Images.Select(image => image.Label).Distinct().Order());
    }

    public static TheoryData<byte[], byte[], string> DamagedIdx => new()
    {
        { [0, 0, 8, 4, .. TwoImages[4..]], TwoLabels, "at byte 0: expected the idx magic 0x00000803, found 0x00000804" },
        { TwoImages, [0, 0, 8, 3, .. TwoLabels[4..]], "expected the idx magic 0x00000801" },
        { TwoImages[..19], TwoLabels, "2 items need 20 bytes, but the file ends at byte 19" },
        { [.. TwoImages, 9], TwoLabels, "ends at byte 21" },
        { TwoImages[..10], TwoLabels, "ends at byte 10, inside the idx header" },
        { [], TwoLabels, "ends at byte 0, inside the idx header" },
        { TwoImages, [0, 0, 8, 1, 0, 0, 0, 1, 1], "holds 2 images, but" },
        { [0, 0, 8, 3, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255], TwoLabels, "4294967295 items need" },
        { [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0], TwoLabels, "the images are 0x0 pixels" },
    };

    [Theory]
    [MemberData(nameof(DamagedIdx))]
    public void Names_what_is_wrong_with_idx_files(byte[] images, byte[] labels, string expected)
    {
        Put(ImagesFile, images, zip: false);
        Put(LabelsFile, labels, zip: false);
        var error = Assert.Throws<ClientErrorException>(() => Open(null));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Contains("idx", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_a_damaged_gzip_file()
    {
        Put(ImagesFile, TwoImages, zip: true);
        Put(LabelsFile, TwoLabels, zip: false);
        var path = Path.Combine(_folder.Path, ImagesFile + ".gz");
        var zipped = File.ReadAllBytes(path);
        zipped[12] ^= 0xff;
        File.WriteAllBytes(path, zipped);
        Assert.Contains(ImagesFile + ".gz", Assert.Throws<ClientErrorException>(() => Open(null)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_missing_labels()
    {
        Put(ImagesFile, TwoImages, zip: false);
        Assert.Contains(LabelsFile, Assert.Throws<ClientErrorException>(() => Open(null)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Reads_a_folder_of_images_by_its_list()
    {
        _folder.Write("cats/one.png", EncodedImages.Png(1, 1, 1, [5]));
        _folder.Write("two.jpg", EncodedImages.Jpeg(128));
        _folder.Write("train.lst", "0\t1\tcats/one.png\n\n1\t0.000000\ttwo.jpg\n");
        using var channel = Open("application/x-image");
        Assert.Equal([1, 0], channel.Images.Select(image => image.Label));
        Assert.Equal([5], channel.Images[0].Decode(1).Pixels.ToArray());
        Assert.Equal(64, channel.Images[1].Decode(1).Pixels.Length);
        using var detected = Open(null);
        Assert.Equal(2, detected.Images.Count);
    }

    [Fact]
    public void Reads_the_list_from_its_own_channel()
    {
        using var lists = new TemporaryFolder();
        lists.Write("x.lst", "0\t3\ta.png");
        _folder.Write("a.png", EncodedImages.Png(1, 1, 1, [5]));
        using var channel = Channel.Open("train", "application/x-image", _folder.Path, lists.Path, CancellationToken.None);
        Assert.Equal(3, Assert.Single(channel.Images).Label);
    }

    [Theory]
    [InlineData("0\t1\tmissing.png", "line 2: the image")]
    [InlineData("0\tcat\ta.png", "line 2: the class 'cat'")]
    [InlineData("0\t1,5\ta.png", "line 2: the class '1,5'")]
    [InlineData("0\t-1\ta.png", "line 2: the class '-1'")]
    [InlineData("0 1 a.png", "line 2: expected index, class and path separated by tabs, found 1")]
    [InlineData("0\t1\t2\ta.png", "found 4 field(s)")]
    [InlineData("0\t1\t../../etc/passwd", "leaves the channel")]
    [InlineData("0\t1\t/etc/passwd", "leaves the channel")]
    public void Names_the_line_of_a_list_that_is_wrong(string line, string expected)
    {
        _folder.Write("a.png", EncodedImages.Png(1, 1, 1, [5]));
        _folder.Write("train.lst", "0\t0\ta.png\n" + line);
        Assert.Contains(expected, Assert.Throws<ClientErrorException>(() => Open(null)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_the_file_of_an_image_that_cannot_be_decoded()
    {
        _folder.Write("a.png", "no image");
        _folder.Write("train.lst", "0\t0\ta.png");
        using var channel = Open(null);
        Assert.Contains("a.png", Assert.Throws<ClientErrorException>(() => channel.Images[0].Decode(1)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Finds_records_by_their_content_beside_other_files()
    {
        _folder.Write("data.rec", EncodedImages.Record(1, EncodedImages.Jpeg(1)));
        _folder.Write("data.idx", "0\t0\n");
        using (var detected = Open(null)) Assert.Single(detected.Images);
        using (var stated = Open("application/x-recordio")) Assert.Single(stated.Images);
    }

    [Fact]
    public void Refuses_folders_without_usable_data()
    {
        static string Error(Func<Channel> open) => Assert.Throws<ClientErrorException>(open).Message;
        Assert.Contains("found neither RecordIO files", Error(() => Open(null)), StringComparison.Ordinal);
        Assert.Contains("holds no image", Error(() => Open("application/x-recordio")), StringComparison.Ordinal);
        Assert.Contains("no .lst file", Error(() => Open("application/x-image")), StringComparison.Ordinal);
        var missing = Error(() => Channel.Open("train", null, "/nonexistent/train", null, CancellationToken.None));
        Assert.Contains("The channel 'train' has no data", missing, StringComparison.Ordinal);
    }

    private Channel Open(string? contentType) => Channel.Open("train", contentType, _folder.Path, null, CancellationToken.None);

    private void Put(string name, byte[] content, bool zip)
    {
        if (!zip)
        {
            _folder.Write(name, content);
            return;
        }

        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest)) gzip.Write(content);
        _folder.Write(name + ".gz", packed.ToArray());
    }
}
