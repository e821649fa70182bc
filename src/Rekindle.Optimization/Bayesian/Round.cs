namespace Rekindle.Optimization.Bayesian;

/// <summary>One call's view of the job: the history, and what the call itself has already handed out.</summary>
internal sealed class Round
{
    private readonly TuningProblem _problem;
    private readonly InitialDesign _design;
    private readonly List<(Point? Point, double Value)> _results = [];
    private readonly HashSet<Point> _queue;
    private readonly List<Configuration> _pending;
    private int _launched;
    private int _queueLaunched;

    public Round(History history, ParentKnowledge parents, ModelChoice models, InitialDesign design, TuningProblem problem)
    {
        (Parents, Models, _design, _problem) = (parents, models, design, problem);
        Fresh = new UsedPoints(problem.Space, history, avoidParents: true);
        Own = new UsedPoints(problem.Space, history, avoidParents: false);
        _queue = [.. parents.Queue];
        _pending = [.. history.Pending];
        _launched = history.Launched;
        foreach (var observation in history.Completed)
        {
            problem.Space.TryRead(observation.Configuration, out var point);
            _results.Add((point, problem.Goal == Goal.Minimize ? observation.Value : -observation.Value));
        }

        _queueLaunched = history.Completed.Select(o => o.Configuration).Concat(history.Pending).Concat(history.Failed)
            .Count(c => problem.Space.TryRead(c, out var point) && _queue.Contains(point!));
    }

    public ParentKnowledge Parents { get; }

    public ModelChoice Models { get; }

    /// <summary>Knows the job's own points and the parents'.</summary>
    public UsedPoints Fresh { get; }

    /// <summary>Knows the job's own points only.</summary>
    public UsedPoints Own { get; }

    public IReadOnlyList<Configuration> Pending => _pending;

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

    public (Point Point, SuggestionOrigin Origin)? DesignPoint(int index) =>
        _design.At(index, Fresh) is { } point ? (point, SuggestionOrigin.InitialDesign) : null;

    public Point? NextQueued() => Parents.Queue.FirstOrDefault(Own.IsFree);

    public TransferStart.Step StartStep() => TransferStart.Next(
        [.. _results.Where(IsQueued).Select(r => r.Value)],
        [.. _results.Where(r => !IsQueued(r)).Select(r => r.Value)],
        _queueLaunched, OthersLaunched, _queue.Count, DesignSize, _problem.MaxParallel);

    public IEnumerable<Point> BestPoints(int most) =>
        _results.Where(r => r.Point is not null).OrderBy(r => r.Value).Take(most).Select(r => r.Point!);

    private bool IsQueued((Point? Point, double Value) result) => result.Point is not null && _queue.Contains(result.Point);
}
