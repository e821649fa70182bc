namespace Rekindle.Bench.Quality;

/// <summary>What one run had found after each evaluation.</summary>
/// <param name="Method">Who searched.</param>
/// <param name="Problem">On what.</param>
/// <param name="Seed">The run's seed.</param>
/// <param name="Best">True value of the evaluation with the lowest observed value so far, after 1, 2, … evaluations.</param>
internal sealed record Curve(string Method, string Problem, int Seed, IReadOnlyList<double> Best)
{
    /// <summary>After so many evaluations, or at the end when the run was shorter.</summary>
    public double After(int evaluations) => Best[Math.Min(evaluations, Best.Count) - 1];
}
