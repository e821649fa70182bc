using System.Globalization;
using System.Text.Json;
using Rekindle.Optimization;

namespace Rekindle.Cli.Importing;

/// <summary>
/// A parameter's distribution in Optuna's JSON: <c>{"name": "FloatDistribution", "attributes": {"low": 1e-05, "high": 0.1, "log": true,
/// "step": null}}</c>, and the names older files have. Values are stored as numbers: of a categorical one, the index of the choice.
/// </summary>
internal sealed record OptunaDistribution(RangeKind Kind, double Low, double High, bool Log, bool HasStep, IReadOnlyList<string> Choices)
{
    /// <exception cref="FormatException">It is none.</exception>
    public static OptunaDistribution Parse(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(PythonJson.Quote(json));
            var root = document.RootElement;
            var attributes = root.GetProperty("attributes");
            return root.GetProperty("name").GetString() switch
            {
                "FloatDistribution" => Numeric(RangeKind.Continuous, attributes, "step", 0),
                "UniformDistribution" => Numeric(RangeKind.Continuous, attributes, "", 0),
                "LogUniformDistribution" => Numeric(RangeKind.Continuous, attributes, "", 0) with { Log = true },
                "DiscreteUniformDistribution" => Numeric(RangeKind.Continuous, attributes, "q", 0),
                "IntDistribution" or "IntUniformDistribution" => Numeric(RangeKind.Integer, attributes, "step", 1),
                "IntLogUniformDistribution" => Numeric(RangeKind.Integer, attributes, "step", 1) with { Log = true },
                "CategoricalDistribution" => new(
                    RangeKind.Categorical, 0, 0, false, false, [.. attributes.GetProperty("choices").EnumerateArray().Select(ChoiceText)]),
                var other => throw new FormatException($"The distribution {other} is not known."),
            };
        }
        catch (Exception problem) when (problem is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new FormatException($"'{json}' is no distribution of Optuna.", problem);
        }
    }

    /// <summary>A stored number as the text a training program is given; null when it is none.</summary>
    public string? Text(double? stored) => stored is not { } value || !double.IsFinite(value) ? null : Kind switch
    {
        RangeKind.Categorical => value >= 0 && value < Choices.Count ? Choices[(int)value] : null,
        RangeKind.Integer => WholeText(value),
        _ => NumberText.Format(value),
    };

    /// <summary>What holds for both: a space that was changed while the search ran becomes the space around all of it.</summary>
    /// <exception cref="FormatException">The kinds can't be brought together.</exception>
    public OptunaDistribution Union(OptunaDistribution other, string name) => (Kind, other.Kind) switch
    {
        (RangeKind.Categorical, RangeKind.Categorical) => this with { Choices = [.. Choices.Union(other.Choices, StringComparer.Ordinal)] },
        (RangeKind.Categorical, _) or (_, RangeKind.Categorical) =>
            throw new FormatException($"The parameter {name} is categorical in some evaluations and numeric in others."),
        _ => this with
        {
            Kind = Kind == other.Kind ? Kind : RangeKind.Continuous,
            Low = Math.Min(Low, other.Low),
            High = Math.Max(High, other.High),
            Log = Log && other.Log,
            HasStep = HasStep || other.HasStep,
        },
    };

    public ForeignRange ToRange(string name) => new(name, Kind)
    {
        Min = Kind == RangeKind.Categorical ? "" : Kind == RangeKind.Integer ? WholeText(Low) : NumberText.Format(Low),
        Max = Kind == RangeKind.Categorical ? "" : Kind == RangeKind.Integer ? WholeText(High) : NumberText.Format(High),
        Scaling = Log ? "Logarithmic" : "Linear",
        Values = Choices,
        Origin = "from the file",
    };

    private static OptunaDistribution Numeric(RangeKind kind, JsonElement attributes, string step, double plainStep)
    {
        var (low, high) = (attributes.GetProperty("low").GetDouble(), attributes.GetProperty("high").GetDouble());
        var log = attributes.TryGetProperty("log", out var flag) && flag.ValueKind == JsonValueKind.True;
        var stepped = step.Length > 0 && attributes.TryGetProperty(step, out var size) && size.ValueKind == JsonValueKind.Number
            && size.GetDouble() != plainStep;
        return double.IsFinite(low) && double.IsFinite(high)
            ? new(kind, low, high, log, stepped, [])
            : throw new FormatException("A distribution has a bound that is not finite.");
    }

    /// <summary>A choice as the text of a hyperparameter: a text as it is, anything else in JSON.</summary>
    private static string ChoiceText(JsonElement choice) => choice.ValueKind switch
    {
        JsonValueKind.String => choice.GetString()!,
        JsonValueKind.Number when choice.TryGetDouble(out var number) && choice.GetRawText().Contains('.', StringComparison.Ordinal) =>
            NumberText.Format(number),
        _ => choice.GetRawText(),
    };

    private static string WholeText(double value) => value.ToString("F0", CultureInfo.InvariantCulture);
}
