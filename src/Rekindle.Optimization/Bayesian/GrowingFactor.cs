using Rekindle.Optimization.Bayesian.Numerics;

namespace Rekindle.Optimization.Bayesian;

/// <summary>
/// The factor of a covariance matrix that follows a growing history.
/// <code>
/// C = L L^T,  T = L^-1       rows 0..Count
/// </code>
/// What it shares with the rows it held before is kept, the rest is computed; by <see cref="Tile"/>'s order of sums the result is the
/// same, bit for bit, as if nothing had been kept. Appending a row costs n^2 instead of n^3.
/// </summary>
internal sealed class GrowingFactor
{
    private readonly Scaled _scaled = new();
    private Rows? _rows;
    private double[] _theta = [];
    private double[] _work = [];
    private double[] _m = [];

    public Scaled Scaled => _scaled;

    public double[] L { get; private set; } = [];

    public double[] T { get; private set; } = [];

    public int Stride { get; private set; }

    public int Count { get; private set; }

    /// <summary>What had to be added to the diagonal, 0 if nothing.</summary>
    public double Jitter { get; private set; }

    /// <summary>Factors the covariance of these rows; false when even the largest jitter does not help.</summary>
    public bool Follow(Rows rows, double[] theta)
    {
        var kept = Shared(rows, theta);
        if (kept == 0) Jitter = 0;
        else if (kept == Count && kept == rows.Count) return true;
        (_rows, _theta) = (rows, theta);
        // The scaling is as large as the rows, so that a model sees exactly its own.
        if (Reserve(rows.Count)) kept = 0;
        _scaled.Take(rows, theta, rows.Count, kept);
        while (!Extend(kept))
        {
            Count = kept = 0;
            Jitter = HyperPrior.NextJitter(Jitter);
            if (!(Jitter <= HyperPrior.LastJitter * 1.01))
            {
                _rows = null;
                return false;
            }
        }

        Count = rows.Count;
        return true;
    }

    private int Shared(Rows rows, double[] theta)
    {
        if (_rows is null || !_theta.AsSpan().SequenceEqual(theta) || _rows.Features.Length != rows.Features.Length) return 0;
        var most = Math.Min(Count, rows.Count);
        var i = 0;
        while (i < most && rows.Noise[i].Equals(_rows.Noise[i])
            && (ReferenceEquals(rows.Points[i], _rows.Points[i]) || rows.Points[i].AsSpan().SequenceEqual(_rows.Points[i]))
            && rows.Kinship.Task(i) == _rows.Kinship.Task(i) && SameFeatures(rows, i)) i++;
        return i;
    }

    private bool SameFeatures(Rows rows, int i)
    {
        for (var f = 0; f < rows.Features.Length; f++)
        {
            if (!rows.Features[f][i].Equals(_rows!.Features[f][i])) return false;
        }

        return true;
    }

    private bool Reserve(int n)
    {
        if (Tile.Padded(n) <= Stride) return false;
        Stride = Tile.Stride(n + (n / 4) + Tile.Columns);
        var size = (Stride + Tile.Rows) * Stride;
        (L, T) = (new double[size], new double[size]);
        _work = new double[(Stride + Tile.Rows) * Tile.Columns];
        _m = new double[Stride];
        return true;
    }

    private bool Extend(int from)
    {
        var n = _rows!.Count;
        var sf2 = Math.Exp(_theta[_rows.Dimensions]);
        var noise = Math.Exp(_theta[_rows.Dimensions + 1]) + HyperPrior.NoiseFloor;
        var isMixed = _rows.Kinship.Parents > 0;
        var w = Kinship.Correlations(_theta.AsSpan(_rows.KinshipAt));
        Span<double> b = isMixed ? new double[n] : [];
        for (var a = from; a < n; a++)
        {
            var m = _m.AsSpan(0, a + 1);
            _scaled.RowOfKernel(a, _m, []);
            if (isMixed) _rows.Kinship.Row(w, a, b);
            HyperPrior.Covariance(_rows, _theta, sf2, noise, a, m, isMixed ? b[..(a + 1)] : [], L.AsSpan(a * Stride, a + 1));
        }

        if (!Triangle.Factor(L, Stride, from, n, Jitter, _work)) return false;
        Triangle.Invert(L, T, Stride, from, n, _work);
        return true;
    }
}
