using Rekindle.Optimization;

namespace Rekindle.Bench.Problems;

/// <summary>Where a value lies between the bounds of its numeric hyperparameter, 0 to 1, linear or logarithmic.</summary>
internal sealed record UnitScale(string Name, double Low, double High, Scaling Scaling)
{
    public double Position(double x) => Scaling == Scaling.Logarithmic
        ? (Math.Log(x) - Math.Log(Low)) / (Math.Log(High) - Math.Log(Low))
        : (x - Low) / (High - Low);
}
