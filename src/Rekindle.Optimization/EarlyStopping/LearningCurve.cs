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
/// <param name="Readings">By ascending resource.</param>
/// <param name="RanToEnd">Whether it ended by itself with a value, so that its last resource is the length of a whole evaluation.</param>
public sealed record LearningCurve(IReadOnlyList<Reading> Readings, bool RanToEnd)
{
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
