namespace Rekindle.Optimization.Bayesian;

/// <summary>
/// The models one call may use, each fitted when first needed.
/// <code>
/// cold      the child's own rows
/// featured  the same rows, with the parents' posterior means as features of unknown weight and sign
/// pooled    parents' and child's rows in the units of one objective, almost one function: psi ~ N(1.8, 0.75), see <see cref="Kinship"/>
/// related   parents' and child's rows, each job's in units of its own, loosely or inversely correlated: psi ~ N(0.3, 0.7)
/// </code>
/// All of them exist in two views that take turns, suggestion by suggestion: with the bad values warped by their ranks, see
/// <see cref="Targets"/>, and as measured. Ranks keep bad values from hiding how the good ones differ; measured values tell more where
/// the bad ones point to the good. Where one view is stuck, the other seldom is.
/// What was stopped early would have come further: its value counts, with four times the noise, also that of a parent.
/// Parents are trusted only where leave-one-out predictions of the child's own results say so: the pool while it predicts them no worse
/// than the child alone, then whichever of the others predicts them best. The feature model is a simplification of Tighineanu et al.,
/// "Scalable meta-learning with Gaussian processes", AISTATS 2024.
/// </summary>
internal sealed class ModelChoice
{
    /// <summary>Fewer results of its own cannot judge the pool.</summary>
    public const int ResultsToJudge = 4;

    private const int LeastRelatedRows = 3;
    private const int PoolStep = 50;
    private const ulong FitStream = 0x6669747321;

    private readonly TuningProblem _problem;
    private readonly ParentKnowledge _parents;
    private readonly int _maxRows;
    private readonly ulong _stream;
    private readonly ModelMemory _memory;
    private readonly bool _warp;
    private readonly CancellationToken _ct;
    private readonly List<(double[] Point, double Value, double Noise)> _own = [];
    private readonly List<double[]> _failed = [];
    private readonly Lazy<GaussianProcess?> _cold;
    private readonly Lazy<GaussianProcess?> _featured;
    private readonly Lazy<GaussianProcess?> _related;
    private readonly Lazy<GaussianProcess?> _pooled;
    private readonly Lazy<bool> _poolHolds;
    private readonly List<(double[] Point, double Value, double Noise, int Parent)> _others;

    public ModelChoice(
        TuningProblem problem, History history, ParentKnowledge parents, int maxRows, ulong stream, ModelMemory memory, bool warp,
        CancellationToken ct)
    {
        (_problem, _parents, _maxRows, _stream, _memory, _ct) = (problem, parents, maxRows, stream ^ FitStream, memory, ct);
        foreach (var observation in history.Completed)
        {
            if (RowOf(observation.Configuration) is { } row) _own.Add((row, observation.Value, Rows.NoiseOf(observation)));
        }

        Plateaus = Plateaus.Of(_own.ConvertAll(row => (row.Point, row.Value)), parents.Model.Categorical);
        // Measured: on plateaus the ranks of bad values mislead.
        _warp = warp && Plateaus is null;
        if (Plateaus is not null) _own = [.. Plateaus.Kept.Select(i => _own[i])];
        _own = [.. Subset.Growing([.. _own.Select(row => row.Value)], problem.Goal, maxRows).Select(i => _own[i])];
        // Many failures must not crowd out the results.
        _failed.AddRange(history.Failed.Select(RowOf).OfType<double[]>().TakeLast(Math.Max(5, _own.Count / 2)));
        // In steps, so that the choice among the parents' rows does not change with every result.
        var places = Math.Max(_maxRows - (((_own.Count / PoolStep) + 1) * PoolStep), _maxRows / 4);
        _others = [.. Subset.Of([.. parents.Pool.Select(row => row.Value)], problem.Goal, places).Select(i => parents.Pool[i])];
        _related = new(() => _others.Count < LeastRelatedRows ? null : FitWithParents(memory.Related, 0.3, 0.7, sharesUnits: false));
        _cold = new(() => Fit(_own, [], memory.Cold));
        _featured = new(() => _parents.Models.Count > 0 ? Fit(_own, _parents.Models, memory.Featured) : null);
        _pooled = new(() => _others.Count == 0 ? null : FitWithParents(memory.Pooled, 1.8, 0.75, sharesUnits: true));
        _poolHolds = new(JudgePool);
    }

    /// <summary>Regions of equal values among the child's results, if there are any.</summary>
    public Plateaus? Plateaus { get; }

    /// <summary>How many results of the child the models hold.</summary>
    public int OwnResults => _own.Count;

    public GaussianProcess? Cold => _cold.Value;

    public GaussianProcess? Featured => _featured.Value;

    public GaussianProcess? Related => _related.Value;

    public GaussianProcess? Pooled => _pooled.Value;

    /// <summary>Whether the pool predicts the child's results no worse than the child alone.</summary>
    public bool PoolHolds => _poolHolds.Value;

    /// <summary>Whether the parents have enough results for a model to learn from.</summary>
    public bool HasParents => _others.Count >= LeastRelatedRows || _parents.Models.Count > 0;

