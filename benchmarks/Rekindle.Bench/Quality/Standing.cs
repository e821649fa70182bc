using Rekindle.Bench.Problems;

namespace Rekindle.Bench.Quality;

/// <summary>How one method stands among all of them on a group of problems.</summary>
/// <param name="Method">Who.</param>
/// <param name="Problems">On how many of the group's problems it was run.</param>
/// <param name="Seeds">Fewest and most seeds it was run with.</param>
/// <param name="Rank25">Mean over the problems of its rank by mean regret after 25 evaluations.</param>
/// <param name="RankEnd">The same at the end of the budget.</param>
/// <param name="MeanEnd">Mean over the problems of the mean normalised regret at the end.</param>
/// <param name="GeometricEnd">Geometric mean of the same.</param>
internal sealed record Standing(
    string Method, int Problems, (int Fewest, int Most) Seeds, double Rank25, double RankEnd, double MeanEnd, double GeometricEnd)
{
    public const int Midway = 25;

    /// <summary>All methods, the best rank at the end first.</summary>
    public static IReadOnlyList<Standing> Of(CurveSet curves, IReadOnlyList<Problem> problems)
    {
        var midway = Ranks(curves, problems, _ => Midway);
        var end = Ranks(curves, problems, p => p.Budget);
        return
        [
            .. from method in curves.Methods
               let there = problems.Where(p => curves.Of(method, p).Count > 0).ToList()
               where there.Count > 0
               let regrets = there.Select(p => curves.MeanRegret(method, p, p.Budget)!.Value).ToList()
               let seeds = there.Select(p => curves.Of(method, p).Count).ToList()
               let standing = new Standing(
                   method, there.Count, (seeds.Min(), seeds.Max()), midway[method].Average(), end[method].Average(), regrets.Average(),
                   Statistics.GeometricMean(regrets))
               orderby standing.RankEnd, standing.Method
               select standing,
        ];
    }

    /// <summary>The peer with the lowest mean regret at the end.</summary>
    public static string? BestPeer(CurveSet peers, Problem problem) => peers.Methods
        .Where(m => peers.Of(m, problem).Count > 0)
        .MinBy(m => peers.MeanRegret(m, problem, problem.Budget));

    private static Dictionary<string, List<double>> Ranks(CurveSet curves, IReadOnlyList<Problem> problems, Func<Problem, int> evaluations)
    {
        var ranks = curves.Methods.ToDictionary(m => m, _ => new List<double>());
        foreach (var problem in problems)
        {
            var there = curves.Methods.Where(m => curves.Of(m, problem).Count > 0).ToList();
            var ranked = Statistics.Ranks([.. there.Select(m => curves.MeanRegret(m, problem, evaluations(problem))!.Value)]);
            foreach (var (method, rank) in there.Zip(ranked))
            {
                ranks[method].Add(rank);
            }
        }

        return ranks;
    }
}
