namespace Rekindle.Algorithms.Networks;

/// <summary>What a layer takes or gives per image: channels, rows, columns.</summary>
internal readonly record struct Shape(int Channels, int Height, int Width)
{
    /// <summary>Pixels of one channel.</summary>
    public int Area => Height * Width;

    /// <summary>Numbers per image.</summary>
    public int Size => Channels * Area;

    public override string ToString() => $"{Channels},{Height},{Width}";
}
