using Rekindle.Optimization.Bayesian;

namespace Rekindle.Optimization;

/// <summary>Settings of <see cref="BayesianStrategy"/>.</summary>
public sealed record BayesianOptions
{
    /// <summary>The most observations one model holds; the cost of a fit grows with the cube. At least 20.</summary>
    public int MaxModelRows { get; init; } = 500;

    /// <summary>How many random points compete in the first round of the acquisition search. At least 64.</summary>
    public int PoolSize { get; init; } = 1000;
}

/// <summary>
/// Starts with a space-filling design, then looks where a Gaussian process promises most (expected improvement over Matern-5/2,
/// pending evaluations integrated out). With parents of the same task their results are pooled, as long as they predict the job's own;
/// with parents of a related task their best points are tried first and their models become features the job may weigh, ignore or
/// turn round.
/// </summary>
public sealed class BayesianStrategy : Strategy
{
    private const int Anchors = 5;
    private const int GreedyStarts = 2;
    private const int ColdEvery = 3;
    private const int DesignAfterRejectedPool = 5;
    private const ulong SearchStream = 0x736561726368;

    private readonly TuningProblem _problem;
    private volatile CachedParents? _cache;

    /// <summary>A search over the problem's space.</summary>
    /// <param name="problem">What is searched.</param>
    /// <param name="options">Settings, or null for the defaults.</param>
    public BayesianStrategy(TuningProblem problem, BayesianOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(problem);
        _problem = problem;
        Options = options ?? new BayesianOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(Options.MaxModelRows, 20, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(Options.PoolSize, 64, nameof(options));
    }

    /// <summary>The settings in force.</summary>
    public BayesianOptions Options { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Suggestion> Suggest(History history, int count, Seed seed, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(history);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        var parents = KnowledgeOf(history.WarmStart);
        var salt = WarmStartSalt.Of(history.WarmStart);
        var stream = Mixing.Combine(seed.Stream, salt);
        var models = new ModelChoice(_problem, history, parents, Options.MaxModelRows, stream, ct);
        var round = new Round(history, parents, models, new InitialDesign(_problem.Space, stream), _problem);
        var suggestions = new List<Suggestion>(count);
        for (var i = 0; i < count; i++)
        {
            ct.ThrowIfCancellationRequested();
            var random = new RandomStream(Mixing.Combine(seed.Next(i).Value, salt));
            if (Next(round, random, ct) is not var (point, origin)) break;
            round.Launch(point);
            suggestions.Add(new Suggestion(_problem.Space.Write(point), origin));
        }

        return suggestions;
    }

    private (Point Point, SuggestionOrigin Origin)? Next(Round round, RandomStream random, CancellationToken ct)
    {
        if (round.Fresh.Exhausted) return null;
        var found = round.Parents.CanPool ? NextPooled(round, random, ct) : NextOwn(round, random, ct);
        if (found is not null) return found;
        // No model, or nothing it could add: a random point is always an honest answer.
        return RandomStrategy.Draw(_problem.Space, round.Fresh, random) is { } point ? (point, SuggestionOrigin.Random) : null;
    }

    private (Point, SuggestionOrigin)? NextPooled(Round round, RandomStream random, CancellationToken ct)
    {
        if (round.Models.PoolHolds)
        {
            var greedy = round.Launched < GreedyStarts && round.Pending.Count == 0;
            var origin = greedy ? SuggestionOrigin.Parent : SuggestionOrigin.Model;
            var fresh = Maximize(round, round.Models.Pooled, greedy, round.Fresh.IsFree, origin, random, ct);
            // Only a space scored whole shows that nothing but the parents' points is left.
            return fresh is not null || _problem.Space.Combinations > AcquisitionSearch.ExhaustiveSize
                ? fresh
                : Maximize(round, round.Models.Pooled, greedy, round.Own.IsFree, origin, random, ct);
        }

        if (round.Launched < Math.Min(round.DesignSize, DesignAfterRejectedPool) || round.Models.OwnResults == 0)
            return round.DesignPoint(round.Launched);
        return FromModel(round, random, ct);
    }

    private (Point, SuggestionOrigin)? NextOwn(Round round, RandomStream random, CancellationToken ct)
    {
        switch (round.StartStep())
        {
            case TransferStart.Step.Parent when round.NextQueued() is { } queued:
                return (queued, SuggestionOrigin.Parent);
            case TransferStart.Step.Model when round.Models.OwnResults > 0:
                return FromModel(round, random, ct);
            default:
                return round.DesignPoint(round.OthersLaunched);
        }
    }

    private (Point, SuggestionOrigin)? FromModel(Round round, RandomStream random, CancellationToken ct)
    {
        // A third of the suggestions never listens to the parents: insurance against parents that mislead in a way the test misses.
        var process = round.Launched % ColdEvery == ColdEvery - 1 ? round.Models.Cold : round.Models.ColdOrFeatured();
        return Maximize(round, process, meanOnly: false, round.Own.IsFree, SuggestionOrigin.Model, random, ct);
    }

    private (Point, SuggestionOrigin)? Maximize(
        Round round, GaussianProcess? process, bool meanOnly, Func<Point, bool> isFree, SuggestionOrigin origin,
        RandomStream random, CancellationToken ct)
    {
        if (process is null) return null;
        var pending = round.Pending.Select(round.Models.RowOf).OfType<double[]>().ToList();
        if (Posterior.Of(process, pending, random) is not { } posterior) return null;
        var search = new AcquisitionSearch(_problem.Space, round.Parents.Model, new Acquisition(posterior, meanOnly), isFree);
        var anchors = round.BestPoints(Anchors).Concat(round.Parents.Anchors).Distinct().ToList();
        var point = search.Maximize(anchors, Options.PoolSize, new RandomStream(random.NextBits() ^ SearchStream), ct);
        return point is null ? null : (point, origin);
    }

    private ParentKnowledge KnowledgeOf(WarmStart? warmStart)
    {
        // Parents never change during a job, so their models are kept; the fingerprint covers all they are made from.
        var cached = _cache;
        var key = WarmStartSalt.Fingerprint(warmStart);
        if (cached is not null && cached.Key == key) return cached.Knowledge;
        var fresh = new CachedParents(key, new ParentKnowledge(_problem, warmStart, Options.MaxModelRows));
        _cache = fresh;
        return fresh.Knowledge;
    }

    private sealed record CachedParents(ulong Key, ParentKnowledge Knowledge);
}
