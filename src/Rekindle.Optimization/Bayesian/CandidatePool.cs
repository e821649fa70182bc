namespace Rekindle.Optimization.Bayesian;

/// <summary>
/// The points that compete in the first round of a search: scrambled Sobol points, good points shaken by different amounts, and good
/// points with one discrete value changed. Only grid values, and only free points; a small finite space is taken whole,
/// unless very much is pending.
/// </summary>
internal sealed class CandidatePool(SearchSpace space, Func<Point, bool> isFree)
{
    /// <summary>Finite spaces up to this size are scored whole.</summary>
    public const int ExhaustiveSize = 2000;

    /// <summary>Discrete coordinates with no more values than this are tried value by value.</summary>
    public const int FewValues = 16;

    private static readonly double[] Spreads = [0.2, 0.05, 0.01, 0.002];

    private readonly HashSet<Point> _points = [];

    public List<Point> Fill(IReadOnlyList<Point> anchors, Effort effort, RandomStream random)
    {
        if (space.Combinations <= ExhaustiveSize)
        {
            for (ulong index = 0; index < space.Combinations; index++) Add(space.Enumerate(index));
            return Some([.. _points], effort.WholeSize, random);
        }

        var size = effort.PoolSize;

        var positions = new double[space.Dimensions];
        var sobol = new Sobol(random.NextBits());
        for (uint i = 0; i < size; i++)
        {
            sobol.Fill(i, positions);
            Add(space.At(positions));
        }

        for (var i = 0; i < size / 5 && anchors.Count > 0; i++)
            Shake(anchors[i % anchors.Count], Spreads[i / anchors.Count % Spreads.Length], positions, random);
        foreach (var anchor in anchors)
        {
            Add(anchor);
            for (var j = 0; j < space.Dimensions; j++)
            {
                foreach (var raw in Alternatives(anchor, j)) Add(Replace(anchor, j, raw));
            }
        }

        return [.. _points];
    }

    /// <summary>Other values of a discrete coordinate: all of them if few, else steps that double in length.</summary>
    public IEnumerable<long> Alternatives(Point point, int j)
    {
        var axis = space.Axes[j];
        if (axis.IsContinuous) yield break;
        if (axis.Cells <= FewValues)
        {
            for (ulong i = 0; i < axis.Cells; i++)
            {
                if (axis.RawAt(i) != point.Raw[j]) yield return axis.RawAt(i);
            }

            yield break;
        }

        var (first, last) = (axis.RawAt(0), axis.FromPosition(1));
        for (Int128 step = 1; step < (Int128)axis.Cells && step <= 1 << 16; step *= 2)
        {
            if (point.Raw[j] + step <= last) yield return (long)(point.Raw[j] + step);
            if (point.Raw[j] - step >= first) yield return (long)(point.Raw[j] - step);
        }
    }

    public Point Replace(Point point, int j, long raw)
    {
        var values = (long[])point.Raw.Clone();
        values[j] = raw;
        return space.PointOf(values);
    }

    public double Position(Point point, int j) =>
        space.Axes[j].IsCategorical ? (point.U[j] + 0.5) / space.Axes[j].Cells : point.U[j];

    /// <summary>All of the points, or as many of them at random.</summary>
    private static List<Point> Some(List<Point> points, int most, RandomStream random)
    {
        if (points.Count <= most) return points;
        for (var i = 0; i < most; i++)
        {
            var j = i + (int)(random.NextDouble() * (points.Count - i));
            (points[i], points[j]) = (points[j], points[i]);
        }

        return points[..most];
    }

    private void Shake(Point anchor, double spread, double[] positions, RandomStream random)
    {
        for (var j = 0; j < positions.Length; j++)
        {
            var centre = Position(anchor, j);
            var changes = !space.Axes[j].IsCategorical || random.NextDouble() < spread;
            positions[j] = !changes ? centre
                : space.Axes[j].IsCategorical ? random.NextDouble() : Math.Clamp(centre + (spread * random.NextGaussian()), 0, 1);
        }

        Add(space.At(positions));
    }

    private void Add(Point point)
    {
        if (isFree(point)) _points.Add(point);
    }
}
