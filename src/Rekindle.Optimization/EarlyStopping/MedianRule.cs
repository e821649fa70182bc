namespace Rekindle.Optimization.EarlyStopping;

/// <summary>
/// Stops an evaluation that is worse than the others were at the same point: SageMaker's early stopping of type Auto, the median rule
/// of Google Vizier (Golovin and others 2017, section 3.2.1), with guards.
/// <code>
/// e     resource of the current evaluation's newest reading, v its value
/// C     the other evaluations that have come to e or further
/// M_e   median over C of the mean of their values up to e
/// L     median of the resources at which whole evaluations ended
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
    /// others to compare with, it is judged by the last reading up to which they have come. Else nothing could stop it any more.
    /// </summary>
    /// <param name="goal">Direction of the objective.</param>
    /// <param name="current">The evaluation in question.</param>
    /// <param name="others">All other evaluations that did not fail, running ones too.</param>
    public static bool ShouldStopBelatedly(Goal goal, LearningCurve current, IReadOnlyList<LearningCurve> others)
    {
        ArgumentNullException.ThrowIfNull(current);
        ArgumentNullException.ThrowIfNull(others);
        var reach = others.Select(curve => Finite(curve).Select(r => r.Resource).LastOrDefault()).OrderDescending().ElementAtOrDefault(LeastComparable - 1);
        return current.Readings.LastOrDefault(r => r.Resource <= reach) is { Resource: > 0 } last && IsHopelessAt(last, goal, current, others);
    }

    private static bool IsHopelessAt(Reading newest, Goal goal, LearningCurve current, IReadOnlyList<LearningCurve> others)
    {
        if (!double.IsFinite(newest.Value)) return false;
        var comparable = others.Where(curve => Finite(curve).Any(r => r.Resource >= newest.Resource)).ToList();
        if (comparable.Count < LeastComparable || newest.Resource < Grace(others)) return false;
        if (HoldsBest(goal, current, others)) return false;

        // An evaluation that comes to e but first reports beyond it has no mean up to e.
        var means = comparable
            .Select(curve => Finite(curve).Where(r => r.Resource <= newest.Resource).Select(r => r.Value).ToList())
            .Where(values => values.Count > 0)
            .Select(values => values.Average())
            .ToList();
        return means.Count >= LeastComparable && IsBetter(goal, Median(means), newest.Value);
    }

    private static double Grace(IReadOnlyList<LearningCurve> others)
    {
        var lengths = others.Where(curve => curve is { RanToEnd: true, Readings.Count: > 0 }).Select(curve => curve.Readings[^1].Resource).ToList();
        return lengths.Count == 0 ? 1 : Math.Max(1, GraceShare * Median(lengths));
    }

    private static bool HoldsBest(Goal goal, LearningCurve current, IReadOnlyList<LearningCurve> others)
    {
        var own = Best(goal, Finite(current));
        var theirs = others.SelectMany(Finite).ToList();
        return theirs.Count == 0 || IsBetter(goal, own, Best(goal, theirs));
    }

    private static double Best(Goal goal, IEnumerable<Reading> readings) =>
        goal == Goal.Minimize ? readings.Min(r => r.Value) : readings.Max(r => r.Value);

    private static bool IsBetter(Goal goal, double a, double b) => goal == Goal.Minimize ? a < b : a > b;

    private static IEnumerable<Reading> Finite(LearningCurve curve) => curve.Readings.Where(r => double.IsFinite(r.Value));

    private static double Median(List<double> values)
    {
        values.Sort();
        var middle = values.Count / 2;
        // Halves first: the sum of two large values may overflow.
        return values.Count % 2 == 1 ? values[middle] : (values[middle - 1] / 2) + (values[middle] / 2);
    }
}
