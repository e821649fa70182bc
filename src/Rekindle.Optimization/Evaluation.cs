using System.Globalization;

namespace Rekindle.Optimization;

/// <summary>Where an evaluation stands.</summary>
public enum EvaluationState
{
    /// <summary>Asked for, and not told yet.</summary>
    Pending,

    /// <summary>It has a value.</summary>
    Completed,

    /// <summary>It ended without one.</summary>
    Failed,
}

/// <summary>A configuration that a <see cref="Tuner"/> wants evaluated, and what came of it.</summary>
public sealed class Evaluation
{
    private volatile EvaluationOutcome _outcome = EvaluationOutcome.Pending;

    internal Evaluation(int number, Configuration configuration, SuggestionOrigin? origin) => (Number, Configuration, Origin) = (number, configuration, origin);

    /// <summary>Counts from 1 in the order of asking.</summary>
    public int Number { get; }

    /// <summary>What to evaluate.</summary>
    public Configuration Configuration { get; }

    /// <summary>How it was chosen; null when it was not, but added.</summary>
    public SuggestionOrigin? Origin { get; }

    /// <summary>Why it was chosen; null from strategies without a model and after a resumption.</summary>
    public Explanation? Explanation { get; internal init; }

    /// <summary>Where it stands.</summary>
    public EvaluationState State => Outcome.State;

    /// <summary>Its objective; null unless completed.</summary>
    public double? Value => Outcome.Value;

    /// <summary>State and value in one, so that whoever reads on another thread sees both or neither.</summary>
    internal EvaluationOutcome Outcome { get => _outcome; set => _outcome = value; }

    /// <summary>A hyperparameter's text.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="KeyNotFoundException">There is no such hyperparameter.</exception>
    public string this[string name] => Configuration.Values[name];

    /// <summary>A continuous or integer hyperparameter as a number.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="KeyNotFoundException">There is no such hyperparameter.</exception>
    /// <exception cref="FormatException">It is no number.</exception>
    public double Real(string name) => double.Parse(this[name], CultureInfo.InvariantCulture);

    /// <summary>An integer hyperparameter.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="KeyNotFoundException">There is no such hyperparameter.</exception>
    /// <exception cref="FormatException">It is no integer.</exception>
    /// <exception cref="OverflowException">It does not fit.</exception>
    public int Whole(string name) => int.Parse(this[name], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public override string ToString() => Value is { } value
        ? string.Create(CultureInfo.InvariantCulture, $"{Number}: {Configuration} = {value}")
        : $"{Number}: {Configuration} ({State})";
}

/// <param name="State">Where an evaluation stands.</param>
/// <param name="Value">Its objective; null unless completed.</param>
internal sealed record EvaluationOutcome(EvaluationState State, double? Value)
{
    public static EvaluationOutcome Pending { get; } = new(EvaluationState.Pending, null);
}
