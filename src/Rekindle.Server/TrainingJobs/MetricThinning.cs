namespace Rekindle.Server.TrainingJobs;

/// <summary>
/// Keeps curves of any length drawable: a program may print a million values of one metric, a chart shows some hundreds. What is kept is
/// spread evenly over the log; the first, the last, the smallest and the greatest value stay as they are.
/// </summary>
internal static class MetricThinning
{
    /// <summary>So many readings of a metric one part of a log may give.</summary>
    public const int MostOfOnePart = 500;

    /// <summary>
    /// Per metric at most about <paramref name="most"/> of <paramref name="readings"/>, in their order, and those with an ordinal among
    /// <paramref name="milestones"/>.
    /// </summary>
    public static IReadOnlyList<MetricReading> Thin(
        IReadOnlyList<MetricReading> readings, int most = MostOfOnePart, IReadOnlySet<int>? milestones = null)
    {
        if (readings.Count <= most) return readings;
        var kept = readings.GroupBy(reading => reading.Metric).SelectMany(metric => Keep([.. metric], most, milestones)).ToHashSet();
        return [.. readings.Where(kept.Contains)];
    }

    private static IEnumerable<MetricReading> Keep(List<MetricReading> metric, int most, IReadOnlySet<int>? milestones)
    {
        if (metric.Count <= most) return metric;
        var stride = (metric.Count + most - 1) / most;
        return metric.Where((reading, index) => index % stride == 0 || milestones?.Contains(reading.Ordinal) == true).Append(metric[^1]).Append(metric.MinBy(r => r.Value)!).Append(metric.MaxBy(r => r.Value)!);
    }
}
