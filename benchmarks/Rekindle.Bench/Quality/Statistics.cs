using Rekindle.Bench.Problems;

namespace Rekindle.Bench.Quality;

/// <summary>Means, ranks and their uncertainty.</summary>
internal static class Statistics
{
    /// <summary>
    /// Regrets below this count as this in geometric means: some runs meet the optimum to the last digit, and the logarithm of nothing
    /// would decide the whole mean.
    /// </summary>
    public const double RegretFloor = 1e-6;

    private const int Resamples = 2000;
    private const int LeastForVerdict = 5;
    private const double Z95 = 1.959963984540054;

    public static double GeometricMean(IEnumerable<double> values) => Math.Exp(values.Average(v => Math.Log(Math.Max(v, RegretFloor))));

    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted.Count % 2 == 1 ? sorted[sorted.Count / 2] : (sorted[(sorted.Count / 2) - 1] + sorted[sorted.Count / 2]) / 2;
    }

    /// <summary>The value below which a share of the values lies, by linear interpolation.</summary>
    public static double Quantile(IEnumerable<double> values, double share)
    {
        var sorted = values.Order().ToList();
        var at = share * (sorted.Count - 1);
        var below = (int)at;
        return below + 1 == sorted.Count ? sorted[below] : sorted[below] + ((at - below) * (sorted[below + 1] - sorted[below]));
    }

    /// <summary>Ranks from 1 for the smallest; equal values share the mean of their ranks.</summary>
    public static double[] Ranks(IReadOnlyList<double> values) =>
        [.. values.Select(v => values.Count(other => other < v) + ((values.Count(other => other == v) + 1) / 2.0))];

    /// <summary>Wilson's 95 % interval of a share.</summary>
    public static (double Low, double High) Wilson(double wins, int of)
    {
        if (of == 0)
        {
            return (0, 1);
        }

        var share = wins / of;
        var centre = share + (Z95 * Z95 / (2 * of));
        var spread = Z95 * Math.Sqrt((share * (1 - share) / of) + (Z95 * Z95 / (4.0 * of * of)));
        var scale = 1 + (Z95 * Z95 / of);
        return ((centre - spread) / scale, (centre + spread) / scale);
    }

    /// <summary>
    /// A percentile bootstrap: draws each group's members again with replacement and lets <paramref name="statistic"/> sum up what was
    /// drawn. The draws are the same every time.
    /// </summary>
    /// <param name="groups">How many members each group has.</param>
    /// <param name="statistic">From the drawn member indices of every group to a number.</param>
    /// <param name="low">Share below the lower bound, such as 0.025.</param>
    /// <param name="high">Share below the upper bound.</param>
    public static (double Low, double High) Bootstrap(
        IReadOnlyList<int> groups, Func<IReadOnlyList<int[]>, double> statistic, double low = 0.025, double high = 0.975)
    {
        var state = 0UL;
        var draws = groups.Select(size => new int[size]).ToArray();
        var outcomes = new double[Resamples];
        for (var i = 0; i < Resamples; i++)
        {
            foreach (var draw in draws)
            {
                for (var j = 0; j < draw.Length; j++)
                {
                    draw[j] = (int)(PortableNoise.SplitMix(state++) % (ulong)draw.Length);
                }
            }

            outcomes[i] = statistic(draws);
        }

        return (Quantile(outcomes, low), Quantile(outcomes, high));
    }

    /// <summary>The bootstrap of a mean.</summary>
    public static (double Low, double High) BootstrapMean(IReadOnlyList<double> values, double low = 0.025, double high = 0.975) =>
        Bootstrap([values.Count], draws => draws[0].Average(i => values[i]), low, high);

    /// <summary>What the interval of a mean difference says when lower is better; nothing from a handful of pairs.</summary>
    public static string Verdict(IReadOnlyList<double> differences)
    {
        if (differences.Count < LeastForVerdict)
        {
            return "";
        }

        var (low, high) = BootstrapMean(differences);
        return high < 0 ? "better" : low > 0 ? "WORSE" : "";
    }
}
