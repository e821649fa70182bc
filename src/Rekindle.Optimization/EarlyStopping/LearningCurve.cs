namespace Rekindle.Optimization.EarlyStopping;

/// <summary>One intermediate value of a running evaluation.</summary>
/// <param name="Resource">How far the evaluation was: epochs, rounds or seconds, above 0.</param>
/// <param name="Value">The objective at that moment; a value that is not finite says nothing and is passed over.</param>
/// <param name="Order">
/// When it came, in any unit that grows through the job, such as a clock's ticks or a count. <see cref="SuccessiveHalving"/> compares with
/// what had come by then; where all are equal, with everything there is.
/// </param>
public readonly record struct Reading(double Resource, double Value, long Order = 0);

/// <summary>What one evaluation has reported so far.</summary>
/// <param name="Readings">By ascending resource. May be added to, but what is there stays as it is.</param>
/// <param name="RanToEnd">Whether it ended by itself with a value, so that its last resource is the length of a whole evaluation.</param>
public sealed record LearningCurve(IReadOnlyList<Reading> Readings, bool RanToEnd)
{
    private CurveSummary? _summary;

    /// <summary>Made when it is first asked for; a copy with the same readings takes it along.</summary>
    internal CurveSummary Summary
    {
        get
        {
            if (_summary is not { } known || !known.IsOf(Readings)) _summary = known = new CurveSummary(Readings);
            return known;
        }
    }

    /// <summary>Whether the readings are the same list, and the end is the same.</summary>
    /// <param name="other">The other curve.</param>
    public bool Equals(LearningCurve? other) => other is not null && Equals(Readings, other.Readings) && RanToEnd == other.RanToEnd;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Readings, RanToEnd);

    /// <summary>The first finite reading at this resource or beyond it; null when the evaluation has not come so far.</summary>
    /// <param name="resource">The resource.</param>
    public Reading? FirstFrom(double resource)
    {
        var (low, high) = (0, Readings.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (Readings[middle].Resource < resource) low = middle + 1;
            else high = middle;
        }

        for (var i = low; i < Readings.Count; i++)
        {
            if (double.IsFinite(Readings[i].Value)) return Readings[i];
        }

        return null;
    }
}
