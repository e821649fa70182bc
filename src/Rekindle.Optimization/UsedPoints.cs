namespace Rekindle.Optimization;

/// <summary>
/// The points a suggestion must not repeat: those of the job itself for good, those of its parents while anything else is left. What a
/// parent of the same task evaluated under another fixed value was not evaluated here.
/// </summary>
internal sealed class UsedPoints
{
    private readonly SearchSpace _space;
    private readonly HashSet<Point> _own = [];
    private readonly HashSet<Point> _parents = [];

    public UsedPoints(TuningProblem problem, History history, bool avoidParents)
    {
        _space = problem.Space;
        foreach (var observation in history.Completed) Add(_own, observation.Configuration);
        foreach (var configuration in history.Pending) Add(_own, configuration);
        foreach (var configuration in history.Failed) Add(_own, configuration);
        if (!avoidParents || history.WarmStart is null) return;
        foreach (var parent in history.WarmStart.Parents)
        {
            foreach (var observation in parent.Observations)
            {
                if (history.WarmStart.Type == WarmStartType.IdenticalDataAndAlgorithm && !SameFixed(problem, observation.Configuration, parent)) continue;
                Add(_parents, observation.Configuration, parent.StaticHyperParameters);
            }
        }
    }

    /// <summary>No point is left that the job itself has not used.</summary>
    public bool Exhausted => _own.Count >= _space.Combinations;

    public bool IsFree(Point point) => !_own.Contains(point) && !_parents.Contains(point);

    public void Add(Point point) => _own.Add(point);

    /// <summary>
    /// A free point found by walking a finite space from <paramref name="start"/>; a parents' point when no other is left; null when
    /// the job has used all.
    /// </summary>
    public Point? Walk(ulong start)
    {
        var size = (ulong)_space.Combinations;
        Point? used = null;
        // Every step but the last meets a used point, so the walk is no longer than the two sets.
        for (ulong step = 0; step < size && step <= (ulong)(_own.Count + _parents.Count); step++)
        {
            var point = _space.Enumerate((start + step) % size);
            if (IsFree(point)) return point;
            if (used is null && !_own.Contains(point)) used = point;
        }

        return used;
    }

    private static bool SameFixed(TuningProblem problem, Configuration configuration, ParentHistory parent)
    {
        foreach (var (name, mine) in problem.StaticHyperParameters)
        {
            var theirs = Bayesian.ModelSpace.TextOf(name, configuration, parent.StaticHyperParameters);
            if (theirs is not null && theirs != mine
                && !(NumberText.TryParse(theirs, out var a) && NumberText.TryParse(mine, out var b) && a == b)) return false;
        }

        return true;
    }

    private void Add(HashSet<Point> set, Configuration configuration, IReadOnlyDictionary<string, string>? fallback = null)
    {
        if (_space.TryRead(configuration, out var point)
            || (fallback is not null && _space.TryRead(Merge(configuration, fallback), out point)))
            set.Add(point!);
    }

    private static Configuration Merge(Configuration configuration, IReadOnlyDictionary<string, string> fallback) =>
        new(configuration.Values.Concat(fallback.Where(pair => !configuration.Values.ContainsKey(pair.Key))));
}
