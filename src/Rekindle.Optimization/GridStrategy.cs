namespace Rekindle.Optimization;

/// <summary>
/// Every combination of a finite space once, the last parameter running fastest. Parents are ignored: a child's grid is complete in
/// itself, even where it meets points of a parent.
/// </summary>
public sealed class GridStrategy : Strategy
{
    private readonly TuningProblem _problem;
    private readonly SearchSpace _space;

    /// <summary>A grid search over the problem's space.</summary>
    /// <param name="problem">What is searched; its space must be finite.</param>
    /// <exception cref="ArgumentException">The space has a continuous range or too many combinations to count.</exception>
    public GridStrategy(TuningProblem problem)
    {
        ArgumentNullException.ThrowIfNull(problem);
        if (!(problem.Space.Combinations < 1L << 53)) throw new ArgumentException("A grid needs a finite space.", nameof(problem));
        (_problem, _space) = (problem, problem.Space);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Suggestion> Suggest(History history, int count, Seed seed, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(history);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        var used = new UsedPoints(_problem, history, avoidParents: false);
        var suggestions = new List<Suggestion>(count);
        for (ulong index = 0; index < _space.Combinations && suggestions.Count < count; index++)
        {
            var point = _space.Enumerate(index);
            if (used.IsFree(point)) suggestions.Add(new Suggestion(_space.Write(point), SuggestionOrigin.Grid));
        }

        return suggestions;
    }
}
