using Rekindle.Algorithms.Networks;

namespace Rekindle.Algorithms.Images;

/// <summary>Scaling with a triangle filter that widens when shrinking, so that fine detail is averaged and not skipped.</summary>
internal static class Resampling
{
    public static Pixmap Resize(Pixmap image, int height, int width)
    {
        var (channels, oldHeight, oldWidth) = image.Shape;
        if (height == oldHeight && width == oldWidth) return image;
        var columns = Taps(oldWidth, width);
        var rows = Taps(oldHeight, height);
        var shape = new Shape(channels, height, width);
        var pixels = new byte[shape.Size];
        var narrow = new float[oldHeight * width];
        for (var c = 0; c < channels; c++)
        {
            var plane = image.Plane(c);
            for (var y = 0; y < oldHeight; y++)
            {
                for (var x = 0; x < width; x++)
                {
                    var (first, weights) = columns[x];
                    var sum = 0f;
                    for (var t = 0; t < weights.Length; t++) sum += weights[t] * plane[(y * oldWidth) + first + t];
                    narrow[(y * width) + x] = sum;
                }
            }

            for (var y = 0; y < height; y++)
            {
                var (first, weights) = rows[y];
                for (var x = 0; x < width; x++)
                {
                    var sum = 0f;
                    for (var t = 0; t < weights.Length; t++) sum += weights[t] * narrow[((first + t) * width) + x];
                    pixels[(c * shape.Area) + (y * width) + x] = (byte)Math.Clamp(sum + 0.5f, 0f, 255f);
                }
            }
        }

        return new Pixmap(shape, pixels);
    }

    private static (int First, float[] Weights)[] Taps(int from, int to)
    {
        var scale = (float)from / to;
        var reach = MathF.Max(1f, scale);
        var taps = new (int, float[])[to];
        for (var i = 0; i < to; i++)
        {
            var centre = ((i + 0.5f) * scale) - 0.5f;
            var first = Math.Max(0, (int)MathF.Ceiling(centre - reach));
            var last = Math.Min(from - 1, (int)MathF.Floor(centre + reach));
            var weights = new float[last - first + 1];
            var sum = 0f;
            for (var t = 0; t < weights.Length; t++) sum += weights[t] = MathF.Max(0f, 1 - (MathF.Abs(first + t - centre) / reach));
            for (var t = 0; t < weights.Length; t++) weights[t] /= sum;
            taps[i] = (first, weights);
        }

        return taps;
    }
}
