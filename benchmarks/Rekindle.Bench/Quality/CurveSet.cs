using Rekindle.Bench.Problems;

namespace Rekindle.Bench.Quality;

/// <summary>Runs of many methods on many problems.</summary>
internal sealed class CurveSet
{
    private readonly Dictionary<(string Method, string Problem), IReadOnlyList<Curve>> _curves;

    public CurveSet(IEnumerable<Curve> curves)
    {
        _curves = curves.GroupBy(c => (c.Method, c.Problem)).ToDictionary(g => g.Key, g => (IReadOnlyList<Curve>)[.. g.OrderBy(c => c.Seed)]);
        Methods = [.. _curves.Keys.Select(key => key.Method).Distinct()];
    }

    public IReadOnlyList<string> Methods { get; }

    /// <summary>By seed; empty where the method was not run on the problem.</summary>
    public IReadOnlyList<Curve> Of(string method, Problem problem) => _curves.GetValueOrDefault((method, problem.Name)) ?? [];

    /// <summary>Mean normalised regret over the seeds after so many evaluations; null without runs.</summary>
    public double? MeanRegret(string method, Problem problem, int evaluations) => Of(method, problem) is { Count: > 0 } runs
        ? runs.Average(run => problem.NormalizedRegret(run.After(evaluations)))
        : null;

    public CurveSet With(IEnumerable<Curve> more) => new(_curves.Values.SelectMany(c => c).Concat(more));
}
