namespace Rekindle.Optimization.EarlyStopping;

/// <summary>One intermediate value of a running evaluation.</summary>
/// <param name="Resource">How far the evaluation was: epochs, rounds or seconds, above 0.</param>
/// <param name="Value">The objective at that moment; a value that is not finite says nothing and is passed over.</param>
public readonly record struct Reading(double Resource, double Value);

/// <summary>What one evaluation has reported so far.</summary>
/// <param name="Readings">By ascending resource.</param>
/// <param name="RanToEnd">Whether it ended by itself with a value, so that its last resource is the length of a whole evaluation.</param>
public sealed record LearningCurve(IReadOnlyList<Reading> Readings, bool RanToEnd);
