namespace Rekindle.Optimization.Bayesian;

/// <summary>
/// What points are worth, up to eight at a time.
/// <code>
/// LogEI(x) = ln (1/S) sum_s exp(ln sigma + ln h(z_s)),   z_s = (b_s - mu_s) / sigma        h as in <see cref="Normal"/>
/// dLogEI   = sum_s p_s (-Phi_s dmu_s + phi_s dsigma) / (sigma h_s),   p_s = share of draw s in the sum
/// cautious   -(mean of mu_s) - <see cref="Caution"/> sigma: what is good and known to be
/// </code>
/// Where the objective has plateaus, an improvement is over the best value seen, sigma^2 includes the noise, and the probability of
/// leaving the known plateaus is a factor; see <see cref="Plateaus"/>. LogEI: Ament et al., NeurIPS 2023.
/// </summary>
internal sealed class Acquisition
{
    private const int Lanes = Posterior.Lanes;
    private const double Caution = 0.5;

    private readonly Posterior _posterior;
    private readonly bool _isCautious;
    private readonly Plateaus? _plateaus;
    private readonly double[] _incumbents;
    private readonly double _noise;
    private readonly double[] _logs;
    private readonly double[] _cdf;
    private readonly double[] _density;
    private readonly double[] _factors;
    private readonly double[] _varianceFactors = new double[Lanes];
    private readonly double[] _slopes;

    /// <param name="posterior">The model.</param>
    /// <param name="isCautious">Whether the expectation, less some of its deviation, counts instead of the improvement.</param>
    /// <param name="plateaus">Regions of equal values, if there are any.</param>
    public Acquisition(Posterior posterior, bool isCautious, Plateaus? plateaus = null)
    {
        (_posterior, _isCautious, _plateaus) = (posterior, isCautious, isCautious ? null : plateaus);
        var draws = posterior.Count * Lanes;
        (_logs, _cdf, _density, _factors) = (new double[draws], new double[draws], new double[draws], new double[draws]);
        _slopes = new double[posterior.Gradients.Length / Lanes];
        // Where values are constant on regions, what looks like noise is the region's own and stays: it counts as a chance.
        _incumbents = _plateaus is null ? posterior.Incumbents : posterior.BestSeen;
        _noise = _plateaus is null ? 0 : posterior.Process.Noise;
    }

    /// <summary>By coordinate, d x 8: of the last <see cref="ValuesAndGradients"/>.</summary>
    public double[] Gradients => _posterior.Gradients;

    public double LengthScale(int j) => _posterior.LengthScale(j);

    public double Value(double[] x) => Values([x])[0];

    public double[] Values(IReadOnlyList<double[]> points)
    {
        var values = new double[points.Count];
        var batch = new double[Lanes][];
        for (var first = 0; first < values.Length; first += Lanes)
        {
            var count = Math.Min(Lanes, values.Length - first);
            for (var c = 0; c < count; c++) batch[c] = points[first + c];
            _posterior.Predict(batch.AsSpan(0, count), withGradient: false);
            for (var c = 0; c < count; c++) values[first + c] = FromPrediction(c) + (_plateaus?.LogNew(batch[c], []) ?? 0);
        }

        return values;
    }

    /// <summary>Values of up to eight points, and their gradients.</summary>
    public void ValuesAndGradients(ReadOnlySpan<double[]> points, Span<double> values)
    {
        _posterior.Predict(points, withGradient: true);
        Array.Clear(_factors);
        Array.Clear(_varianceFactors);
        for (var c = 0; c < points.Length; c++)
        {
            values[c] = FromPrediction(c);
            Weigh(c, values[c]);
        }

        _posterior.Differentiate(_factors, _varianceFactors);
        for (var c = 0; c < points.Length && _plateaus is not null; c++)
        {
            values[c] += _plateaus.LogNew(points[c], _slopes);
            for (var j = 0; j < _slopes.Length; j++) Gradients[(j * Lanes) + c] += _slopes[j];
        }
    }

    /// <summary>The mean and the standard deviation at a point, pending outcomes averaged.</summary>
    public (double Mean, double Deviation) Predict(double[] x)
    {
        _posterior.Predict([x], withGradient: false);
        var (sum, squares) = (0.0, 0.0);
        for (var s = 0; s < _posterior.Count; s++)
        {
            var mean = _posterior.Means[s * Lanes];
            sum += mean / _posterior.Count;
            squares += mean * mean / _posterior.Count;
        }

        return (sum, Math.Sqrt(Math.Max(0, squares - (sum * sum)) + _posterior.Variances[0]));
    }

    // The factors of the means' and the variance's gradients in the value's.
    private void Weigh(int c, double value)
    {
        var sigma = Math.Sqrt(_posterior.Variances[c] + _noise);
        var bySigma = _isCautious ? -Caution : 0;
        for (var at = c; at < _factors.Length; at += Lanes)
        {
            if (_isCautious)
            {
                _factors[at] = -1.0 / _posterior.Count;
                continue;
            }

            var share = Math.Exp(_logs[at] - value) / _posterior.Count;
            _factors[at] = -share * _cdf[at] / sigma;
            bySigma += share * _density[at] / sigma;
        }

        _varianceFactors[c] = bySigma / (2 * sigma);
    }

    private double FromPrediction(int c)
    {
        var sigma = Math.Sqrt(_posterior.Variances[c] + _noise);
        var (total, largest) = (0.0, double.NegativeInfinity);
        var logSigma = Math.Log(sigma);
        for (var s = 0; s < _posterior.Count; s++)
        {
            var at = (s * Lanes) + c;
            total += _posterior.Means[at];
            if (_isCautious) continue;
            var z = (_incumbents[s] - _posterior.Means[at]) / sigma;
            _logs[at] = logSigma + Normal.LogImprovement(z, out _cdf[at], out _density[at]);
            largest = Math.Max(largest, _logs[at]);
        }

        if (_isCautious) return (-total / _posterior.Count) - (Caution * sigma);
        if (!double.IsFinite(largest) || _posterior.Count == 1) return largest;
        var sum = 0.0;
        for (var at = c; at < _logs.Length; at += Lanes) sum += Math.Exp(_logs[at] - largest);
        return largest + Math.Log(sum / _posterior.Count);
    }
}
