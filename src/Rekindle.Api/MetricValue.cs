namespace Rekindle.Api;

/// <summary>
/// Metric values on the wire. The AWS model types them single precision, and the real service answers with the single-precision
/// number widened to double, such as 2.9148800373077393.
/// </summary>
public static class MetricValue
{
    /// <summary>
    /// <paramref name="value"/> rounded to single precision and widened again. Beyond single precision's range the largest such
    /// number is given; null when there is no number at all, since JSON has neither NaN nor infinity.
    /// </summary>
    public static double? ToWire(double value) =>
        double.IsFinite(value) ? Math.Clamp((double)(float)value, -float.MaxValue, float.MaxValue) : null;
}
