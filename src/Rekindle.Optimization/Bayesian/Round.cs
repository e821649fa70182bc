namespace Rekindle.Optimization.Bayesian;

/// <summary>One call's view of the job: the history, and what the call itself has already handed out.</summary>
internal sealed class Round
{
    private readonly TuningProblem _problem;
    private readonly InitialDesign _design;
    private readonly ModelChoice[] _views;
    private readonly List<(Point? Point, Observation Observation, double Value)> _results = [];
    private readonly HashSet<Point> _queue;
    private readonly List<Configuration> _pending;
    private readonly List<double[]> _pendingRows = [];
    private int _placed;
    private int _launched;
    private int _queueLaunched;

    public Round(History history, ParentKnowledge parents, ModelChoice[] models, InitialDesign design, TuningProblem problem)
    {
        (Parents, _views, _design, _problem) = (parents, models, design, problem);
        Fresh = new UsedPoints(problem, history, avoidParents: true);
        Own = new UsedPoints(problem, history, avoidParents: false);
        _queue = [.. parents.Queue.Select(queued => queued.Point)];
        _pending = [.. history.Pending];
        _launched = history.Launched;
        foreach (var observation in history.Completed)
        {
            problem.Space.TryRead(observation.Configuration, out var point);
            _results.Add((point, observation, problem.Goal == Goal.Minimize ? observation.Value : -observation.Value));
        }

        _queueLaunched = history.Completed.Select(o => o.Configuration).Concat(history.Pending).Concat(history.Failed)
            .Count(c => problem.Space.TryRead(c, out var point) && _queue.Contains(point!));
    }

    public ParentKnowledge Parents { get; }

    /// <summary>The models of the next suggestion; on plateaus there is one view only.</summary>
    public ModelChoice Models => _views[_views[0].Plateaus is null ? _launched % _views.Length : 0];

    /// <summary>Knows the job's own points and the parents'.</summary>
    public UsedPoints Fresh { get; }

    /// <summary>Knows the job's own points only.</summary>
    public UsedPoints Own { get; }

    public bool IsAnythingPending => _pending.Count > 0;

    /// <summary>The coordinates of what is under evaluation, the oldest first; what can't be placed is left out.</summary>
    public IReadOnlyList<double[]> PendingRows
    {
        get
        {
            for (; _placed < _pending.Count; _placed++)
            {
                // The views differ in how they see values; places are the same.
                if (_views[0].RowOf(_pending[_placed]) is { } row) _pendingRows.Add(row);
            }

            return _pendingRows;
        }
    }

    public int Launched => _launched;

    public int OthersLaunched => _launched - _queueLaunched;

    public int DesignSize => InitialDesign.Size(_problem);

    public void Launch(Point point)
    {
        Fresh.Add(point);
        Own.Add(point);
        _pending.Add(_problem.Space.Write(point));
        _launched++;
        if (_queue.Contains(point)) _queueLaunched++;
    }

    /// <summary>A space-filling point in the middle of a search.</summary>
    public Choice? Elsewhere(string reason) => _design.At(_launched, Fresh) is { } point
        ? new Choice(point, SuggestionOrigin.InitialDesign, new Explanation(reason, SuggestionModel.None))
        : null;

    public Choice? DesignPoint(int index, string? because)
    {
        if (_design.At(index, Fresh) is not { } point) return null;
        var reason = index < DesignSize
            ? $"Point {NumberText.Format(index + 1)} of a space-filling start of {NumberText.Format(DesignSize)}."
            : "A space-filling point while no result is there to learn from.";
        return new Choice(point, SuggestionOrigin.InitialDesign,
            new Explanation(because is null ? reason : because + ". " + reason, SuggestionModel.None));
    }

    public Choice? NextQueued() =>
        Parents.Queue.FirstOrDefault(queued => Own.IsFree(queued.Point)) is { } next
            ? new Choice(next.Point, SuggestionOrigin.Parent,
                new Explanation($"A best configuration of parent '{next.Parent}', moved into this job's ranges.", SuggestionModel.None)
                {
                    Parent = next.Parent,
                })
            : null;

    public TransferStart.Step StartStep() => TransferStart.Next(
        [.. _results.Where(r => IsQueued(r.Point)).Select(r => r.Value)],
        [.. _results.Where(r => !IsQueued(r.Point)).Select(r => r.Value)],
        _queueLaunched, OthersLaunched, _queue.Count, DesignSize, _problem.MaxParallel);

    public IEnumerable<Point> BestPoints(int most) =>
        _results.Where(r => r.Point is not null).OrderBy(r => r.Value).Take(most).Select(r => r.Point!);

    /// <summary>The finished evaluation nearest to a point.</summary>
    public NearestResult? Nearest(Point point)
    {
        var (best, distance) = (default(Observation), double.PositiveInfinity);
        foreach (var (known, observation, _) in _results)
        {
            if (known is null || Distance(known, point) is not (var theirs and >= 0) || theirs >= distance) continue;
            (best, distance) = (observation, theirs);
        }

        return best is null ? null : new NearestResult(best.Configuration, best.Value, Math.Sqrt(distance));
    }

    private double Distance(Point a, Point b)
    {
        var sum = 0.0;
        for (var j = 0; j < a.U.Length; j++)
        {
            var difference = _problem.Space.Axes[j].IsCategorical ? (a.U[j] == b.U[j] ? 0 : 1) : a.U[j] - b.U[j];
            sum += difference * difference;
        }

        return sum;
    }

    private bool IsQueued(Point? point) => point is not null && _queue.Contains(point);
}
