namespace Rekindle.Optimization.EarlyStopping;

/// <summary>
/// Stops an evaluation that is worse than the others were at the same point: SageMaker's early stopping of type Auto, the median rule
/// of Google Vizier (Golovin and others 2017, section 3.2.1), with guards.
/// <code>
/// e     resource of the current evaluation's newest reading, v its value
/// C     the other evaluations that have come to e or further
/// M_e   median over C of the mean of their values up to e
/// L     median of the resources at which whole evaluations ended, infinite before the first
/// stop  v worse than M_e, |C| >= 5, e >= max(1, L / 4), and the best value of all was not reported by the current evaluation
/// </code>
/// </summary>
public static class MedianRule
{
    /// <summary>With fewer evaluations to compare with, nothing is stopped.</summary>
    public const int LeastComparable = 5;

    /// <summary>The share of a whole evaluation that every one is allowed.</summary>
    public const double GraceShare = 0.25;

    /// <summary>Whether the current evaluation is hopeless.</summary>
    /// <param name="goal">Direction of the objective.</param>
    /// <param name="current">The evaluation in question.</param>
    /// <param name="others">All other evaluations that did not fail, running ones too.</param>
    public static bool ShouldStop(Goal goal, LearningCurve current, IReadOnlyList<LearningCurve> others)
    {
        ArgumentNullException.ThrowIfNull(current);
        ArgumentNullException.ThrowIfNull(others);
        return current.Readings is [.., var newest] && IsHopelessAt(newest, goal, current, others);
    }

    /// <summary>
    /// Whether the current evaluation is hopeless, for who may have missed some of its readings: where it has come further than enough
    /// others to compare with, it is judged by the last reading up to which they have come. Else nothing could stop it any more. Its newest
    /// value must be worse than the same median: what was behind there and is no longer runs on.
    /// </summary>
    /// <param name="goal">Direction of the objective.</param>
    /// <param name="current">The evaluation in question.</param>
    /// <param name="others">All other evaluations that did not fail, running ones too.</param>
    public static bool ShouldStopBelatedly(Goal goal, LearningCurve current, IReadOnlyList<LearningCurve> others)
    {
        ArgumentNullException.ThrowIfNull(current);
        ArgumentNullException.ThrowIfNull(others);
        return Reach(others) is > 0 and var reach && current.Summary.LastUpTo(reach) is { } last
            && IsHopelessAt(current.Readings[last], goal, current, others);
    }

    private static bool IsHopelessAt(Reading point, Goal goal, LearningCurve current, IReadOnlyList<LearningCurve> others)
    {
        if (!double.IsFinite(point.Value)) return false;
        // M_e is to be better than both, so than the better of them. What most evaluations pass comes last.
        var newest = current.Summary.Newest;
        var value = IsBetter(goal, point.Value, newest) ? point.Value : newest;
        return IsMedianBetter(goal, point.Resource, value, others) && point.Resource >= Grace(others) && !HoldsBest(goal, current, others);
    }

    /// <summary>Whether there are enough to compare with, and M_e is better than a value. Counting does what sorting would.</summary>
    private static bool IsMedianBetter(Goal goal, double resource, double value, IReadOnlyList<LearningCurve> others)
    {
        var (better, rest) = (0, 0);
        var (worstBetter, bestRest) = goal == Goal.Minimize
            ? (double.NegativeInfinity, double.PositiveInfinity)
            : (double.PositiveInfinity, double.NegativeInfinity);
        foreach (var other in others)
        {
            if (other.Summary.Reach < resource) continue;
            // An evaluation that comes to e but first reports beyond it has no mean up to e.
            var mean = other.Summary.MeanUpTo(resource);
            if (double.IsNaN(mean)) continue;
            if (IsBetter(goal, mean, value))
            {
                better++;
                if (IsBetter(goal, worstBetter, mean)) worstBetter = mean;
            }
            else
            {
                rest++;
                if (IsBetter(goal, mean, bestRest)) bestRest = mean;
            }
        }

        if (better + rest < LeastComparable || better < rest) return false;
        // Of as many on either side the median lies in the middle of the two next to it.
        return better > rest || IsBetter(goal, Middle(worstBetter, bestRest), value);
    }

    /// <summary>How far enough others have come to compare with; 0 when there are not so many.</summary>
    private static double Reach(IReadOnlyList<LearningCurve> others)
    {
        Span<double> furthest = stackalloc double[LeastComparable];
        furthest.Clear();
        foreach (var other in others)
        {
            var reach = other.Summary.Reach;
            if (reach <= furthest[0]) continue;
            // The least of them goes; they stay in order.
            var place = 0;
            for (; place + 1 < LeastComparable && furthest[place + 1] < reach; place++) furthest[place] = furthest[place + 1];
            furthest[place] = reach;
        }

        return furthest[0];
    }

    private static double Grace(IReadOnlyList<LearningCurve> others)
    {
        var lengths = new List<double>();
        foreach (var other in others)
        {
            if (other is { RanToEnd: true, Readings: [.., var last] }) lengths.Add(last.Resource);
        }

        // Until one has ended by itself nobody knows how long a whole evaluation is, and a first report says little.
        return lengths.Count == 0 ? double.PositiveInfinity : Math.Max(1, GraceShare * Median(lengths));
    }

    private static bool HoldsBest(Goal goal, LearningCurve current, IReadOnlyList<LearningCurve> others)
    {
        var own = Best(goal, current);
        foreach (var other in others)
        {
            if (other.Summary.Reach > 0 && !IsBetter(goal, own, Best(goal, other))) return false;
        }

        return true;
    }

    private static double Best(Goal goal, LearningCurve curve) => goal == Goal.Minimize ? curve.Summary.Least : curve.Summary.Greatest;

    private static bool IsBetter(Goal goal, double a, double b) => goal == Goal.Minimize ? a < b : a > b;

    private static double Median(List<double> values)
    {
        values.Sort();
        var middle = values.Count / 2;
        return values.Count % 2 == 1 ? values[middle] : Middle(values[middle - 1], values[middle]);
    }

    /// <summary>Halves first: the sum of two large values may overflow.</summary>
    private static double Middle(double a, double b) => (a / 2) + (b / 2);
}
