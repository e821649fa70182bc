using System.Numerics.Tensors;

namespace Rekindle.Optimization.Bayesian;

/// <summary>The posterior mean of one parent's own model, in the parent's own standardised units, as a feature phi_m(x).</summary>
internal sealed class ParentModel
{
    /// <summary>Fewer rows make no feature worth having.</summary>
    public const int LeastRows = 5;

    private readonly Rows _rows;
    private readonly double[] _alpha;
    private readonly double[] _weights;
    private readonly double _sf2;

    private ParentModel(GaussianProcess process)
    {
        _rows = process.Rows;
        _alpha = process.Alpha;
        _weights = [.. process.Theta.Take(_rows.Dimensions).Select(l => Math.Exp(-2 * l))];
        _sf2 = Math.Exp(process.Theta[_rows.Dimensions]);
    }

    /// <summary>Fits the parent's model; null when it has too few usable rows or cannot be fitted.</summary>
    public static ParentModel? Fit(
        IReadOnlyList<(double[] Point, double Value)> observations, bool[] categorical, Goal goal, CancellationToken ct)
    {
        if (observations.Count < LeastRows) return null;
        var y = Targets.Standardize([.. observations.Select(o => o.Value)], goal);
        var noise = new double[y.Length];
        Array.Fill(noise, 1);
        var rows = new Rows([.. observations.Select(o => o.Point)], categorical, noise, []);
        var process = GaussianProcess.Fit(rows, y, new RandomStream((ulong)y.Length), ct);
        return process is null ? null : new ParentModel(process);
    }

    public double Mean(double[] x)
    {
        var (m, g) = Kernel(x);
        return (_sf2 * TensorPrimitives.Dot<double>(m, _alpha)) + TensorPrimitives.Sum<double>(_alpha);
    }

    /// <summary>The mean and its gradient by the numeric coordinates.</summary>
    public double Mean(double[] x, Span<double> gradient)
    {
        var (m, g) = Kernel(x);
        var mean = (_sf2 * TensorPrimitives.Dot<double>(m, _alpha)) + TensorPrimitives.Sum<double>(_alpha);
        TensorPrimitives.Multiply<double>(g, _alpha, g);
        var total = TensorPrimitives.Sum<double>(g);
        for (var j = 0; j < gradient.Length; j++)
        {
            gradient[j] = _rows.Categorical[j]
                ? 0
                : -_sf2 * _weights[j] * ((total * x[j]) - TensorPrimitives.Dot<double>(g, _rows.Columns[j]));
        }

        return mean;
    }

    private (double[] M, double[] G) Kernel(double[] x)
    {
        var (m, g) = (new double[_rows.Count], new double[_rows.Count]);
        for (var j = 0; j < _rows.Dimensions; j++) Matern.AddDistance(_rows.Columns[j], x[j], _weights[j], _rows.Categorical[j], m);
        Matern.Correlate(m, g, new double[_rows.Count]);
        return (m, g);
    }
}
