using Rekindle.Algorithms.Networks;
using StbImageSharp;

namespace Rekindle.Algorithms.Images;

/// <summary>JPEG and PNG to pixels.</summary>
internal static class ImageDecoding
{
    private const long MostPixels = 100_000_000;

    /// <summary>Decodes to grey (1 channel) or RGB (3 channels).</summary>
    public static Pixmap Decode(byte[] encoded, int channels, string origin)
    {
        ImageResult image;
        try
        {
            using var header = new MemoryStream(encoded, writable: false);
            var info = ImageInfo.FromStream(header)
                ?? throw new ClientErrorException($"{origin}: not a JPEG or PNG image ({encoded.Length} bytes).");
            if ((long)info.Width * info.Height > MostPixels)
                throw new ClientErrorException($"{origin}: {info.Width}x{info.Height} pixels are more than {MostPixels}.");
            image = ImageResult.FromMemory(encoded, channels == 1 ? ColorComponents.Grey : ColorComponents.RedGreenBlue);
        }
        catch (Exception error) when (error is not (ClientErrorException or OutOfMemoryException))
        {
            // The decoder has no exception type of its own: damaged data surfaces as whatever its parsing runs into.
            throw new ClientErrorException($"{origin}: the image cannot be decoded: {error.Message}", error);
        }

        var shape = new Shape(channels, image.Height, image.Width);
        if (channels == 1) return new Pixmap(shape, image.Data);
        var planes = new byte[shape.Size];
        for (var p = 0; p < shape.Area; p++)
        {
            for (var c = 0; c < channels; c++) planes[(c * shape.Area) + p] = image.Data[(p * channels) + c];
        }

        return new Pixmap(shape, planes);
    }

    /// <summary>Grey to three equal channels, or RGB to grey by the luma weights of ITU-R BT.601.</summary>
    public static Pixmap WithChannels(Pixmap image, int channels)
    {
        if (image.Shape.Channels == channels) return image;
        var shape = image.Shape with { Channels = channels };
        var pixels = new byte[shape.Size];
        for (var c = 0; c < channels; c++)
        {
            if (image.Shape.Channels == 1)
            {
                image.Pixels.Span.CopyTo(pixels.AsSpan(c * shape.Area));
                continue;
            }

            var red = image.Plane(0);
            var green = image.Plane(1);
            var blue = image.Plane(2);
            for (var p = 0; p < shape.Area; p++) pixels[p] = (byte)(((77 * red[p]) + (150 * green[p]) + (29 * blue[p]) + 128) >> 8);
        }

        return new Pixmap(shape, pixels);
    }
}
