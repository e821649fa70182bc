namespace Rekindle.Server.TuningJobs;

internal static partial class TuningJobRules
{
    private static IEnumerable<Violation> CheckRange(ParameterRange range, string path) => range.Kind switch
    {
        ParameterKind.Categorical => CategoricalValues(range, path),
        _ =>
        [
            .. BoundIsNumber(range, path, "minValue", range.MinValue),
            .. BoundIsNumber(range, path, "maxValue", range.MaxValue),
            .. CheckOrderAndScaling(range, path),
        ],
    };

    private static IEnumerable<Violation> CategoricalValues(ParameterRange range, string path)
    {
        if (range.Values.Count == 0)
        {
            yield return new(
                nameof(CategoricalValues), $"{path}.values", $"The categorical hyperparameter {range.Name} has no values. Provide at least one.");
        }

        foreach (var repeated in range.Values.GroupBy(value => value, StringComparer.Ordinal).Where(group => group.Count() > 1))
        {
            yield return new(
                nameof(CategoricalValues),
                $"{path}.values",
                $"The value '{repeated.Key}' of the categorical hyperparameter {range.Name} is specified {repeated.Count()} times. "
                + "Values must be distinct.");
        }
    }

    private static IEnumerable<Violation> BoundIsNumber(ParameterRange range, string path, string field, string? text)
    {
        var (readable, what) = range.Kind == ParameterKind.Integer
            ? (RangeText.TryParseWhole(text, out _), "an integer of 64 bits")
            : (RangeText.TryParseNumber(text, out _), "a finite number such as 0.1 or 1e-5");
        if (!readable)
        {
            yield return new(
                nameof(BoundIsNumber),
                $"{path}.{field}",
                Unsatisfied(text, $"{path}.{field}", $"Member must be {what} (hyperparameter {range.Name})"));
        }
    }

    private static IEnumerable<Violation> CheckOrderAndScaling(ParameterRange range, string path)
    {
        // What can't be read is reported by its own rule.
        if (!RangeText.TryParseNumber(range.MinValue, out var min) || !RangeText.TryParseNumber(range.MaxValue, out var max))
        {
            return [];
        }

        return
        [
            .. MinNotAboveMax(range, path, min, max),
            .. LogarithmicIsPositive(range, path, min),
            .. ReverseLogarithmicFits(range, path, min, max),
        ];
    }

    private static IEnumerable<Violation> MinNotAboveMax(ParameterRange range, string path, double min, double max)
    {
        // Doubles can't tell large neighbouring integers apart.
        var above = range.Kind == ParameterKind.Integer
            && RangeText.TryParseWhole(range.MinValue, out var wholeMin) && RangeText.TryParseWhole(range.MaxValue, out var wholeMax)
            ? wholeMin > wholeMax
            : min > max;
        if (above)
        {
            yield return new(
                nameof(MinNotAboveMax),
                $"{path}.minValue",
                $"The MinValue {range.MinValue} of the hyperparameter {range.Name} is greater than its MaxValue {range.MaxValue}.");
        }
    }

    private static IEnumerable<Violation> LogarithmicIsPositive(ParameterRange range, string path, double min)
    {
        if (range.Scaling == RangeScaling.Logarithmic && min <= 0)
        {
            yield return new(
                nameof(LogarithmicIsPositive),
                $"{path}.scalingType",
                $"The ScalingType Logarithmic needs a MinValue greater than 0, and the hyperparameter {range.Name} has {range.MinValue}.");
        }
    }

    private static IEnumerable<Violation> ReverseLogarithmicFits(ParameterRange range, string path, double min, double max)
    {
        if (range.Scaling != RangeScaling.ReverseLogarithmic)
        {
            yield break;
        }

        if (range.Kind == ParameterKind.Integer)
        {
            yield return new(
                nameof(ReverseLogarithmicFits),
                $"{path}.scalingType",
                $"The ScalingType ReverseLogarithmic is not available for integer parameter ranges, and {range.Name} is one.");
        }
        else if (min < 0 || max >= 1)
        {
            yield return new(
                nameof(ReverseLogarithmicFits),
                $"{path}.scalingType",
                "The ScalingType ReverseLogarithmic needs a range within 0 <= x < 1, and the hyperparameter "
                + $"{range.Name} has [{range.MinValue}, {range.MaxValue}].");
        }
    }
}
