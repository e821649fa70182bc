using Rekindle.Algorithms.Networks;

namespace Rekindle.Algorithms.Images;

/// <summary>What <c>augmentation_type</c> asks for; each kind includes the ones before it.</summary>
internal enum AugmentationType
{
    /// <summary>Centre crop only.</summary>
    None,

    /// <summary>Random crop and horizontal mirroring.</summary>
    Crop,

    /// <summary>Random changes of hue, saturation and lightness.</summary>
    CropColor,

    /// <summary>Random rotation, shear and aspect ratio.</summary>
    CropColorTransform,
}

/// <summary>Cuts the network's input out of an image, with the random variations of SageMaker's image classification.</summary>
/// <remarks>
/// Ranges as SageMaker documents them: hue ±36 (of 180), saturation ±50 and lightness ±50 (of 255); rotation up to 10°, shear up to 0.1,
/// aspect ratio up to 0.25. An image without room to crop is moved by up to an eighth of its side instead, with black at the edge.
/// </remarks>
internal sealed class Augmentation(AugmentationType type, Shape input, RandomSource random)
{
    private readonly byte[] _cut = new byte[input.Size];

    /// <summary>The pixels of one variation [channel][row][column]; the memory is reused by the next call.</summary>
    public ReadOnlySpan<byte> Vary(Pixmap image)
    {
        var (spareY, spareX) = (image.Shape.Height - input.Height, image.Shape.Width - input.Width);
        if (type == AugmentationType.None)
        {
            Cut(image, spareY / 2, spareX / 2, mirrored: false);
            return _cut;
        }

        var top = spareY > 0 ? random.Index(spareY + 1) : random.Index((2 * Shift(input.Height)) + 1) - Shift(input.Height);
        var left = spareX > 0 ? random.Index(spareX + 1) : random.Index((2 * Shift(input.Width)) + 1) - Shift(input.Width);
        var mirrored = random.Index(2) == 1;
        if (type == AugmentationType.CropColorTransform) Transform(image, top, left, mirrored);
        else Cut(image, top, left, mirrored);
        if (type >= AugmentationType.CropColor)
            ColorJitter.Apply(_cut, input, random.Uniform(-36, 36), random.Uniform(-50, 50), random.Uniform(-50, 50));
        return _cut;
    }

    private static int Shift(int side) => Math.Max(1, side / 8);

    private void Cut(Pixmap image, int top, int left, bool mirrored)
    {
        var (height, width) = (image.Shape.Height, image.Shape.Width);
        var (from, to) = (Math.Max(0, -left), Math.Min(input.Width, width - left));
        for (var c = 0; c < input.Channels; c++)
        {
            var plane = image.Plane(c);
            for (var y = 0; y < input.Height; y++)
            {
                var row = _cut.AsSpan((c * input.Area) + (y * input.Width), input.Width);
                row.Clear();
                if (y + top < 0 || y + top >= height) continue;
                plane.Slice(((y + top) * width) + left + from, to - from).CopyTo(row[from..]);
                if (mirrored) row.Reverse();
            }
        }
    }

    // Each output pixel is looked up in the image through rotation, shear and stretch about the centre of the cut.
    private void Transform(Pixmap image, int top, int left, bool mirrored)
    {
        var (sin, cos) = MathF.SinCos(random.Uniform(-10, 10) * MathF.PI / 180);
        var shear = random.Uniform(-0.1f, 0.1f);
        var stretch = MathF.Sqrt(1 + random.Uniform(-0.25f, 0.25f));
        var (middleY, middleX) = ((input.Height - 1) / 2f, (input.Width - 1) / 2f);
        for (var y = 0; y < input.Height; y++)
        {
            for (var x = 0; x < input.Width; x++)
            {
                var (dy, dx) = ((y - middleY) * stretch, (mirrored ? middleX - x : x - middleX) / stretch);
                dx += shear * dy;
                var sourceX = left + middleX + (cos * dx) - (sin * dy);
                var sourceY = top + middleY + (sin * dx) + (cos * dy);
                for (var c = 0; c < input.Channels; c++)
                    _cut[(c * input.Area) + (y * input.Width) + x] = Bilinear(image.Plane(c), image.Shape, sourceY, sourceX);
            }
        }
    }

    private static byte Bilinear(ReadOnlySpan<byte> plane, Shape shape, float y, float x)
    {
        var (y0, x0) = ((int)MathF.Floor(y), (int)MathF.Floor(x));
        var (fy, fx) = (y - y0, x - x0);
        var value = ((1 - fy) * (((1 - fx) * At(plane, shape, y0, x0)) + (fx * At(plane, shape, y0, x0 + 1))))
            + (fy * (((1 - fx) * At(plane, shape, y0 + 1, x0)) + (fx * At(plane, shape, y0 + 1, x0 + 1))));
        return (byte)(value + 0.5f);
    }

    private static int At(ReadOnlySpan<byte> plane, Shape shape, int y, int x) =>
        (uint)y < (uint)shape.Height && (uint)x < (uint)shape.Width ? plane[(y * shape.Width) + x] : 0;
}
