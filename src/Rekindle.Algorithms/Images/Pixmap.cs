using Rekindle.Algorithms.Networks;

namespace Rekindle.Algorithms.Images;

/// <summary>An 8-bit image, one plane per channel: [channel][row][column].</summary>
internal readonly record struct Pixmap(Shape Shape, ReadOnlyMemory<byte> Pixels)
{
    public ReadOnlySpan<byte> Plane(int channel) => Pixels.Span.Slice(channel * Shape.Area, Shape.Area);
}
