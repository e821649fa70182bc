namespace Rekindle.Optimization.Bayesian;

/// <summary>
/// What a point is worth.
/// <code>
/// LogEI(x) = ln (1/S) sum_s exp(ln sigma + ln h(z_s)),   z_s = (b_s - mu_s) / sigma        h as in <see cref="Normal"/>
/// dLogEI   = sum_s p_s (-Phi_s dmu_s + phi_s dsigma) / (sigma h_s),   p_s = share of draw s in the sum
/// </code>
/// Without the improvement, the negative posterior mean.
/// </summary>
internal sealed class Acquisition(Posterior posterior, bool meanOnly)
{
    private readonly double[] _logs = new double[posterior.Alphas.Length];
    private readonly double[] _factors = new double[posterior.Alphas.Length];
    private readonly double[] _cdf = new double[posterior.Alphas.Length];
    private readonly double[] _density = new double[posterior.Alphas.Length];

    public Posterior Posterior { get; } = posterior;

    public double Value(double[] x) => FromPrediction(Posterior.Predict(x));

    public double[] Values(IReadOnlyList<double[]> points)
    {
        var values = new double[points.Count];
        Posterior.PredictAll(points, (i, variance) => values[i] = FromPrediction(variance));
        return values;
    }

    public double ValueAndGradient(double[] x, Span<double> gradient)
    {
        var variance = Posterior.Predict(x, withGradient: true);
        var value = FromPrediction(variance);
        if (meanOnly)
        {
            Array.Fill(_factors, -1.0 / _factors.Length);
            Posterior.Gradient(x, _factors, 0, gradient);
            return value;
        }

        var sigma = Math.Sqrt(variance);
        var bySigma = 0.0;
        for (var s = 0; s < _factors.Length; s++)
        {
            var share = Math.Exp(_logs[s] - value) / _factors.Length;
            _factors[s] = -share * _cdf[s] / sigma;
            bySigma += share * _density[s] / sigma;
        }

        Posterior.Gradient(x, _factors, bySigma / (2 * sigma), gradient);
        return value;
    }

    private double FromPrediction(double variance)
    {
        if (meanOnly) return -Posterior.Means.Average();
        var sigma = Math.Sqrt(variance);
        var logSigma = Math.Log(sigma);
        var largest = double.NegativeInfinity;
        for (var s = 0; s < _logs.Length; s++)
        {
            var z = (Posterior.Incumbents[s] - Posterior.Means[s]) / sigma;
            _logs[s] = logSigma + Normal.LogImprovement(z, out _cdf[s], out _density[s]);
            largest = Math.Max(largest, _logs[s]);
        }

        if (!double.IsFinite(largest) || _logs.Length == 1) return largest;
        var sum = 0.0;
        foreach (var log in _logs) sum += Math.Exp(log - largest);
        return largest + Math.Log(sum / _logs.Length);
    }
}
