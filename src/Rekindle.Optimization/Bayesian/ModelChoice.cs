namespace Rekindle.Optimization.Bayesian;

/// <summary>
/// The models one call may use, each fitted when first needed.
/// <code>
/// cold      the child's own rows
/// featured  the same rows, with the parents' posterior means as features of unknown weight and sign
/// pooled    child's and parents' rows as results of one objective
/// </code>
/// Parents are trusted only where leave-one-out predictions of the child's own results say so. The feature model is a simplification
/// of Tighineanu et al., "Scalable meta-learning with Gaussian processes", AISTATS 2024.
/// </summary>
internal sealed class ModelChoice
{
    /// <summary>Fewer results of its own cannot judge the pool.</summary>
    public const int ResultsToJudge = 3;

    private const double FailureNoise = 4;
    private const ulong FitStream = 0x6669747321;

    private readonly TuningProblem _problem;
    private readonly ParentKnowledge _parents;
    private readonly int _maxRows;
    private readonly ulong _stream;
    private readonly CancellationToken _ct;
    private readonly List<(double[] Point, double Value)> _own = [];
    private readonly List<double[]> _failed = [];
    private readonly Lazy<GaussianProcess?> _cold;
    private readonly Lazy<GaussianProcess?> _featured;
    private readonly Lazy<GaussianProcess?> _pooled;
    private readonly Lazy<bool> _poolHolds;

    public ModelChoice(
        TuningProblem problem, History history, ParentKnowledge parents, int maxRows, ulong stream, CancellationToken ct)
    {
        (_problem, _parents, _maxRows, _stream, _ct) = (problem, parents, maxRows, stream, ct);
        foreach (var observation in history.Completed)
        {
            if (RowOf(observation.Configuration) is { } row) _own.Add((row, observation.Value));
        }

        _own = [.. Subset.Of([.. _own.Select(row => row.Value)], problem.Goal, maxRows).Select(i => _own[i])];
        // Many failures must not crowd out the results.
        _failed.AddRange(history.Failed.Select(RowOf).OfType<double[]>().TakeLast(Math.Max(5, _own.Count / 2)));
        _cold = new Lazy<GaussianProcess?>(() => FitOwn([]));
        _featured = new Lazy<GaussianProcess?>(() => _parents.Models.Count == 0 ? null : FitOwn(_parents.Models));
        _pooled = new Lazy<GaussianProcess?>(FitPool);
        _poolHolds = new Lazy<bool>(JudgePool);
    }

    /// <summary>How many results of the child the models hold.</summary>
    public int OwnResults => _own.Count;

    public GaussianProcess? Cold => _cold.Value;

    public GaussianProcess? Pooled => _pooled.Value;

    /// <summary>Whether the pool predicts the child's results no worse than the child alone.</summary>
    public bool PoolHolds => _poolHolds.Value;

    /// <summary>The better of the cold and the featured model.</summary>
    public GaussianProcess? ColdOrFeatured()
    {
        if (_featured.Value is not { } featured) return Cold;
        if (Cold is not { } cold) return featured;
        return featured.LeaveOneOut(0, _own.Count) > cold.LeaveOneOut(0, _own.Count) ? featured : cold;
    }

    /// <summary>The coordinates of one of the child's configurations, also when it lies somewhat outside the ranges.</summary>
    public double[]? RowOf(Configuration configuration)
    {
        if (_problem.Space.TryRead(configuration, out var point)) return _parents.Model.Of(point!);
        return _parents.Model.Of(configuration, _problem.StaticHyperParameters) is { } row && _parents.Model.IsNear(row) ? row : null;
    }

    private GaussianProcess? FitOwn(IReadOnlyList<ParentModel> features)
    {
        var y = Targets.Standardize([.. _own.Select(row => row.Value)], _problem.Goal);
        return _own.Count == 0 ? null : Fit([.. _own.Select(row => row.Point)], y, [], [], features);
    }

    private GaussianProcess? FitPool()
    {
        var places = Math.Max(_maxRows - _own.Count, _maxRows / 4);
        var chosen = Subset.Of([.. _parents.Pool.Select(row => row.Value)], _problem.Goal, places);
        var others = chosen.Select(i => _parents.Pool[i]).ToList();
        var y = Targets.Standardize([.. _own.Concat(others).Select(row => row.Value)], _problem.Goal);
        return y.Length == 0
            ? null
            : Fit([.. _own.Select(row => row.Point)], y[.._own.Count], [.. others.Select(row => row.Point)], y[_own.Count..], []);
    }

    private GaussianProcess? Fit(
        List<double[]> own, double[] y, List<double[]> others, double[] othersY, IReadOnlyList<ParentModel> features)
    {
        // A failure counts as the worst result seen, held loosely.
        var worst = y.Concat(othersY).Max();
        var noise = Enumerable.Repeat(1.0, own.Count + others.Count).Concat(Enumerable.Repeat(FailureNoise, _failed.Count));
        var rows = new Rows([.. own, .. others, .. _failed], _parents.Model.Categorical, [.. noise], features);
        var targets = y.Concat(othersY).Concat(Enumerable.Repeat(worst, _failed.Count)).ToArray();
        return GaussianProcess.Fit(rows, targets, Random(rows.Count), _ct);
    }

    private bool JudgePool()
    {
        if (Pooled is not { } pooled) return false;
        if (_own.Count < ResultsToJudge) return true;
        var y = pooled.Y[.._own.Count];
        var mean = y.Average();
        var noise = new double[y.Length];
        Array.Fill(noise, 1);
        var rows = new Rows([.. _own.Select(row => row.Point)], _parents.Model.Categorical, noise, []);
        var alone = GaussianProcess.Fit(rows, [.. y.Select(v => v - mean)], Random(rows.Count), _ct);
        return alone is null || pooled.LeaveOneOut(0, _own.Count) >= alone.LeaveOneOut(0, _own.Count);
    }

    private RandomStream Random(int rows) => new(Mixing.Combine(_stream ^ FitStream, (ulong)rows));
}
