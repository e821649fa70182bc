using System.Globalization;
using Rekindle.Optimization.EarlyStopping;

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

/// <summary>Whether an evaluation that has just reported is worth going on.</summary>
public enum ReportDecision
{
    /// <summary>It is.</summary>
    Continue,

    /// <summary>Others were better at the same point, or it has used the most that an evaluation may use.</summary>
    Stop,
}

/// <summary>A configuration that a <see cref="Tuner"/> wants evaluated, and what came of it.</summary>
public sealed class Evaluation
{
    private volatile EvaluationOutcome _outcome = EvaluationOutcome.Pending;
    private volatile EvaluationProgress _progress = EvaluationProgress.None;

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

    /// <summary>What it has reported so far, by ascending resource.</summary>
    public IReadOnlyList<Reading> Readings => Progress.Curve.Readings;

    /// <summary>Whether it was to stop because others were better at the same point.</summary>
    public bool WasStoppedEarly => Progress.Decision == HalvingDecision.Stop;

    /// <summary>State and value in one, so that whoever reads on another thread sees both or neither.</summary>
    internal EvaluationOutcome Outcome { get => _outcome; set => _outcome = value; }

    /// <summary>Replaced by every report, so that whoever reads on another thread sees a whole one.</summary>
    internal EvaluationProgress Progress { get => _progress; set => _progress = value; }

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

/// <param name="Curve">What an evaluation has reported.</param>
/// <param name="Decision">What it was first told other than to go on.</param>
internal sealed record EvaluationProgress(LearningCurve Curve, HalvingDecision Decision)
{
    public static EvaluationProgress None { get; } = new(new LearningCurve([], RanToEnd: false), HalvingDecision.Continue);
}
