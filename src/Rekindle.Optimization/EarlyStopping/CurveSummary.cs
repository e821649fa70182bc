namespace Rekindle.Optimization.EarlyStopping;

/// <summary>
/// What comparisons ask of a curve again and again, found in one pass: the others are looked at for every evaluation that runs, and
/// most of them have ended long ago.
/// </summary>
internal sealed class CurveSummary
{
    private readonly IReadOnlyList<Reading> _readings;

    /// <summary>At each reading the mean of the finite values up to it; not a number before the first of them.</summary>
    private readonly double[] _means;

    public CurveSummary(IReadOnlyList<Reading> readings)
    {
        _readings = readings;
        _means = new double[readings.Count];
        var (sum, count) = (0.0, 0);
        for (var i = 0; i < _means.Length; i++)
        {
            var (resource, value, _) = readings[i];
            if (double.IsFinite(value))
            {
                sum += value;
                count++;
                (Reach, Newest) = (resource, value);
                Least = Math.Min(Least, value);
                Greatest = Math.Max(Greatest, value);
            }

            _means[i] = sum / count;
        }
    }

    /// <summary>Resource of the last finite value; 0 when there is none.</summary>
    public double Reach { get; }

    /// <summary>The last finite value; not a number when there is none.</summary>
    public double Newest { get; } = double.NaN;

    /// <summary>The smallest finite value; infinite when there is none.</summary>
    public double Least { get; } = double.PositiveInfinity;

    /// <summary>The greatest finite value; infinite when there is none.</summary>
    public double Greatest { get; } = double.NegativeInfinity;

    /// <summary>Whether it still says what these readings say.</summary>
    public bool IsOf(IReadOnlyList<Reading> readings) => ReferenceEquals(_readings, readings) && _means.Length == readings.Count;

    /// <summary>The mean of the finite values up to this resource; not a number when there is none.</summary>
    public double MeanUpTo(double resource) => LastUpTo(resource) is { } index ? _means[index] : double.NaN;

    /// <summary>The place of the last reading up to this resource; null when all came later.</summary>
    public int? LastUpTo(double resource)
    {
        var (low, high) = (0, _readings.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_readings[middle].Resource <= resource) low = middle + 1;
            else high = middle;
        }

        return low == 0 ? null : low - 1;
    }
}
