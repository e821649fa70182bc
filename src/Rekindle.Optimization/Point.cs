namespace Rekindle.Optimization;

/// <summary>
/// A configuration in typed form; equal when the typed values are, so that <c>0.001</c> and <c>1e-3</c> are one point.
/// </summary>
/// <param name="raw">Typed values, see <see cref="Axis"/>.</param>
/// <param name="u">Kernel coordinates of the raw values: the grid value, never a relaxed one.</param>
internal sealed class Point(long[] raw, double[] u) : IEquatable<Point>
{
    public long[] Raw { get; } = raw;

    public double[] U { get; } = u;

    public bool Equals(Point? other) => other is not null && Raw.AsSpan().SequenceEqual(other.Raw);

    public override bool Equals(object? obj) => Equals(obj as Point);

    public override int GetHashCode()
    {
        var hash = 17UL;
        foreach (var value in Raw) hash = Mixing.Combine(hash, unchecked((ulong)value));
        return unchecked((int)hash);
    }
}
