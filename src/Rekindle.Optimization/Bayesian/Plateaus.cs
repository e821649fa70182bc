namespace Rekindle.Optimization.Bayesian;

/// <summary>
/// Detects an objective that is constant on small regions, such as a score counted on few examples or a parameter that only acts in
/// steps, and says how likely a point is to bring nothing but the value of its neighbour.
/// <code>
/// delta_i   distance of result i to the nearest earlier one, in the unit cube, a different category counting 1
/// t_i       whether the two values are equal to the last bit
/// P(t | delta) = b + (1 - b) exp(-(delta / lambda)^2)       lambda, b by maximum likelihood over a grid
/// </code>
/// </summary>
internal sealed class Plateaus
{
    /// <summary>Fewer equal neighbours are chance.</summary>
    private const int LeastTies = 3;

    private static readonly double[] Widths = [.. Enumerable.Range(0, 24).Select(k => 0.01 * Math.Pow(1.3, k))];
    private static readonly double[] Bases = [0.001, 0.03, 0.1, 0.3];

    private readonly List<double[]> _points;
    private readonly bool[] _categorical;
    private readonly double _inverseSquare;

    private Plateaus(List<double[]> points, bool[] categorical, double width, List<int> kept)
    {
        (_points, _categorical, Width, Kept) = (points, categorical, width, kept);
        _inverseSquare = 1 / (width * width);
    }

    /// <summary>lambda.</summary>
    public double Width { get; }

    /// <summary>The results that say something new: without those that only repeat an earlier neighbour.</summary>
    public IReadOnlyList<int> Kept { get; }

    /// <summary>The plateaus in these results, oldest first; null when there is no sign of any.</summary>
    public static Plateaus? Of(List<(double[] Point, double Value)> results, bool[] categorical)
    {
        var pairs = new List<(double Square, bool Tie)>(results.Count);
        var kept = new List<int>();
        for (var i = 0; i < results.Count; i++)
        {
            var (nearest, square) = (-1, double.PositiveInfinity);
            for (var k = 0; k < i; k++)
            {
                var theirs = Square(results[k].Point, results[i].Point, categorical);
                if (theirs < square) (nearest, square) = (k, theirs);
            }

            var tie = nearest >= 0 && results[nearest].Value.Equals(results[i].Value);
            if (!tie) kept.Add(i);
            if (nearest >= 0 && square > 0) pairs.Add((square, tie));
        }

        if (pairs.Count(pair => pair.Tie) < LeastTies) return null;
        var (best, width) = (Likelihood(pairs, 1e-6, Bases[0]), 0.0);
        foreach (var b in Bases)
        {
            best = Math.Max(best, Likelihood(pairs, 1e-6, b));
            foreach (var w in Widths)
            {
                var value = Likelihood(pairs, w, b);
                if (value > best) (best, width) = (value, w);
            }
        }

        // Ties that come at any distance are coarse values, not regions.
        return width > 0 ? new Plateaus([.. results.Select(row => row.Point)], categorical, width, kept) : null;
    }

    /// <summary>The same with points whose values are still to come.</summary>
    public Plateaus With(IReadOnlyList<double[]> pending) =>
        pending.Count == 0 ? this : new Plateaus([.. _points, .. pending], _categorical, Width, [.. Kept]);

    /// <summary>ln of the probability that x lies on no known plateau, and its gradient by the coordinates.</summary>
    public double LogNew(double[] x, Span<double> gradient)
    {
        gradient.Clear();
        var (nearest, square) = (-1, double.PositiveInfinity);
        for (var k = 0; k < _points.Count; k++)
        {
            var theirs = Square(_points[k], x, _categorical);
            if (theirs < square) (nearest, square) = (k, theirs);
        }

        var s = Math.Max(square * _inverseSquare, 1e-12);
        if (s > 30) return 0;
        var fresh = -Math.Exp(-s) + 1;
        // d ln(1 - e^-s) = e^-s / (1 - e^-s) ds
        var slope = Math.Exp(-s) / fresh * 2 * _inverseSquare;
        for (var j = 0; j < gradient.Length; j++)
            gradient[j] = _categorical[j] ? 0 : slope * (x[j] - _points[nearest][j]);
        return Math.Log(fresh);
    }

    private static double Likelihood(List<(double Square, bool Tie)> pairs, double width, double b)
    {
        var sum = 0.0;
        foreach (var (square, tie) in pairs)
        {
            var p = b + ((1 - b) * Math.Exp(-square / (width * width)));
            sum += Math.Log(tie ? p : Math.Max(1 - p, 1e-9));
        }

        return sum;
    }

    private static double Square(double[] a, double[] b, bool[] categorical)
    {
        var sum = 0.0;
        for (var j = 0; j < a.Length; j++)
        {
            var difference = categorical[j] ? (a[j] == b[j] ? 0 : 1) : a[j] - b[j];
            sum += difference * difference;
        }

        return sum;
    }
}
