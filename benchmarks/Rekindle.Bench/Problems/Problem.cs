using Rekindle.Optimization;

namespace Rekindle.Bench.Problems;

/// <summary>Problems whose results are summed up together.</summary>
internal enum ProblemGroup
{
    /// <summary>Functions in closed form.</summary>
    Synthetic,

    /// <summary>Tables of real trainings, looked up smoothly.</summary>
    Smooth,

    /// <summary>The same tables, looked up at the nearest row: piecewise constant.</summary>
    Nearest,
}

/// <summary>Something to minimise, with what is known about it.</summary>
/// <param name="Name">Its name in the recorded runs.</param>
/// <param name="Group">What it is summed up with.</param>
/// <param name="Space">The hyperparameters.</param>
/// <param name="Budget">How many evaluations a run has.</param>
/// <param name="NoiseDeviation">Standard deviation of the noise on what a search is told.</param>
/// <param name="Optimum">The best true value.</param>
/// <param name="RandomMedian">Median of the true value over 2,000 random configurations: what doing nothing gives.</param>
/// <param name="True">The value without noise.</param>
internal sealed record Problem(
    string Name,
    ProblemGroup Group,
    SearchSpace Space,
    int Budget,
    double NoiseDeviation,
    double Optimum,
    double RandomMedian,
    Func<Configuration, double> True)
{
    /// <summary>What a search is told.</summary>
    /// <param name="configuration">What is evaluated.</param>
    /// <param name="seed">The run's seed.</param>
    /// <param name="index">The evaluation's index in the run, from 0.</param>
    public double Observe(Configuration configuration, int seed, int index)
    {
        var value = True(configuration);
        return NoiseDeviation > 0 ? value + (NoiseDeviation * PortableNoise.Gauss(seed, index)) : value;
    }

    /// <summary>0 at the optimum, 1 at the median of random configurations.</summary>
    public double NormalizedRegret(double value) => (value - Optimum) / (RandomMedian - Optimum);
}
