namespace Rekindle.Optimization.Bayesian;

/// <summary>
/// Maximises an acquisition over a mixed space: a pool of candidates, then local searches from the best and from a random choice
/// among the good ones, all moving together so that their evaluations share one pass over the model. Each alternates between
/// continuous coordinates, measured in length scales, and discrete ones. Only grid values are ever chosen, and used points never win.
/// </summary>
internal sealed class AcquisitionSearch(SearchSpace space, ModelSpace model, Acquisition acquisition, Func<Point, bool> isFree, Effort effort)
{
    private const int Starts = Posterior.Lanes;
    private const int TopForChoice = 200;
    private const double GradientTolerance = 1e-4;
    private const double RelativeTolerance = 1e-7;

    private readonly CandidatePool _pool = new(space, isFree);

    // Wide integer ranges glide along with the continuous ones and are rounded to the grid afterwards.
    private readonly int[] _moving =
    [
        .. Enumerable.Range(0, space.Dimensions).Where(j => !space.Axes[j].IsCategorical && space.Axes[j].Cells > CandidatePool.FewValues),
    ];

    /// <summary>The best free point and its value; null when the candidates hold none.</summary>
    public (Point Point, double Value)? Maximize(IReadOnlyList<Point> anchors, RandomStream random, CancellationToken ct)
    {
        var pool = _pool.Fill(anchors, effort, random);
        if (pool.Count == 0) return null;
        var values = acquisition.Values([.. pool.Select(model.Of)]);
        var order = Enumerable.Range(0, pool.Count).Where(i => !double.IsNaN(values[i])).OrderByDescending(i => values[i]).ToArray();
        if (order.Length == 0) return null;
        // The whole of a small finite space has been scored: nothing is left to search.
        if (space.Combinations <= CandidatePool.ExhaustiveSize) return (pool[order[0]], values[order[0]]);

        var climbers = ChooseStarts(order, values, random).Select(i => new Climber(pool[i], values[i])).ToList();
        var active = climbers;
        for (var round = 0; round < effort.Rounds && active.Count > 0; round++)
        {
            ct.ThrowIfCancellationRequested();
            foreach (var climber in active) climber.Before = climber.Value;
            ClimbContinuous(active);
            ClimbDiscrete(active);
            active = [.. active.Where(climber => climber.Value > climber.Before + 1e-9)];
            // Without discrete coordinates one search has said it all.
            if (_moving.Length == space.Dimensions) break;
        }

        var best = climbers.MaxBy(climber => climber.Value)!;
        return (best.Point, best.Value);
    }

    /// <summary>The best candidate and others drawn without replacement in proportion to their acquisition (Gumbel-top-k).</summary>
    private static IEnumerable<int> ChooseStarts(int[] order, double[] values, RandomStream random)
    {
        var rest = order.Skip(1).Take(TopForChoice)
            .Select(i => (Index: i, Key: values[i] - Math.Log(-Math.Log(1 - random.NextDouble() + 1e-300) + 1e-300)))
            .ToArray();
        return rest.OrderByDescending(r => r.Key).Take(Starts - 1).Select(r => r.Index).Prepend(order[0]);
    }

    private void ClimbContinuous(List<Climber> climbers)
    {
        if (_moving.Length == 0) return;
        var scales = Array.ConvertAll(_moving, j => Math.Clamp(acquisition.LengthScale(j), 0.01, 10));
        var upper = Array.ConvertAll(scales, s => 1 / s);
        var lower = new double[scales.Length];
        var searches = climbers.Select(climber =>
        {
            var x = model.Of(climber.Point);
            var z = new double[_moving.Length];
            for (var i = 0; i < z.Length; i++) z[i] = x[_moving[i]] / scales[i];
            return (X: x, Search: new QuasiNewton(z, lower, upper, effort.Steps, GradientTolerance, RelativeTolerance));
        }).ToArray();

        var batch = new double[Posterior.Lanes][];
        var running = new List<QuasiNewton>(Posterior.Lanes);
        Span<double> values = stackalloc double[Posterior.Lanes];
        Span<double> gradient = stackalloc double[_moving.Length];
        while (true)
        {
            running.Clear();
            foreach (var (x, search) in searches)
            {
                if (search.IsDone) continue;
                for (var i = 0; i < _moving.Length; i++) x[_moving[i]] = search.Trial[i] * scales[i];
                batch[running.Count] = x;
                running.Add(search);
            }

            if (running.Count == 0) break;
            acquisition.ValuesAndGradients(batch.AsSpan(0, running.Count), values);
            for (var c = 0; c < running.Count; c++)
            {
                for (var i = 0; i < _moving.Length; i++)
                    gradient[i] = -acquisition.Gradients[(_moving[i] * Posterior.Lanes) + c] * scales[i];
                running[c].Tell(double.IsFinite(values[c]) ? -values[c] : double.PositiveInfinity, gradient);
            }
        }

        var moves = new List<(Climber, Point)>();
        var positions = new double[space.Dimensions];
        for (var s = 0; s < searches.Length; s++)
        {
            for (var j = 0; j < positions.Length; j++) positions[j] = _pool.Position(climbers[s].Point, j);
            for (var i = 0; i < _moving.Length; i++) positions[_moving[i]] = searches[s].Search.X[i] * scales[i];
            moves.Add((climbers[s], space.At(positions)));
        }

        Try(moves);
    }

    private void ClimbDiscrete(List<Climber> climbers)
    {
        for (var j = 0; j < space.Dimensions; j++)
        {
            if (space.Axes[j].IsContinuous) continue;
            Try([
                .. climbers.SelectMany(climber =>
                    _pool.Alternatives(climber.Point, j).Select(raw => (climber, _pool.Replace(climber.Point, j, raw)))),
            ]);
        }
    }

    private void Try(List<(Climber Climber, Point Point)> moves)
    {
        moves.RemoveAll(move => move.Point.Equals(move.Climber.Point) || !isFree(move.Point));
        if (moves.Count == 0) return;
        var values = acquisition.Values([.. moves.Select(move => model.Of(move.Point))]);
        for (var i = 0; i < values.Length; i++)
        {
            var climber = moves[i].Climber;
            if (values[i] > climber.Value) (climber.Point, climber.Value) = (moves[i].Point, values[i]);
        }
    }

    private sealed class Climber(Point point, double value)
    {
        public Point Point { get; set; } = point;

        public double Value { get; set; } = value;

        public double Before { get; set; }
    }
}
