using System.Globalization;
using Rekindle.Bench.Problems;
using Rekindle.Optimization;

namespace Rekindle.Bench.Latency;

/// <summary>
/// A smooth objective over any number of coordinates, and random evaluations of it. The Python script beside this file says the same.
/// <code>
/// u_j  coordinate j in [0, 1]
/// c_j  0.2 + 0.6 frac(0.618 (j + 1)), where the minimum is
/// f    sum_j ((u_j - c_j)^2 + 0.05 (1 - cos(8 (u_j - c_j)))) / (1 + j)
/// </code>
/// </summary>
internal static class LatencyTask
{
    public static SearchSpace Space(int dimensions) =>
        new(Enumerable.Range(0, dimensions).Select(j => new ContinuousParameter(Name(j), 0, 1, Scaling.Linear)));

    public static Observation Evaluate(Configuration configuration)
    {
        var sum = 0.0;
        for (var j = 0; j < configuration.Values.Count; j++)
        {
            var shifted = 0.618 * (j + 1);
            var distance = configuration.Number(Name(j)) - (0.2 + (0.6 * (shifted - Math.Floor(shifted))));
            sum += ((distance * distance) + (0.05 * (1 - Math.Cos(8 * distance)))) / (1 + j);
        }

        return new Observation(configuration, sum);
    }

    /// <summary>Random evaluations, the same ones every time.</summary>
    public static List<Observation> RandomHistory(int dimensions, int count)
    {
        var strategy = new RandomStrategy(Problem(dimensions, count));
        return [.. strategy.Suggest(History.Empty, count, Seed.For(dimensions, 1)).Select(s => Evaluate(s.Configuration))];
    }

    public static TuningProblem Problem(int dimensions, int budget) =>
        new(Space(dimensions), Goal.Minimize, new Dictionary<string, string>(), budget, MaxParallel: 1);

    private static string Name(int index) => string.Create(CultureInfo.InvariantCulture, $"x{index}");
}
