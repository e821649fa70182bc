using Rekindle.Optimization.Bayesian.Numerics;

namespace Rekindle.Optimization.Bayesian;

/// <summary>The posterior mean of one parent's own model, in the parent's own standardised units, as a feature phi_m(x).</summary>
internal sealed class ParentModel
{
    /// <summary>Fewer rows make no feature worth having.</summary>
    public const int LeastRows = 5;

    private readonly Scaled _rows;
    private readonly double[] _alpha;
    private readonly double _sum;
    private readonly double _sf2;

    private ParentModel(GaussianProcess process)
    {
        _rows = new Scaled();
        _rows.Take(process.Rows, process.Theta, process.Rows.Count);
        _alpha = process.Alpha;
        _sum = Vectors.Sum(_alpha);
        _sf2 = Math.Exp(process.Theta[process.Rows.Dimensions]);
    }

    /// <summary>Fits the parent's model; null when it has too few usable rows or cannot be fitted.</summary>
    public static ParentModel? Fit(
        IReadOnlyList<(double[] Point, double Value, double Noise)> observations, bool[] categorical, Goal goal, CancellationToken ct)
    {
        if (observations.Count < LeastRows) return null;
        var rows = new Rows([.. observations.Select(o => o.Point)], categorical, [.. observations.Select(o => o.Noise)], []);
        var process = GaussianProcess.Fit(rows, [.. observations.Select(o => o.Value)], goal, (ulong)observations.Count, ct);
        return process is null ? null : new ParentModel(process);
    }

    public double[] Means(IReadOnlyList<double[]> points)
    {
        var means = new double[points.Count];
        var tile = new Tile(this);
        var batch = new double[EightPoints.Lanes][];
        Span<double> sums = stackalloc double[EightPoints.Lanes];
        for (var first = 0; first < means.Length; first += EightPoints.Lanes)
        {
            var count = Math.Min(EightPoints.Lanes, means.Length - first);
            for (var c = 0; c < count; c++) batch[c] = points[first + c];
            tile.Means(batch.AsSpan(0, count), sums, []);
            for (var c = 0; c < count; c++) means[first + c] = sums[c];
        }

        return means;
    }

    /// <summary>Buffers for one user of the model.</summary>
    internal sealed class Tile(ParentModel model)
    {
        private readonly EightPoints _points = new(model._rows);
        private readonly double[] _q = new double[model._rows.Count * EightPoints.Lanes];

        /// <summary>The means of up to eight points, and unless the span is empty their gradients, d x 8.</summary>
        public void Means(ReadOnlySpan<double[]> points, Span<double> means, Span<double> gradients)
        {
            _points.Load(points, withSlopes: !gradients.IsEmpty);
            _points.Sum(model._alpha, means);
            for (var c = 0; c < EightPoints.Lanes; c++) means[c] = (model._sf2 * means[c]) + model._sum;
            if (gradients.IsEmpty) return;
            gradients.Clear();
            for (var i = 0; i < model._rows.Count; i++) _q.AsSpan(i * EightPoints.Lanes, EightPoints.Lanes).Fill(model._alpha[i]);
            _points.AddGradient(_q, model._sf2, gradients);
        }
    }
}
