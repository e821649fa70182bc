namespace Rekindle.Optimization.Bayesian;

/// <summary>
/// The coordinates a model sees: those of the child's space, then one for each hyperparameter that the child fixes and that is not
/// everywhere what it is there (<see cref="FixedAxis"/>). Tunable ones are measured in the child's scaling, so parents' values may
/// lie outside [0, 1]; categories the child does not know get private codes.
/// </summary>
internal sealed class ModelSpace
{
    /// <summary>Parents' rows further out than this are not pooled.</summary>
    public const double PoolMargin = 0.5;

    // Beyond this a row says nothing about the child's range and only strains the arithmetic.
    public const double Horizon = 50;

    // 40 bits: exact in a double beside any number of categories.
    private const ulong PrivateCodes = (1UL << 40) - 1;

    private readonly SearchSpace _space;
    private readonly List<Coordinate> _axes;
    private readonly List<double> _fixed = [];

    public ModelSpace(TuningProblem problem, IReadOnlyList<ParentHistory> parents)
    {
        _space = problem.Space;
        _axes = [.. _space.Axes.Select(axis => new Coordinate(axis, 1))];
        foreach (var (name, text) in problem.StaticHyperParameters.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            if (_space.Axes.Any(axis => axis.Name == name) || FixedAxis.Of(name, text, parents) is not { } coordinate) continue;
            _axes.Add(coordinate);
            _fixed.Add(CoordinateOf(_axes.Count - 1, text) ?? throw new InvalidOperationException($"The value of {name} has no place on its own axis."));
        }

        Categorical = [.. _axes.Select(coordinate => coordinate.Axis.IsCategorical)];
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
            if (CoordinateOf(j, TextOf(_axes[j].Axis.Name, configuration, statics)) is not { } coordinate) return null;
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
            var text = TextOf(_axes[j].Axis.Name, configuration, statics);
            if (IssueOf(j, text) is { } issue) issues.Add(new ValueIssue(_axes[j].Axis.Name, text, issue));
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

    /// <summary>The value a parent's training job had; null when it had none.</summary>
    public static string? TextOf(string name, Configuration configuration, IReadOnlyDictionary<string, string> statics) =>
        configuration.Values.TryGetValue(name, out var text) || statics.TryGetValue(name, out text) ? text : null;

    private MappingIssue? IssueOf(int j, string? text)
    {
        var axis = _axes[j].Axis;
        // What the child fixes has no range of the child's to lie in.
        var hasRange = j < _space.Dimensions;
        if (axis.IsCategorical && !hasRange) return null;
        if (text is null) return MappingIssue.Missing;
        if (axis.TryRead(text, out _)) return null;
        if (axis.IsCategorical) return MappingIssue.UnknownCategory;
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

    private double? CoordinateOf(int j, string? text)
    {
        var (axis, weight) = _axes[j];
        // The code of an unknown category is a hash, so that it needs no memory of which texts came before.
        if (axis.IsCategorical)
        {
            if (text is null) return j < _space.Dimensions ? null : axis.Cells + (Mixing.Hash(1, axis.Name) & PrivateCodes);
            var code = axis.CoordinateOf(text);
            return double.IsNaN(code) ? axis.Cells + (Mixing.Hash(0, text) & PrivateCodes) : code;
        }

        if (text is null) return null;
        var position = axis.CoordinateOf(text) * weight;
        return Math.Abs(position) <= Horizon ? position : null;
    }
}

/// <summary>An axis, and how much a step on it counts.</summary>
internal readonly record struct Coordinate(Axis Axis, double Weight);
