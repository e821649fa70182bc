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
    public static double[] Standardize(IReadOnlyList<double> values, Goal goal, bool warp = true)
    {
        var n = values.Count;
        var y = new double[n];
        var largest = 0.0;
        for (var i = 0; i < n; i++) largest = Math.Max(largest, Math.Abs(values[i]));
        if (!(largest > 0)) return y;
        // Brought to [-1, 1] first, so that no square or difference overflows.
        for (var i = 0; i < n; i++) y[i] = (goal == Goal.Minimize ? values[i] : -values[i]) / largest;
        if (n >= LeastRowsToWarp && warp) HalfRank(y);
        ZScore(y);
        return y;
    }

    /// <summary>The same for the first <paramref name="count"/> results of several jobs, each job's alone unless they share their units.</summary>
    public static double[] Standardize(IReadOnlyList<double> values, int count, Goal goal, bool warp, Kinship kinship)
    {
        if (kinship.SharesUnits) return Standardize([.. values.Take(count)], goal, warp);
        var y = new double[count];
        for (var first = 0; first < count;)
        {
            var last = first;
            while (last < count && kinship.Task(last) == kinship.Task(first)) last++;
            Standardize([.. values.Skip(first).Take(last - first)], goal, warp).CopyTo(y, first);
            first = last;
        }

        return y;
    }

    private static void HalfRank(double[] y)
    {
        var n = y.Length;
        var order = new int[n];
        for (var i = 0; i < n; i++) order[i] = i;
        var sorted = (double[])y.Clone();
        Array.Sort(sorted, order);
        var median = n % 2 == 1 ? sorted[n / 2] : 0.5 * (sorted[(n / 2) - 1] + sorted[n / 2]);
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
            while (last + 1 < n && sorted[last + 1] == sorted[first]) last++;
            var isBad = sorted[first] > median;
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

/// <summary>
/// The way back from model units to the user's: between results along the line that joins them, beyond them with the slope of the good
/// half.
/// </summary>
internal sealed class TargetScale
{
    private readonly double[] _y;
    private readonly double[] _values;
    private readonly double _slope;

    /// <param name="values">Results in the user's units.</param>
    /// <param name="y">The same as the model sees them, further numbers ignored.</param>
    public TargetScale(IReadOnlyList<double> values, double[] y)
    {
        _values = [.. values];
        _y = y[.._values.Length];
        Array.Sort(_y, _values);
        var middle = _y.Length / 2;
        // Halved before the difference, which could overflow.
        var rise = _y.Length > 1 ? 2 * ((_values[middle] / 2) - (_values[0] / 2)) / (_y[middle] - _y[0]) : 0;
        _slope = double.IsFinite(rise) ? rise : 0;
    }

    /// <summary>How many of the user's units one of the model's is among the good results.</summary>
    public double Unit => Math.Abs(_slope);

    public double ToUser(double y)
    {
        var last = _y.Length - 1;
        if (y <= _y[0]) return _values[0] + ((y - _y[0]) * _slope);
        if (y >= _y[last]) return _values[last] + ((y - _y[last]) * _slope);
        var i = Array.BinarySearch(_y, y);
        if (i >= 0) return _values[i];
        i = ~i;
        var share = (y - _y[i - 1]) / (_y[i] - _y[i - 1]);
        return (_values[i - 1] * (1 - share)) + (_values[i] * share);
    }
}
