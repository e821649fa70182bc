using System.Globalization;
using Rekindle.Optimization.EarlyStopping;
using Rekindle.Optimization.Fidelity;

namespace Rekindle.Optimization;

/// <summary>
/// Chooses configurations for a job whose evaluations are stopped by <see cref="SuccessiveHalving"/>. After a space-filling start it
/// looks at all evaluations as if they stood at one rung, the highest that enough of them have reached, and searches there by the
/// Gaussian process of <see cref="BayesianStrategy"/>. What stopped below that rung counts with the value it would probably have had
/// there; see <see cref="RungView"/>.
/// </summary>
public sealed class HyperbandStrategy : Strategy
{
    /// <summary>The most evaluations the model holds.</summary>
    public const int MaxModelRows = 500;

    private readonly TuningProblem _problem;
    private readonly BayesianStrategy _model;

    /// <summary>A search over the problem's space.</summary>
    /// <param name="problem">What is searched.</param>
    /// <param name="halving">The rule that stops evaluations, whose rungs the search looks at.</param>
    public HyperbandStrategy(TuningProblem problem, SuccessiveHalving halving)
    {
        ArgumentNullException.ThrowIfNull(problem);
        ArgumentNullException.ThrowIfNull(halving);
        (_problem, Halving) = (problem, halving);
        _model = new BayesianStrategy(problem, new BayesianOptions { MaxModelRows = MaxModelRows });
    }

    /// <summary>The rule that stops evaluations.</summary>
    public SuccessiveHalving Halving { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Suggestion> Suggest(History history, int count, Seed seed, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(history);
        var view = RungView.Of(history, Halving.Rungs, _problem.Space.Dimensions);
        return [.. _model.Suggest(view.History, count, seed, ct).Select(suggestion => Retold(suggestion, view, history))];
    }

    /// <summary>The model speaks of the rung; the reader should be told so, and shown what was really measured.</summary>
    private static Suggestion Retold(Suggestion suggestion, RungView view, History history)
    {
        if (suggestion.Explanation is not { } explanation) return suggestion;
        var near = explanation.Nearest is { } nearest
            ? history.Completed.FirstOrDefault(o => o.Configuration.Equals(nearest.Configuration)) is { } known
                ? nearest with { Value = known.Value }
                : null
            : null;
        var reason = explanation.Model == SuggestionModel.None
            ? explanation.Reason
            : string.Create(CultureInfo.InvariantCulture, $"{explanation.Reason} Results are compared at resource {view.Resource:0.###}.");
        return suggestion with { Explanation = explanation with { Reason = reason, Nearest = near } };
    }
}
