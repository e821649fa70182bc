namespace Rekindle.Optimization.Bayesian;

/// <summary>What the parents of a job offer, in the coordinates of the child. Depends on the warm start only, not on the child's runs.</summary>
internal sealed class ParentKnowledge
{
    private const int MostAnchors = 3;

    private readonly Lazy<IReadOnlyList<ParentModel>> _models;

    public ParentKnowledge(TuningProblem problem, WarmStart? warmStart, int maxRows)
    {
        var parents = warmStart?.Parents ?? [];
        Type = warmStart?.Type ?? WarmStartType.TransferLearning;
        Model = new ModelSpace(problem, parents);
        var byParent = parents.Select(parent => Usable(parent).ToList()).ToList();
        Pool = [.. byParent.SelectMany((rows, p) => rows.Where(row => Model.IsNear(row.Point)).Select(row => (row.Point, row.Value, row.Noise, p + 1)))];
        Count = parents.Count;
        // Newest parent first; with a single parent its second best point gives the start a second chance.
        Queue =
        [
            .. parents.Zip(byParent).Reverse()
                .SelectMany(pair => Ranked(pair.Second, problem.Goal).Take(byParent.Count == 1 ? 2 : 1)
                    .Select(row => new Queued(Model.Nearest(row.Point), pair.First.Name)))
                .DistinctBy(queued => queued.Point),
        ];
        Anchors = [.. Ranked(Pool.Select(row => (row.Point, row.Value, row.Noise)), problem.Goal).Select(row => Model.Nearest(row.Point)).Distinct().Take(MostAnchors)];
        _models = new Lazy<IReadOnlyList<ParentModel>>(() =>
        [
            .. byParent
                .Select(rows => ParentModel.Fit(
                    Subset.Of([.. rows.Select(row => row.Value)], problem.Goal, maxRows).Select(i => rows[i]).ToList(),
                    Model.Categorical, problem.Goal, CancellationToken.None))
                .OfType<ParentModel>(),
        ]);
    }

    public WarmStartType Type { get; }

    public ModelSpace Model { get; }

    /// <summary>How many parents there are.</summary>
    public int Count { get; }

    /// <summary>All parents' rows near the child's ranges, oldest parent first; parents are numbered from 1.</summary>
    public IReadOnlyList<(double[] Point, double Value, double Noise, int Parent)> Pool { get; }

    /// <summary>The parents' best configurations in the child's ranges, to be tried first.</summary>
    public IReadOnlyList<Queued> Queue { get; }

    /// <summary>Good points around which to look.</summary>
    public IReadOnlyList<Point> Anchors { get; }

    /// <summary>Whether parents' values may be taken for the child's own.</summary>
    public bool CanPool => Type == WarmStartType.IdenticalDataAndAlgorithm && Pool.Count > 0;

    /// <summary>One model per parent with enough rows, fitted when first asked for.</summary>
    public IReadOnlyList<ParentModel> Models => _models.Value;

    /// <summary>A parent's point to be tried, and whose it is.</summary>
    internal sealed record Queued(Point Point, string Parent);

    private IEnumerable<(double[] Point, double Value, double Noise)> Usable(ParentHistory parent)
    {
        foreach (var observation in parent.Observations)
        {
            if (Model.Of(observation.Configuration, parent.StaticHyperParameters) is { } point)
                yield return (point, observation.Value, Rows.NoiseOf(observation));
        }
    }

    private static IEnumerable<(double[] Point, double Value, double Noise)> Ranked(
        IEnumerable<(double[] Point, double Value, double Noise)> rows, Goal goal) =>
        goal == Goal.Minimize ? rows.OrderBy(row => row.Value) : rows.OrderByDescending(row => row.Value);
}

/// <summary>Keeps a model small: a quarter of its places for the best rows, the others spread evenly over the rest.</summary>
internal static class Subset
{
    private const int Step = 50;

    /// <summary>
    /// The same for a list that grows at its end: the newest values are all taken, the choice among the older ones changes only every
    /// <see cref="Step"/> values.
    /// </summary>
    public static IReadOnlyList<int> Growing(IReadOnlyList<double> values, Goal goal, int most)
    {
        if (values.Count <= most) return [.. Enumerable.Range(0, values.Count)];
        var step = Math.Min(Step, most / 2);
        var old = values.Count / step * step;
        return [.. Of([.. values.Take(old)], goal, most - step), .. Enumerable.Range(old, values.Count - old)];
    }

    /// <summary>The chosen indices in ascending order; all of them when they fit.</summary>
    public static IReadOnlyList<int> Of(IReadOnlyList<double> values, Goal goal, int most)
    {
        if (values.Count <= most) return [.. Enumerable.Range(0, values.Count)];
        var ranked = Enumerable.Range(0, values.Count).OrderBy(i => goal == Goal.Minimize ? values[i] : -values[i]).ToArray();
        var best = ranked[..(most / 4)];
        var rest = ranked[(most / 4)..].Order().ToArray();
        var places = most - best.Length;
        var spread = Enumerable.Range(0, places).Select(k => rest[(int)((long)k * rest.Length / places)]);
        return [.. best.Concat(spread).Order()];
    }
}
