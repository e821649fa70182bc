using Rekindle.Algorithms.Networks;

namespace Rekindle.Algorithms.Images;

/// <summary>Moves all pixels in hue, saturation and lightness.</summary>
internal static class ColorJitter
{
    /// <param name="pixels">[channel][row][column], changed in place.</param>
    /// <param name="shape">Of the pixels; with one channel only the lightness changes.</param>
    /// <param name="hue">Added to the hue, of 180 for the whole circle.</param>
    /// <param name="saturation">Added to the saturation, of 255.</param>
    /// <param name="lightness">Added to the lightness, of 255.</param>
    public static void Apply(Span<byte> pixels, Shape shape, float hue, float saturation, float lightness)
    {
        if (shape.Channels == 1)
        {
            for (var p = 0; p < pixels.Length; p++) pixels[p] = (byte)Math.Clamp(pixels[p] + lightness + 0.5f, 0, 255);
            return;
        }

        for (var p = 0; p < shape.Area; p++)
        {
            var (h, s, l) = ToHsl(pixels[p] / 255f, pixels[p + shape.Area] / 255f, pixels[p + (2 * shape.Area)] / 255f);
            h = (h + (hue / 180) + 1) % 1;
            s = Math.Clamp(s + (saturation / 255), 0, 1);
            l = Math.Clamp(l + (lightness / 255), 0, 1);
            var reach = s * MathF.Min(l, 1 - l);
            pixels[p] = Component(0, h, l, reach);
            pixels[p + shape.Area] = Component(8, h, l, reach);
            pixels[p + (2 * shape.Area)] = Component(4, h, l, reach);
        }
    }

    private static (float Hue, float Saturation, float Lightness) ToHsl(float red, float green, float blue)
    {
        var (high, low) = (MathF.Max(red, MathF.Max(green, blue)), MathF.Min(red, MathF.Min(green, blue)));
        var (lightness, spread) = ((high + low) / 2, high - low);
        if (spread == 0) return (0, 0, lightness);
        var sixth = high == red ? ((green - blue) / spread) + 6
            : high == green ? ((blue - red) / spread) + 2
            : ((red - green) / spread) + 4;
        return (sixth / 6 % 1, spread / (1 - MathF.Abs((2 * lightness) - 1)), lightness);
    }

    // The closed form of the HSL hexagon: n = 0, 8, 4 for red, green, blue.
    private static byte Component(int n, float hue, float lightness, float reach)
    {
        var k = (n + (hue * 12)) % 12;
        var value = lightness - (reach * MathF.Max(-1, MathF.Min(k - 3, MathF.Min(9 - k, 1))));
        return (byte)Math.Clamp((value * 255) + 0.5f, 0, 255);
    }
}
