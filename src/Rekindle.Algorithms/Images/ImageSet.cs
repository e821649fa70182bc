using Rekindle.Algorithms.Networks;

namespace Rekindle.Algorithms.Images;

/// <summary>Images made ready for a network: the wanted channels, and at least the wanted size.</summary>
/// <remarks>
/// With <c>resize</c>, the shorter side gets that length; an image that then does not cover the network's input, or any image without
/// <c>resize</c>, is scaled so that it just covers it. Decoded images stay in memory up to a limit; the rest is decoded each time.
/// </remarks>
internal sealed class ImageSet
{
    private const long CacheBytes = 512L * 1024 * 1024;

    private readonly IReadOnlyList<LabelledImage> _images;
    private readonly Shape _input;
    private readonly int? _resize;
    private readonly Pixmap?[] _cache;

    public ImageSet(IReadOnlyList<LabelledImage> images, Shape input, int? resize, CancellationToken cancellation)
    {
        _images = images;
        _input = input;
        _resize = resize;
        _cache = new Pixmap?[images.Count];
        var room = CacheBytes;
        for (var i = 0; i < images.Count && room > 0; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            var image = Prepare(i);
            _cache[i] = image;
            room -= image.Pixels.Length;
        }
    }

    public int Count => _images.Count;

    public int Label(int index) => _images[index].Label;

    public Pixmap Get(int index) => _cache[index] ?? Prepare(index);

    private Pixmap Prepare(int index)
    {
        var image = _images[index].Decode(_input.Channels);
        var (height, width) = (image.Shape.Height, image.Shape.Width);
        if (_resize is { } side) (height, width) = Scaled(height, width, (double)side / Math.Min(height, width));
        var cover = Math.Max((double)_input.Height / height, (double)_input.Width / width);
        if (_resize is null || cover > 1) (height, width) = Scaled(height, width, cover);
        if ((double)height * width > ImageDecoding.MostPixels)
        {
            throw new ClientErrorException(
                $"{_images[index].Origin}: {image.Shape.Width}x{image.Shape.Height} pixels, scaled to cover {_input.Width}x{_input.Height}, are "
                + $"{width}x{height}; more than {ImageDecoding.MostPixels} pixels. Crop the image.");
        }

        return Resampling.Resize(image, Math.Max(height, _input.Height), Math.Max(width, _input.Width));

        static (int Height, int Width) Scaled(int height, int width, double factor) =>
            ((int)Math.Round(height * factor), (int)Math.Round(width * factor));
    }
}
