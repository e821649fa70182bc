using System.Text.Json;
using System.Text.Json.Serialization;
using Rekindle.Optimization.EarlyStopping;

namespace Rekindle.Optimization;

/// <summary>A search as it can be kept in a file: its space, and all evaluations with their values, to the last bit.</summary>
public sealed record TuningRecord
{
    /// <summary>Tells parents of one search apart.</summary>
    public required string Name { get; init; }

    /// <summary>Direction of the objective.</summary>
    public required Goal Goal { get; init; }

    /// <summary>The tunable parameters.</summary>
    public required IReadOnlyList<RecordedParameter> Parameters { get; init; }

    /// <summary>Fixed hyperparameters.</summary>
    public IReadOnlyDictionary<string, string> StaticHyperParameters { get; init; } = new Dictionary<string, string>();

    /// <summary>In the order in which they were asked for.</summary>
    public required IReadOnlyList<RecordedEvaluation> Evaluations { get; init; }

    /// <summary>This search as a parent of another one. Only evaluations with a value teach.</summary>
    /// <param name="goal">The goal of the other one.</param>
    /// <exception cref="ArgumentException">The goal of this one is another.</exception>
    /// <exception cref="JsonException">The record's space is none.</exception>
    public ParentHistory ToParent(Goal goal) => goal != Goal ? throw new ArgumentException($"The goal of {Name} was {Goal}, and is {goal} now.", nameof(goal)) : new(
        Name,
        Space(),
        StaticHyperParameters,
        [
            .. from evaluation in Evaluations
               where evaluation is { State: EvaluationState.Completed, Value: not null }
               select new Observation(new Configuration(evaluation.HyperParameters), evaluation.Value!.Value) { StoppedEarly = evaluation.WasStoppedEarly },
        ]);

    private SearchSpace Space()
    {
        try
        {
            return new SearchSpace(Parameters.Select(parameter => parameter.ToParameter()));
        }
        catch (ArgumentException problem)
        {
            throw new JsonException($"The space of {Name} is none: {problem.Message}", problem);
        }
    }

    /// <summary>Writes it as JSON.</summary>
    /// <param name="stream">Where to; left open.</param>
    /// <param name="ct">Gives up.</param>
    public Task WriteAsync(Stream stream, CancellationToken ct = default) => JsonSerializer.SerializeAsync(stream, this, TuningRecordJson.Default.TuningRecord, ct);

    /// <summary>Reads what <see cref="WriteAsync"/> wrote.</summary>
    /// <param name="stream">Where from; left open.</param>
    /// <param name="ct">Gives up.</param>
    /// <exception cref="JsonException">It is no record.</exception>
    public static async Task<TuningRecord> ReadAsync(Stream stream, CancellationToken ct = default) =>
        await JsonSerializer.DeserializeAsync(stream, TuningRecordJson.Default.TuningRecord, ct).ConfigureAwait(false)
        ?? throw new JsonException("The record is null.");
}

/// <summary>One evaluation of a <see cref="TuningRecord"/>.</summary>
/// <param name="HyperParameters">What was evaluated.</param>
/// <param name="State">Where it stood.</param>
public sealed record RecordedEvaluation(IReadOnlyDictionary<string, string> HyperParameters, EvaluationState State)
{
    /// <summary>Its objective; null unless completed.</summary>
    public double? Value { get; init; }

    /// <summary>How it was chosen; null when it was added from outside.</summary>
    public SuggestionOrigin? Origin { get; init; }

    /// <summary>What it reported on its way, by ascending resource; null when it reported nothing.</summary>
    public IReadOnlyList<Reading>? Readings { get; init; }

    /// <summary>Whether it was to stop because others were better at the same point.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool WasStoppedEarly { get; init; }

    /// <exception cref="ArgumentException">The reports are in disorder.</exception>
    internal EvaluationProgress Progress()
    {
        var readings = Readings ?? [];
        for (var i = 0; i < readings.Count; i++)
        {
            if (!double.IsFinite(readings[i].Resource) || readings[i].Resource <= (i == 0 ? 0 : readings[i - 1].Resource))
                throw new ArgumentException($"The saved reports of {new Configuration(HyperParameters)} are in disorder.");
        }

        return new EvaluationProgress(new LearningCurve(readings, RanToEnd: false), WasStoppedEarly ? HalvingDecision.Stop : HalvingDecision.Continue);
    }
}

/// <summary>A parameter of a <see cref="TuningRecord"/>: a range of numbers, or values.</summary>
/// <param name="Name">Its name.</param>
public sealed record RecordedParameter(string Name)
{
    /// <summary>Smallest and largest number of a continuous range.</summary>
    public double[]? ContinuousRange { get; init; }

    /// <summary>Smallest and largest number of an integer range.</summary>
    public long[]? IntegerRange { get; init; }

    /// <summary>The values of a categorical parameter.</summary>
    public IReadOnlyList<string>? Categories { get; init; }

    /// <summary>How a range is spread.</summary>
    public Scaling Scaling { get; init; }

    /// <summary>The parameter itself.</summary>
    /// <exception cref="JsonException">The record holds neither range nor values.</exception>
    public Parameter ToParameter() => this switch
    {
        { ContinuousRange: [var least, var greatest] } => new ContinuousParameter(Name, least, greatest, Scaling),
        { IntegerRange: [var least, var greatest] } => new IntegerParameter(Name, least, greatest, Scaling),
        { Categories: { } values } => new CategoricalParameter(Name, values),
        _ => throw new JsonException($"The parameter {Name} has neither a range nor values."),
    };

    internal static RecordedParameter Of(Parameter parameter) => parameter switch
    {
        ContinuousParameter p => new(p.Name) { ContinuousRange = [p.Minimum, p.Maximum], Scaling = p.Scaling },
        IntegerParameter p => new(p.Name) { IntegerRange = [p.Minimum, p.Maximum], Scaling = p.Scaling },
        CategoricalParameter p => new(p.Name) { Categories = p.Values },
        _ => throw new ArgumentException($"Unknown kind of parameter: {parameter}", nameof(parameter)),
    };
}

[JsonSourceGenerationOptions(
    UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, WriteIndented = true, RespectRequiredConstructorParameters = true,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(TuningRecord))]
internal sealed partial class TuningRecordJson : JsonSerializerContext;
