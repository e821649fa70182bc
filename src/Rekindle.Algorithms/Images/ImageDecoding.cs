using System.Runtime.ExceptionServices;
using Rekindle.Algorithms.Networks;
using StbImageSharp;

namespace Rekindle.Algorithms.Images;

/// <summary>JPEG and PNG to pixels.</summary>
internal static class ImageDecoding
{
    public const long MostPixels = 100_000_000;

    private const double BytesPerMillisecond = 100;

    // Far beyond what any sound image needs, also on a machine with other things to do.
    private static readonly TimeSpan LeastTime = TimeSpan.FromSeconds(10);

    /// <summary>Decodes to grey (1 channel) or RGB (3 channels).</summary>
    /// <exception cref="ClientErrorException">It is no image, or a damaged one.</exception>
    public static Pixmap Decode(byte[] encoded, int channels, string origin)
    {
        var components = channels == 1 ? ColorComponents.Grey : ColorComponents.RedGreenBlue;
        ImageResult image;
        try
        {
            image = IsJpeg(encoded) ? DecodeJpeg(encoded, components, origin) : DecodeSmallEnough(encoded, components, origin);
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

    private static bool IsJpeg(byte[] encoded) => encoded is [0xff, 0xd8, ..];

    private static ImageResult DecodeSmallEnough(byte[] encoded, ColorComponents components, string origin)
    {
        using var header = new MemoryStream(encoded, writable: false);
        var info = ImageInfo.FromStream(header)
            ?? throw new ClientErrorException($"{origin}: not a JPEG or PNG image ({encoded.Length} bytes).");
        if ((long)info.Width * info.Height > MostPixels)
            throw new ClientErrorException($"{origin}: {info.Width}x{info.Height} pixels are more than {MostPixels}.");
        return ImageResult.FromMemory(encoded, components);
    }

    private static ImageResult DecodeJpeg(byte[] encoded, ColorComponents components, string origin)
    {
        // The decoder makes up the rest of an image that was cut off. Entropy-coded data never hold these markers; a preview in the
        // header may, so that the last of each counts.
        if (encoded.AsSpan().LastIndexOf<byte>([0xff, 0xd9]) < encoded.AsSpan().LastIndexOf<byte>([0xff, 0xda]))
            throw new ClientErrorException($"{origin}: the JPEG image is cut off after {encoded.Length} bytes: it has no end marker.");
        // Some damage sends the decoder round for ever, and it listens to nobody: it gets a thread that can be left behind.
        ImageResult? image = null;
        ExceptionDispatchInfo? failure = null;
        var decoding = new Thread(() =>
        {
            try
            {
                image = DecodeSmallEnough(encoded, components, origin);
            }
            catch (Exception error)
            {
                failure = ExceptionDispatchInfo.Capture(error);
            }
        })
        { IsBackground = true, Name = "JPEG" };
        decoding.Start();
        var limit = LeastTime + TimeSpan.FromMilliseconds(encoded.Length / BytesPerMillisecond);
        if (!decoding.Join(limit))
            throw new ClientErrorException($"{origin}: the JPEG image is damaged: decoding found no end within {limit.TotalSeconds:0} s.");
        failure?.Throw();
        return image!;
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
