namespace Rekindle.Optimization.Bayesian;

/// <summary>
/// Objective values as the model sees them: minimised, bad half replaced by Gaussian quantiles of the ranks, then mean 0, variance 1.
/// <code>
/// med = median of y,  s^2 = mean of (y - med)^2 over the good half (y &lt;= med)
/// y &gt; med becomes med + s * max(0, Phi^-1((rank + 1/2) / n)), rank counted from 0, ties averaged
/// </code>
/// The half-rank idea is from Vizier's output warping (Song et al., "The Vizier Gaussian process bandit algorithm", 2024).
/// </summary>
internal static class Targets
{
    private const int LeastRowsToWarp = 4;

    /// <summary>Finite in, finite out, whatever the magnitudes.</summary>
    public static double[] Standardize(IReadOnlyList<double> values, Goal goal)
    {
        var n = values.Count;
        var y = new double[n];
        var largest = 0.0;
        for (var i = 0; i < n; i++) largest = Math.Max(largest, Math.Abs(values[i]));
        if (!(largest > 0)) return y;
        // Brought to [-1, 1] first, so that no square or difference overflows.
        for (var i = 0; i < n; i++) y[i] = (goal == Goal.Minimize ? values[i] : -values[i]) / largest;
        if (n >= LeastRowsToWarp) HalfRank(y);
        ZScore(y);
        return y;
    }

    private static void HalfRank(double[] y)
    {
        var n = y.Length;
        var order = Enumerable.Range(0, n).OrderBy(i => y[i]).ToArray();
        var median = n % 2 == 1 ? y[order[n / 2]] : 0.5 * (y[order[(n / 2) - 1]] + y[order[n / 2]]);
        var (sum, good) = (0.0, 0);
        foreach (var value in y)
        {
            if (value > median) continue;
            sum += (value - median) * (value - median);
            good++;
        }

        var scale = good > 0 ? Math.Sqrt(sum / good) : 0;
        // A good half of equal values has no scale of its own; any positive one keeps the order, the z-score does the rest.
        if (!(scale > 0)) scale = 1;
        for (var first = 0; first < n;)
        {
            var last = first;
            while (last + 1 < n && y[order[last + 1]] == y[order[first]]) last++;
            var isBad = y[order[first]] > median;
            var quantile = isBad ? Math.Max(0, Normal.Quantile((0.5 * (first + last) + 0.5) / n)) : 0;
            for (var k = first; isBad && k <= last; k++) y[order[k]] = median + (scale * quantile);
            first = last + 1;
        }
    }

    private static void ZScore(double[] y)
    {
        var mean = y.Average();
        var variance = y.Sum(v => (v - mean) * (v - mean)) / y.Length;
        var deviation = Math.Sqrt(variance);
        // Differences at rounding level are no signal.
        var usable = deviation > 1e-13 * Math.Max(Math.Abs(mean), 1e-280) && double.IsNormal(deviation);
        for (var i = 0; i < y.Length; i++) y[i] = usable ? (y[i] - mean) / deviation : 0;
    }
}
