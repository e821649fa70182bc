namespace Rekindle.Algorithms.Networks;

/// <summary>Repeatable random numbers for one purpose (weights, or the order and augmentation of images).</summary>
internal sealed class RandomSource(int seed)
{
    // The seeded generator's sequence is fixed by .NET's compatibility promise, so a training repeats.
    private readonly Random _random = new(seed);

    /// <summary>Uniform in [0, 1).</summary>
    public float Uniform() => _random.NextSingle();

    /// <summary>Uniform in [low, high).</summary>
    public float Uniform(float low, float high) => low + ((high - low) * _random.NextSingle());

    /// <summary>Uniform in 0 … exclusiveEnd-1.</summary>
    public int Index(int exclusiveEnd) => _random.Next(exclusiveEnd);

    public void Shuffle(Span<int> values) => _random.Shuffle(values);

    /// <summary>Normal deviates with mean 0, by Box and Muller's formula.</summary>
    public float[] Fill(int count, float deviation)
    {
        var values = new float[count];
        for (var i = 0; i < count; i += 2)
        {
            var radius = deviation * MathF.Sqrt(-2 * MathF.Log(1 - _random.NextSingle()));
            var (sin, cos) = MathF.SinCos(2 * MathF.PI * _random.NextSingle());
            values[i] = radius * cos;
            if (i + 1 < count) values[i + 1] = radius * sin;
        }

        return values;
    }
}
