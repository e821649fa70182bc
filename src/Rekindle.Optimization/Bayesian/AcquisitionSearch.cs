namespace Rekindle.Optimization.Bayesian;

/// <summary>
/// Maximises an acquisition over a mixed space: a pool of candidates, then local searches from the best and from a random choice
/// among the good ones, alternating between continuous coordinates and discrete ones. Only grid values are ever scored, and used
/// points never win.
/// </summary>
internal sealed class AcquisitionSearch(SearchSpace space, ModelSpace model, Acquisition acquisition, Func<Point, bool> isFree)
{
    /// <summary>Finite spaces up to this size are scored whole.</summary>
    public const int ExhaustiveSize = 2000;

    private const int Starts = 5;
    private const int Rounds = 4;
    private const int ContinuousIterations = 20;
    private const int FewValues = 16;

    private static readonly double[] Spreads = [0.2, 0.05, 0.01];

    /// <summary>The best free point; null when the candidates hold none.</summary>
    public Point? Maximize(IReadOnlyList<Point> anchors, int poolSize, RandomStream random, CancellationToken ct)
    {
        var pool = Pool(anchors, poolSize, random);
        if (pool.Count == 0) return null;
        var values = acquisition.Values([.. pool.Select(model.Of)]);
        var order = Enumerable.Range(0, pool.Count).Where(i => !double.IsNaN(values[i])).OrderByDescending(i => values[i]).ToArray();
        if (order.Length == 0) return null;
        var (best, bestValue) = (pool[order[0]], values[order[0]]);
        // The whole of a small finite space has been scored: nothing is left to search.
        if (space.Combinations <= ExhaustiveSize) return best;

        foreach (var start in ChooseStarts(order, values, random))
        {
            ct.ThrowIfCancellationRequested();
            var (point, value) = Climb(pool[start], values[start]);
            if (value > bestValue) (best, bestValue) = (point, value);
        }

        return best;
    }

    private List<Point> Pool(IReadOnlyList<Point> anchors, int size, RandomStream random)
    {
        var pool = new HashSet<Point>();
        if (space.Combinations <= ExhaustiveSize)
        {
            for (ulong index = 0; index < space.Combinations; index++) Add(space.Enumerate(index));
            return [.. pool];
        }

        var positions = new double[space.Dimensions];
        var sobol = new Sobol(random.NextBits());
        for (uint i = 0; i < size; i++)
        {
            sobol.Fill(i, positions);
            Add(space.At(positions));
        }

        for (var i = 0; i < size / 10 && anchors.Count > 0; i++)
        {
            var anchor = anchors[i % anchors.Count];
            var spread = Spreads[i % Spreads.Length];
            for (var j = 0; j < positions.Length; j++)
            {
                var centre = Position(anchor, j);
                var changes = !space.Axes[j].IsCategorical || random.NextDouble() < spread;
                positions[j] = !changes ? centre
                    : space.Axes[j].IsCategorical ? random.NextDouble() : Math.Clamp(centre + (spread * random.NextGaussian()), 0, 1);
            }

            Add(space.At(positions));
        }

        foreach (var anchor in anchors)
        {
            Add(anchor);
            for (var j = 0; j < space.Dimensions; j++)
            {
                foreach (var raw in Alternatives(anchor, j)) Add(Replace(anchor, j, raw));
            }
        }

        return [.. pool];

        void Add(Point point)
        {
            if (isFree(point)) pool.Add(point);
        }
    }

    /// <summary>The best candidate and others drawn without replacement in proportion to their acquisition (Gumbel-top-k).</summary>
    private static IEnumerable<int> ChooseStarts(int[] order, double[] values, RandomStream random)
    {
        var rest = order.Skip(1).Take(200)
            .Select(i => (Index: i, Key: values[i] - Math.Log(-Math.Log(1 - random.NextDouble() + 1e-300) + 1e-300)))
            .ToArray();
        return rest.OrderByDescending(r => r.Key).Take(Starts - 1).Select(r => r.Index).Prepend(order[0]);
    }

    private (Point Point, double Value) Climb(Point point, double value)
    {
        for (var round = 0; round < Rounds; round++)
        {
            var before = value;
            (point, value) = ClimbContinuous(point, value);
            (point, value) = ClimbDiscrete(point, value);
            if (!(value > before + 1e-9)) break;
        }

        return (point, value);
    }

    private (Point Point, double Value) ClimbContinuous(Point point, double value)
    {
        // Wide integer ranges glide along with the continuous ones and are rounded to the grid afterwards.
        var moving = Enumerable.Range(0, space.Dimensions)
            .Where(j => !space.Axes[j].IsCategorical && space.Axes[j].Cells > FewValues).ToArray();
        if (moving.Length == 0) return (point, value);
        var x = model.Of(point);
        var full = new double[x.Length];
        var scales = Array.ConvertAll(moving, j => Math.Clamp(acquisition.Posterior.LengthScale(j), 0.01, 10));
        var (z, lower, upper) = (new double[moving.Length], new double[moving.Length], new double[moving.Length]);
        for (var i = 0; i < moving.Length; i++) (z[i], upper[i]) = (x[moving[i]] / scales[i], 1 / scales[i]);
        QuasiNewton.Minimize(
            (at, gradient) =>
            {
                for (var i = 0; i < moving.Length; i++) x[moving[i]] = at[i] * scales[i];
                var v = acquisition.ValueAndGradient(x, full);
                for (var i = 0; i < moving.Length; i++) gradient[i] = -full[moving[i]] * scales[i];
                return double.IsFinite(v) ? -v : double.PositiveInfinity;
            },
            z, lower, upper, ContinuousIterations, 1e-4, 1e-7);

        var positions = new double[space.Dimensions];
        for (var j = 0; j < positions.Length; j++) positions[j] = Position(point, j);
        for (var i = 0; i < moving.Length; i++) positions[moving[i]] = z[i] * scales[i];
        return Better(point, value, space.At(positions));
    }

    private (Point Point, double Value) ClimbDiscrete(Point point, double value)
    {
        for (var j = 0; j < space.Dimensions; j++)
        {
            if (space.Axes[j].IsContinuous) continue;
            foreach (var raw in Alternatives(point, j).ToArray()) (point, value) = Better(point, value, Replace(point, j, raw));
        }

        return (point, value);
    }

    private (Point Point, double Value) Better(Point point, double value, Point candidate)
    {
        if (candidate.Equals(point) || !isFree(candidate)) return (point, value);
        var theirs = acquisition.Value(model.Of(candidate));
        return theirs > value ? (candidate, theirs) : (point, value);
    }

    /// <summary>Other values of a discrete coordinate: all of them if few, else steps that double in length.</summary>
    private IEnumerable<long> Alternatives(Point point, int j)
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

    private Point Replace(Point point, int j, long raw)
    {
        var values = (long[])point.Raw.Clone();
        values[j] = raw;
        return space.PointOf(values);
    }

    private double Position(Point point, int j) =>
        space.Axes[j].IsCategorical ? (point.U[j] + 0.5) / space.Axes[j].Cells : point.U[j];
}
