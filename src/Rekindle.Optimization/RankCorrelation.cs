namespace Rekindle.Optimization;

/// <summary>Whether two series order the same things alike.</summary>
public static class RankCorrelation
{
    /// <summary>Fewer pairs say nothing.</summary>
    public const int LeastPairs = 4;

    /// <summary>
    /// Spearman's rank correlation: Pearson's of the ranks, where equal values share the mean of their ranks (Spearman, The proof and
    /// measurement of association between two things, 1904).
    /// </summary>
    /// <param name="x">Finite values.</param>
    /// <param name="y">As many finite values.</param>
    /// <returns>From -1 to 1; null with fewer than <see cref="LeastPairs"/> pairs, and when all values of one series are equal.</returns>
    public static double? Spearman(IReadOnlyList<double> x, IReadOnlyList<double> y)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        if (x.Count != y.Count) throw new ArgumentException("Both series must have the same length.", nameof(y));
        if (x.Count < LeastPairs) return null;
        var (a, b) = (Centered(x), Centered(y));
        var (aa, bb, ab) = (0.0, 0.0, 0.0);
        for (var i = 0; i < a.Length; i++)
        {
            aa += a[i] * a[i];
            bb += b[i] * b[i];
            ab += a[i] * b[i];
        }

        return aa == 0 || bb == 0 ? null : Math.Clamp(ab / Math.Sqrt(aa * bb), -1, 1);
    }

    /// <summary>Ranks from 1, less their mean. They are multiples of one half, so that sums over them are exact.</summary>
    private static double[] Centered(IReadOnlyList<double> values)
    {
        var order = Enumerable.Range(0, values.Count).OrderBy(i => values[i]).ToArray();
        var ranks = new double[values.Count];
        for (var start = 0; start < order.Length;)
        {
            var end = start + 1;
            while (end < order.Length && values[order[end]] == values[order[start]]) end++;
            for (var i = start; i < end; i++) ranks[order[i]] = ((start + 1 + end) / 2.0) - ((values.Count + 1) / 2.0);
            start = end;
        }

        return ranks;
    }
}
