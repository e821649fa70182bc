namespace Rekindle.Optimization;

/// <summary>
/// Counts evaluations without progress. A value is progress when it is better than the best so far by at least 1 % of the best's
/// magnitude; any improvement counts when the best is 0.
/// </summary>
public static class NotImproving
{
    /// <summary>The least relative improvement that counts as progress.</summary>
    public const double Threshold = 0.01;

    /// <summary>How many of the last values, counted from the end, brought no progress.</summary>
    /// <param name="values">Objective values in training job order; non-finite ones are passed over.</param>
    /// <param name="goal">Direction of the objective.</param>
    public static int Count(IEnumerable<double> values, Goal goal)
    {
        ArgumentNullException.ThrowIfNull(values);
        var count = 0;
        var best = double.NaN;
        foreach (var value in values)
        {
            if (!double.IsFinite(value)) continue;
            if (double.IsNaN(best))
            {
                best = value;
                continue;
            }

            count = IsProgress(best, value, goal) ? 0 : count + 1;
            best = goal == Goal.Minimize ? Math.Min(best, value) : Math.Max(best, value);
        }

        return count;
    }

    /// <summary>Whether a value improves on the best by at least the threshold.</summary>
    /// <param name="best">The best value before.</param>
    /// <param name="value">The new value.</param>
    /// <param name="goal">Direction of the objective.</param>
    public static bool IsProgress(double best, double value, Goal goal)
    {
        var better = goal == Goal.Minimize ? value < best : value > best;
        // Halved on both sides so that opposite huge values do not overflow.
        return better && Math.Abs((best / 2) - (value / 2)) >= Threshold * Math.Abs(best / 2);
    }
}

/// <summary>
/// Detects that a search has settled: enough results, and a long tail of them without progress. Amazon documents only that no
/// training job improves by more than 1 %; the window is this library's choice.
/// </summary>
public static class Convergence
{
    /// <summary>The least number of results before convergence can be seen.</summary>
    public const int LeastResults = 20;

    /// <summary>How many results in a row must bring no progress, for a space of d parameters: max(10, 2 d).</summary>
    /// <param name="parameters">The number of tunable parameters.</param>
    public static int Window(int parameters) => Math.Max(10, 2 * parameters);

    /// <summary>Whether the values have settled.</summary>
    /// <param name="values">Objective values in training job order.</param>
    /// <param name="goal">Direction of the objective.</param>
    /// <param name="parameters">The number of tunable parameters.</param>
    public static bool IsDetected(IReadOnlyList<double> values, Goal goal, int parameters)
    {
        ArgumentNullException.ThrowIfNull(values);
        return values.Count >= LeastResults && NotImproving.Count(values, goal) >= Window(parameters);
    }
}
