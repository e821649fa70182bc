using Rekindle.Optimization.Bayesian;

namespace Rekindle.Optimization;

/// <summary>A result of the child, and the parents' nearest one.</summary>
/// <param name="Child">The child's.</param>
/// <param name="Parent">The parents', of the same place or one close by.</param>
/// <param name="Distance">How far apart they are, see <see cref="NearPoints"/>.</param>
public sealed record NearPair(Observation Child, Observation Parent, double Distance);

/// <summary>
/// Where a child looked at what its parents had looked at. Points are measured in the child's unit cube: numbers in the child's range and
/// scaling, a hyperparameter that one side fixes at its fixed value, one that only a parent tuned in that parent's range. The distance is
/// the root of the mean squared difference over these coordinates; two categories are 1 apart.
/// </summary>
public static class NearPoints
{
    /// <summary>The distance at which points are near: a tenth of the range, if they differ in all coordinates alike.</summary>
    public const double Distance = 0.1;

    /// <summary>For each result of the child the parents' nearest, if one is near.</summary>
    /// <param name="problem">The child.</param>
    /// <param name="warmStart">Its parents.</param>
    /// <param name="completed">The child's results.</param>
    /// <returns>At most one pair for each result, in the order of the results; of equally near points the first.</returns>
    public static IReadOnlyList<NearPair> Of(TuningProblem problem, WarmStart warmStart, IReadOnlyList<Observation> completed)
    {
        ArgumentNullException.ThrowIfNull(problem);
        ArgumentNullException.ThrowIfNull(warmStart);
        ArgumentNullException.ThrowIfNull(completed);
        var space = new ModelSpace(problem, warmStart.Parents);
        var known = new List<(double[] Point, Observation Observation)>();
        foreach (var parent in warmStart.Parents)
        {
            foreach (var observation in parent.Observations)
            {
                if (space.Of(observation.Configuration, parent.StaticHyperParameters) is { } point) known.Add((point, observation));
            }
        }

        var pairs = new List<NearPair>();
        foreach (var observation in completed)
        {
            if (space.Of(observation.Configuration, problem.StaticHyperParameters) is not { } point) continue;
            NearPair? nearest = null;
            foreach (var (other, theirs) in known)
            {
                var distance = Between(point, other, space.Categorical);
                if (distance <= Distance && !(nearest?.Distance <= distance))
                    nearest = new NearPair(observation, theirs, distance);
            }

            if (nearest is not null) pairs.Add(nearest);
        }

        return pairs;
    }

    private static double Between(double[] a, double[] b, bool[] categorical)
    {
        var sum = 0.0;
        for (var j = 0; j < a.Length; j++)
        {
            var difference = categorical[j] ? (a[j] == b[j] ? 0 : 1) : a[j] - b[j];
            sum += difference * difference;
        }

        return a.Length == 0 ? 0 : Math.Sqrt(sum / a.Length);
    }
}
