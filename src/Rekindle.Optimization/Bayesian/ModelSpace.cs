namespace Rekindle.Optimization.Bayesian;

/// <summary>
/// The coordinates a model sees: those of the child's space, then one for each hyperparameter that a parent tuned and the child
/// fixes. Everything is measured in the child's scaling, so parents' values may lie outside [0, 1]; categories the child does not
/// know get private codes.
/// </summary>
internal sealed class ModelSpace
{
    /// <summary>Parents' rows further out than this are not pooled.</summary>
    public const double PoolMargin = 0.5;

    // Beyond this a row says nothing about the child's range and only strains the arithmetic.
    private const double Horizon = 50;

    // 40 bits: exact in a double beside any number of categories.
    private const ulong PrivateCodes = (1UL << 40) - 1;

    private readonly SearchSpace _space;
    private readonly List<Axis> _axes;
    private readonly List<double> _fixed = [];

    public ModelSpace(TuningProblem problem, IReadOnlyList<ParentHistory> parents)
    {
        _space = problem.Space;
        _axes = [.. _space.Axes];
        var names = _axes.Select(axis => axis.Name).ToHashSet(StringComparer.Ordinal);
        // The newest parent's range measures a coordinate that the child does not have.
        foreach (var axis in parents.Reverse().SelectMany(parent => parent.Space.Axes))
        {
            if (!problem.StaticHyperParameters.TryGetValue(axis.Name, out var text) || !names.Add(axis.Name)) continue;
            _axes.Add(axis);
            var coordinate = CoordinateOf(_axes.Count - 1, text);
            if (coordinate is null) _axes.RemoveAt(_axes.Count - 1);
            else _fixed.Add(coordinate.Value);
        }

        Categorical = [.. _axes.Select(axis => axis.IsCategorical)];
    }

    public bool[] Categorical { get; }

    public double[] Of(Point point)
    {
        var x = new double[_axes.Count];
        point.U.CopyTo(x, 0);
        _fixed.CopyTo(x, point.U.Length);
        return x;
    }

    /// <summary>The coordinates of a parent's configuration; null when one cannot be told.</summary>
    public double[]? Of(Configuration configuration, IReadOnlyDictionary<string, string> statics)
    {
        var x = new double[_axes.Count];
        for (var j = 0; j < x.Length; j++)
        {
            if (TextOf(j, configuration, statics) is not { } text || CoordinateOf(j, text) is not { } coordinate) return null;
            x[j] = coordinate;
        }

        return x;
    }

    /// <summary>The values of a parent's configuration that lie outside the child's ranges, and why; empty when none does.</summary>
    public IReadOnlyList<ValueIssue> Issues(Configuration configuration, IReadOnlyDictionary<string, string> statics)
    {
        var issues = new List<ValueIssue>();
        for (var j = 0; j < _axes.Count; j++)
        {
            var text = TextOf(j, configuration, statics);
            if (IssueOf(j, text) is { } issue) issues.Add(new ValueIssue(_axes[j].Name, text, issue));
        }

        return issues;
    }

    /// <summary>Whether all numeric coordinates are near enough to the child's ranges to be pooled.</summary>
    public bool IsNear(double[] x)
    {
        for (var j = 0; j < x.Length; j++)
        {
            if (!Categorical[j] && !IsNear(x[j])) return false;
        }

        return true;
    }

    /// <summary>The admissible point nearest to a parent's coordinates; an unknown category becomes the first one.</summary>
    public Point Nearest(double[] x)
    {
        var positions = new double[_space.Dimensions];
        for (var j = 0; j < positions.Length; j++)
        {
            var axis = _space.Axes[j];
            positions[j] = axis.IsCategorical ? (x[j] < axis.Cells ? (x[j] + 0.5) / axis.Cells : 0) : x[j];
        }

        return _space.At(positions);
    }

    private static bool IsNear(double coordinate) => coordinate >= -PoolMargin && coordinate <= 1 + PoolMargin;

    private string? TextOf(int j, Configuration configuration, IReadOnlyDictionary<string, string> statics) =>
        configuration.Values.TryGetValue(_axes[j].Name, out var text) || statics.TryGetValue(_axes[j].Name, out text) ? text : null;

    private MappingIssue? IssueOf(int j, string? text)
    {
        if (text is null) return MappingIssue.Missing;
        var axis = _axes[j];
        // What the child fixes has no range of the child's to lie in.
        var hasRange = j < _space.Dimensions;
        if (axis.TryRead(text, out _)) return null;
        if (axis.IsCategorical) return hasRange ? MappingIssue.UnknownCategory : null;
        if (CoordinateOf(j, text) is not { } coordinate)
        {
            return !NumberText.TryParse(text, out _) ? MappingIssue.NotANumber
                : double.IsFinite(axis.CoordinateOf(text)) ? MappingIssue.OutOfReach
                : MappingIssue.OffScale;
        }

        if (!IsNear(coordinate)) return MappingIssue.FarOutside;
        if (!hasRange) return null;
        return coordinate is > 0 and < 1 ? MappingIssue.NotWhole : MappingIssue.OutsideRange;
    }

    private double? CoordinateOf(int j, string text)
    {
        var coordinate = _axes[j].CoordinateOf(text);
        // The code of an unknown category is a hash, so that it needs no memory of which texts came before.
        if (_axes[j].IsCategorical)
            return double.IsNaN(coordinate) ? _axes[j].Cells + (Mixing.Hash(0, text) & PrivateCodes) : coordinate;
        return Math.Abs(coordinate) <= Horizon ? coordinate : null;
    }
}