    /// <summary>Of the models that do not take the parents at their word, the one that predicts the child's results best.</summary>
    public (GaussianProcess? Process, SuggestionModel Model) Best()
    {
        var (best, score) = (Cold, Cold?.LeaveOneOut(0, _own.Count) ?? double.NegativeInfinity);
        foreach (var helped in new[] { Related, Featured }.OfType<GaussianProcess>())
        {
            var theirs = helped.LeaveOneOut(helped.Rows.Kinship.Leading, _own.Count);
            if (theirs > score) (best, score) = (helped, theirs);
        }

        return (best, best is null || ReferenceEquals(best, Cold) ? SuggestionModel.Own : SuggestionModel.OwnWithParents);
    }

    /// <summary>The way back from a model's units to the user's.</summary>
    public TargetScale Scale(GaussianProcess process)
    {
        var kinship = process.Rows.Kinship;
        var own = _own.Select(row => row.Value);
        return kinship.Parents > 0 && kinship.SharesUnits
            ? new TargetScale([.. _others.Select(row => row.Value), .. own], process.Y)
            : new TargetScale([.. own], process.Y[kinship.Leading..]);
    }

    /// <summary>The coordinates of one of the child's configurations, also when it lies somewhat outside the ranges.</summary>
    public double[]? RowOf(Configuration configuration)
    {
        if (_problem.Space.TryRead(configuration, out var point)) return _parents.Model.Of(point!);
        return _parents.Model.Of(configuration, _problem.StaticHyperParameters) is { } row && _parents.Model.IsNear(row) ? row : null;
    }

    private GaussianProcess? FitWithParents(ModelMemory.Kept kept, double mean, double deviation, bool sharesUnits)
    {
        int[] tasks = [.. _others.Select(row => row.Parent), .. new int[_own.Count + _failed.Count]];
        return Fit(
            [.. _others.Select(row => (row.Point, row.Value, row.Noise)), .. _own], [], kept,
            Kinship.Between(_parents.Count, tasks, mean, deviation, sharesUnits));
    }

    private GaussianProcess? Fit(
        List<(double[] Point, double Value, double Noise)> results, IReadOnlyList<ParentModel> features, ModelMemory.Kept kept,
        Kinship? kinship = null)
    {
        if (results.Count == 0) return null;
        var values = results.ConvertAll(row => row.Value);
        var y = Targets.Standardize(values, values.Count, _problem.Goal, _warp, kinship ?? Kinship.None);
        // A failure counts as the worst result seen, held loosely.
        var worst = y.Max();
        var noise = results.Select(row => row.Noise).Concat(Enumerable.Repeat(Rows.Doubtful, _failed.Count));
        var rows = new Rows([.. results.Select(row => row.Point), .. _failed], _parents.Model.Categorical, [.. noise], features, kinship);
        return kept.Chain.At(rows, values, _problem.Goal, _stream, _memory.Buffers, _ct, _warp) is { } theta
            ? GaussianProcess.With(rows, [.. y, .. Enumerable.Repeat(worst, _failed.Count)], theta, kept.Factor)
            : null;
    }

    private bool JudgePool()
    {
        if (Pooled is not { } pooled) return false;
        if (_own.Count < ResultsToJudge) return true;
        // The child alone, in the pool's units, with a mean and a scale of its own.
        var y = pooled.Y.AsSpan(_others.Count, _own.Count).ToArray();
        var mean = y.Average();
        var scale = Math.Sqrt(y.Average(v => (v - mean) * (v - mean)));
        if (!(scale > 1e-9)) return true;
        var rows = new Rows([.. _own.Select(row => row.Point)], _parents.Model.Categorical, [.. _own.Select(row => row.Noise)], []);
        var values = _own.ConvertAll(row => row.Value);
        var theta = _memory.Alone.Chain.At(rows, values, _problem.Goal, _stream, _memory.Buffers, _ct, _warp);
        if (theta is null) return true;
        var alone = GaussianProcess.With(rows, [.. y.Select(v => (v - mean) / scale)], theta, _memory.Alone.Factor);
        return alone is null
            || pooled.LeaveOneOut(_others.Count, _own.Count) >= alone.LeaveOneOut(0, _own.Count) - (_own.Count * Math.Log(scale));
    }
}

/// <summary>
/// What fits leave behind for the next call: chains of hyperparameters, factors and buffers. It saves time and changes nothing: see
/// <see cref="ThetaChain"/> and <see cref="GrowingFactor"/>. For one thread at a time.
/// </summary>
internal sealed class ModelMemory
{
    public FitBuffers Buffers { get; } = new();

    public Kept Cold { get; } = new();

    public Kept Featured { get; } = new();

    public Kept Pooled { get; } = new();

    public Kept Related { get; } = new();

    public Kept Alone { get; } = new();

    internal sealed class Kept
    {
        public ThetaChain Chain { get; } = new();

        public GrowingFactor Factor { get; } = new();
    }
}
