using Rekindle.Bench.Problems;

namespace Rekindle.Bench.Quality;

/// <summary>What is said about our runs beside the recorded ones.</summary>
internal sealed class QualityFigures
{
    public const string Ours = "rekindle";

    /// <summary>The level of the peer that is to be reached sooner is taken after so many evaluations.</summary>
    public const int LevelAt = 50;

    private readonly CurveSet _peers;

    public QualityFigures(IReadOnlyList<Problem> problems, CurveSet peers, IEnumerable<Curve> ours)
    {
        Problems = problems;
        _peers = peers;
        All = peers.With(ours);
    }

    public IReadOnlyList<Problem> Problems { get; }

    /// <summary>The peers' curves and ours, which are named <see cref="Ours"/>.</summary>
    public CurveSet All { get; }

    public string? BestPeer(Problem problem) => Standing.BestPeer(_peers, problem);

    /// <summary>On how many problems our mean final regret is no worse than the best peer's, and of how many.</summary>
    public (int Good, int Of) NoWorseThanBestPeer()
    {
        var compared = Problems.Where(p => BestPeer(p) is not null).ToList();
        return (compared.Count(p => Regret(Ours, p) <= Regret(BestPeer(p)!, p)), compared.Count);
    }

    /// <summary>Final results against the best peer's on the same problem and seed; a tie is half a win.</summary>
    public (double Wins, int Pairs) WinsOverBestPeer()
    {
        var (wins, pairs) = (0.0, 0);
        foreach (var problem in Problems)
        {
            if (BestPeer(problem) is not { } peer)
            {
                continue;
            }

            var theirs = All.Of(peer, problem).ToDictionary(c => c.Seed);
            foreach (var our in All.Of(Ours, problem).Where(c => theirs.ContainsKey(c.Seed)))
            {
                var difference = our.After(problem.Budget) - theirs[our.Seed].After(problem.Budget);
                wins += difference < 0 ? 1 : difference == 0 ? 0.5 : 0;
                pairs++;
            }
        }

        return (wins, pairs);
    }

    /// <summary>
    /// After how many evaluations our mean curve is as low as the peer's mean at 50; one more than the budget when it never is.
    /// Null without runs of that peer.
    /// </summary>
    public int? EvaluationsToPeerLevel(Problem problem, string peer)
    {
        if (All.MeanRegret(peer, problem, LevelAt) is not { } level)
        {
            return null;
        }

        var reached = Enumerable.Range(1, problem.Budget).Where(n => All.MeanRegret(Ours, problem, n) <= level).ToList();
        return reached.Count > 0 ? reached[0] : problem.Budget + 1;
    }

    private double Regret(string method, Problem problem) => All.MeanRegret(method, problem, problem.Budget)!.Value;
}
