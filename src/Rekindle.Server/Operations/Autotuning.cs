using System.Globalization;
using Rekindle.Api.Shapes;
using Rekindle.Server.TuningJobs;

namespace Rekindle.Server.Operations;

/// <summary>
/// Ranges that the user leaves to the service: each is made from a value known to work. AWS does not publish how it does that; here
/// <code>
/// number h &gt; 0     h / 10 to 10 h on a logarithmic scale, at most 1 where h is at most 1 (rates and shares); whole if h is written so
/// number h &lt; 0     10 h to h / 10
/// 0              0 to 1
/// true, false    both
/// other text     stays as it is, and so does what is beyond the most ranges a tuning job may have
/// </code>
/// Autotune also stops training jobs early and ends at convergence, unless the request says something else.
/// </summary>
internal static class Autotuning
{
    private const string Rule = "Autotune";
    private const string AutoParametersPath = "hyperParameterTuningJobConfig.parameterRanges.autoParameters";

    public static bool IsOn(CreateHyperParameterTuningJobRequest request) => request.Autotune?.Mode == "Enabled";

    public static IEnumerable<Violation> Check(CreateHyperParameterTuningJobRequest request)
    {
        if (request is { Autotune: not null, WarmStartConfig: not null })
        {
            yield return new Violation(Rule, "autotune", "Autotune cannot be used together with WarmStartConfig.");
        }

        var config = request.HyperParameterTuningJobConfig!;
        var definitions = TuningDefinitionReader.Definitions(request);
        foreach (var (index, definition) in definitions.Index())
        {
            var ranges = TunableRanges.Of(config, definition);
            if (ranges?.AutoParameters is not { Count: > 0 } given)
            {
                continue;
            }

            var path = TunableRanges.AreInDefinition(config, definition)
                ? $"{TuningDefinitionReader.Place(request, index)}.hyperParameterRanges.autoParameters"
                : AutoParametersPath;
            if (!IsOn(request))
            {
                yield return new Violation(Rule, path, "AutoParameters need Autotune. Provide Autotune with the Mode Enabled, or ranges instead.");
            }

            var taken = (definition.StaticHyperParameters?.Keys ?? []).Concat(TuningDefinitionReader.Ranges(ranges).Select(range => range.Name))
                .ToHashSet(StringComparer.Ordinal);
            foreach (var (position, parameter) in given.Index())
            {
                if (!taken.Add(parameter.Name!))
                {
                    yield return new Violation(
                        Rule,
                        string.Create(CultureInfo.InvariantCulture, $"{path}.{position + 1}.member"),
                        $"The hyperparameter {parameter.Name} in AutoParameters is also in StaticHyperParameters, in a range or in AutoParameters again. "
                        + "Provide each hyperparameter once.");
                }
            }
        }
    }

    /// <summary>The ranges made from hints, and the values of the hyperparameters that stay as they are.</summary>
    /// <param name="ranges">With the hints; may be null.</param>
    /// <param name="given">How many ranges were given.</param>
    public static (IReadOnlyList<ParameterRange> Ranges, IReadOnlyDictionary<string, string> Fixed) Of(ParameterRanges? ranges, int given)
    {
        var made = new List<ParameterRange>();
        var kept = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var parameter in ranges?.AutoParameters ?? [])
        {
            if (given + made.Count < TuningJobRules.MaxRanges && RangeOf(parameter) is { } range)
            {
                made.Add(range);
            }
            else
            {
                kept[parameter.Name!] = parameter.ValueHint!;
            }
        }

        return (made, kept);
    }

    private static ParameterRange? RangeOf(AutoParameter parameter)
    {
        var (name, hint) = (parameter.Name!, parameter.ValueHint!.Trim());
        if (hint is "true" or "false" or "True" or "False")
        {
            string[] both = char.IsUpper(hint[0]) ? ["True", "False"] : ["true", "false"];
            return new ParameterRange { Name = name, Kind = ParameterKind.Categorical, Values = both };
        }

        if (!hint.AsSpan().ContainsAny('.', 'e', 'E') && RangeText.TryParseWhole(hint, out var whole))
        {
            return whole switch
            {
                0 => Whole(name, 0, 1, RangeScaling.Linear),
                < 0 => Whole(name, Times10(whole), whole / 10, RangeScaling.Linear),
                _ => Whole(name, Math.Max(1, whole / 10), Times10(whole), RangeScaling.Logarithmic),
            };
        }

        if (!RangeText.TryParseNumber(hint, out var number))
        {
            return null;
        }

        var (low, high) = (number / 10, number * 10);
        return number switch
        {
            0 => Number(name, 0, 1, RangeScaling.Linear),
            < 0 when double.IsFinite(high) => Number(name, high, low, RangeScaling.Linear),
            > 0 when double.IsFinite(high) && low > 0 => Number(name, low, number <= 1 ? Math.Min(high, 1) : high, RangeScaling.Logarithmic),
            _ => null,
        };
    }

    private static long Times10(long whole) => (long)Int128.Clamp((Int128)whole * 10, long.MinValue, long.MaxValue);

    private static ParameterRange Whole(string name, long low, long high, RangeScaling scaling) => new()
    {
        Name = name,
        Kind = ParameterKind.Integer,
        MinValue = low.ToString(CultureInfo.InvariantCulture),
        MaxValue = high.ToString(CultureInfo.InvariantCulture),
        Scaling = scaling,
    };

    private static ParameterRange Number(string name, double low, double high, RangeScaling scaling) => new()
    {
        Name = name,
        Kind = ParameterKind.Continuous,
        MinValue = low.ToString("R", CultureInfo.InvariantCulture),
        MaxValue = high.ToString("R", CultureInfo.InvariantCulture),
        Scaling = scaling,
    };
}
