using Rekindle.Optimization.EarlyStopping;

namespace Rekindle.Optimization.Fidelity;

/// <summary>
/// All evaluations as they stand at one rung, so that a model of one objective can compare them.
/// <code>
/// y_ik    value of evaluation i at rung r_k: its first finite reading there or beyond; its final value where it ended by itself before
/// R       the rung looked at: the highest with at least max(3, d) values, else the lowest
/// delta_k median over the evaluations with both of y_i(k+1) - y_ik: how much values move from one rung to the next
/// y_iR    for an evaluation whose last rung is l &lt; R:  y_il + delta_l + … + delta_(R-1)
/// </code>
/// R by its number of values: Falkner, Klein, Hutter, "BOHB", ICML 2018. Only good evaluations come far, so the values measured at R alone
/// would leave the model blind to where the bad ones lie; shifting keeps their order.
/// </summary>
internal sealed record RungView(History History, double Resource)
{
    private const int LeastResults = 3;

    public static RungView Of(History history, IReadOnlyList<double> rungs, int dimensions)
    {
        var climbs = history.Completed.Select(o => new Climb(o.Configuration, Values(o, rungs))).ToList();
        var pending = new List<Configuration>();
        foreach (var (i, configuration) in history.Pending.Index())
        {
            var readings = i < history.PendingReadings.Count ? history.PendingReadings[i] : [];
            var values = Values(new LearningCurve(readings, RanToEnd: false), rungs);
            // What has been measured is known well enough; only what has not is drawn.
            if (values.Count > 0) climbs.Add(new Climb(configuration, values));
            else pending.Add(configuration);
        }

        var least = Math.Max(LeastResults, dimensions);
        var rung = Enumerable.Range(0, rungs.Count).LastOrDefault(k => climbs.Count(c => c.Values.Count > k) >= least);
        var steps = Enumerable.Range(0, rung).Select(k => Step(climbs, k)).ToList();
        var seen = history with
        {
            Completed = [.. climbs.Select(c => new Observation(c.Configuration, ValueAt(c.Values, rung, steps)))],
            Pending = pending,
            PendingReadings = [],
        };
        return new RungView(seen, rungs[rung]);
    }

    /// <summary>The values at the rungs an evaluation has come to, from the lowest on; never empty.</summary>
    private static List<double> Values(Observation observation, IReadOnlyList<double> rungs)
    {
        var values = Values(new LearningCurve(observation.Readings, !observation.StoppedEarly), rungs);
        if (!observation.StoppedEarly) values.AddRange(Enumerable.Repeat(observation.Value, rungs.Count - values.Count));
        if (values.Count == 0) values.Add(observation.Value);
        return values;
    }

    private static List<double> Values(LearningCurve curve, IReadOnlyList<double> rungs) =>
        [.. rungs.Select(curve.FirstFrom).TakeWhile(reading => reading is not null).Select(reading => reading!.Value.Value)];

    private static double ValueAt(List<double> values, int rung, List<double> steps)
    {
        if (values.Count > rung) return values[rung];
        var value = values[^1] + steps.Skip(values.Count - 1).Sum();
        return double.IsFinite(value) ? value : values[^1];
    }

    private static double Step(List<Climb> climbs, int k)
    {
        var steps = climbs.Where(c => c.Values.Count > k + 1).Select(c => c.Values[k + 1] - c.Values[k]).Where(double.IsFinite).Order().ToList();
        return steps.Count == 0 ? 0 : steps[steps.Count / 2];
    }

    private sealed record Climb(Configuration Configuration, List<double> Values);
}
