using CsCheck;
using Rekindle.Algorithms.Images;
using Rekindle.Algorithms.Networks;

namespace Rekindle.Algorithms.Tests.Images;

public sealed class PreparationTests
{
    private static readonly Gen<(int From, int Across, int To, int Wide, byte Level)> Sizes =
        Gen.Select(Gen.Int[1, 40], Gen.Int[1, 40], Gen.Int[1, 40], Gen.Int[1, 40], Gen.Byte);

    [Fact]
    public void An_image_too_narrow_to_be_scaled_is_refused_by_name()
    {
        var image = new Pixmap(new Shape(1, 1, 1_000_000), new byte[1_000_000]);
        var error = Assert.Throws<ClientErrorException>(() => new ImageSet(
            [new LabelledImage(0, "strip.png", _ => image)], new Shape(1, 224, 224), null, CancellationToken.None));
        Assert.StartsWith("strip.png: 1000000x1 pixels, scaled to cover 224x224, are 224000000x224", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Scaling_keeps_an_even_image_even() => Sizes.Sample(size =>
    {
        var shape = new Shape(1, size.From, size.Across);
        var pixels = new byte[shape.Size];
        Array.Fill(pixels, size.Level);
        var scaled = Resampling.Resize(new Pixmap(shape, pixels), size.To, size.Wide);
        Assert.Equal(new Shape(1, size.To, size.Wide), scaled.Shape);
        Assert.All(scaled.Pixels.ToArray(), pixel => Assert.Equal(size.Level, pixel));
    });

    [Fact]
    public void Scaling_down_averages_and_skips_nothing()
    {
        // One white pixel in 8×8 must leave a trace wherever it stands.
        for (var at = 0; at < 64; at++)
        {
            var pixels = new byte[64];
            pixels[at] = 255;
            Assert.NotEqual(0, Resampling.Resize(new Pixmap(new Shape(1, 8, 8), pixels), 2, 2).Pixels.ToArray().Sum(pixel => pixel));
        }
    }

    [Theory]
    [InlineData(null, 10, 30, 8, 24)]
    [InlineData(null, 4, 4, 8, 8)]
    [InlineData(12, 10, 30, 12, 36)]
    [InlineData(6, 10, 30, 8, 24)]
    [InlineData(null, 8, 8, 8, 8)]
    public void Images_cover_the_input_of_the_network(int? resize, int height, int width, int expectedHeight, int expectedWidth)
    {
        var image = new Pixmap(new Shape(1, height, width), new byte[height * width]);
        var set = new ImageSet([new LabelledImage(4, "here", _ => image)], new Shape(1, 8, 8), resize, CancellationToken.None);
        Assert.Equal(new Shape(1, expectedHeight, expectedWidth), set.Get(0).Shape);
        Assert.Equal(4, set.Label(0));
    }

    [Fact]
    public void Without_augmentation_the_centre_is_cut_out()
    {
        byte[] pixels = [.. Enumerable.Range(0, 36).Select(value => (byte)value)];
        var none = new Augmentation(AugmentationType.None, new Shape(1, 4, 4), new RandomSource(1));
        var cut = none.Vary(new Pixmap(new Shape(1, 6, 6), pixels));
        Assert.Equal([7, 8, 9, 10, 13, 14, 15, 16, 19, 20, 21, 22, 25, 26, 27, 28], cut.ToArray());
    }

    [Fact]
    public void Crop_takes_every_window_and_its_mirror_image()
    {
        byte[] pixels = [.. Enumerable.Range(0, 25).Select(value => (byte)value)];
        var crop = new Augmentation(AugmentationType.Crop, new Shape(1, 4, 4), new RandomSource(1));
        var seen = Enumerable.Range(0, 200).Select(_ => Convert.ToHexString(crop.Vary(new Pixmap(new Shape(1, 5, 5), pixels)))).ToHashSet();
        Assert.Equal(8, seen.Count);
    }

    [Fact]
    public void Crop_of_an_exactly_fitting_image_moves_it_by_a_pixel()
    {
        var pixels = new byte[64];
        pixels[(3 * 8) + 3] = 200;
        var crop = new Augmentation(AugmentationType.Crop, new Shape(1, 8, 8), new RandomSource(1));
        var places = new HashSet<int>();
        for (var i = 0; i < 300; i++)
        {
            var cut = crop.Vary(new Pixmap(new Shape(1, 8, 8), pixels)).ToArray();
            places.Add(Array.IndexOf(cut, (byte)200));
            Assert.Equal(200, cut.Sum(pixel => pixel));
        }

        // Rows 2 to 4, columns 2 to 4 and their mirror images 3 to 5.
        Assert.Equal(12, places.Count);
    }

    [Fact]
    public void Colour_jitter_of_nothing_changes_nothing() => Gen.Select(Gen.Byte, Gen.Byte, Gen.Byte).Sample((red, green, blue) =>
    {
        byte[] pixels = [red, green, blue];
        ColorJitter.Apply(pixels, new Shape(3, 1, 1), 0, 0, 0);
        Assert.InRange(pixels[0], red - 1, red + 1);
        Assert.InRange(pixels[1], green - 1, green + 1);
        Assert.InRange(pixels[2], blue - 1, blue + 1);
    });

    [Fact]
    public void Colour_jitter_turns_red_into_green_by_a_third_of_the_circle()
    {
        byte[] pixels = [255, 0, 0];
        ColorJitter.Apply(pixels, new Shape(3, 1, 1), 60, 0, 0);
        Assert.Equal([0, 255, 0], pixels);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void The_strongest_augmentation_varies_the_image_and_repeats_with_its_seed(int channels)
    {
        var shape = new Shape(channels, 12, 10);
        var pixels = new byte[shape.Size];
        for (var i = 0; i < pixels.Length; i++) pixels[i] = (byte)(i * 7);
        string[] Run()
        {
            var augmentation = new Augmentation(AugmentationType.CropColorTransform, new Shape(channels, 8, 8), new RandomSource(3));
            return [.. Enumerable.Range(0, 20).Select(_ => Convert.ToHexString(augmentation.Vary(new Pixmap(shape, pixels))))];
        }

        Assert.Equal(Run(), Run());
        Assert.Equal(20, Run().Distinct().Count());
    }

    [Fact]
    public void Normalization_survives_images_of_one_colour()
    {
        var image = new Pixmap(new Shape(1, 4, 4), new byte[16]);
        var set = new ImageSet([new LabelledImage(0, "here", _ => image)], new Shape(1, 4, 4), null, CancellationToken.None);
        Assert.All(Normalization.Of(set).Scales, scale => Assert.True(float.IsFinite(scale)));
    }
}
