using Rekindle.Optimization.Bayesian;

namespace Rekindle.Optimization;

/// <summary>Settings of <see cref="BayesianStrategy"/>.</summary>
public sealed record BayesianOptions
{
    /// <summary>The most observations one model holds; the cost of a suggestion grows with the square. At least 20.</summary>
    public int MaxModelRows { get; init; } = 800;

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
    private readonly TuningProblem _problem;
    private volatile CachedParents? _cache;
    private ModelMemory[]? _memory;

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
        // Taken out while in use: a second thread starts from nothing and gets the same answer.
        var memory = Interlocked.Exchange(ref _memory, null) ?? [new ModelMemory(), new ModelMemory()];
        ModelChoice[] models =
        [
            .. memory.Select((kept, view) => new ModelChoice(_problem, history, parents, Options.MaxModelRows, stream, kept, view == 0, ct)),
        ];
        var round = new Round(history, parents, models, new InitialDesign(_problem.Space, stream), _problem);
        var next = new NextPoint(_problem, Options, round);
        var suggestions = new List<Suggestion>(count);
        for (var i = 0; i < count; i++)
        {
            ct.ThrowIfCancellationRequested();
            var random = new RandomStream(Mixing.Combine(seed.Next(i).Value, salt));
            if (next.Find(random, ct) is not { } choice) break;
            var nearest = round.Nearest(choice.Point);
            round.Launch(choice.Point);
            suggestions.Add(new Suggestion(_problem.Space.Write(choice.Point), choice.Origin)
            {
                Explanation = choice.Explanation with { Nearest = nearest },
            });
        }

        _memory = memory;
        return suggestions;
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
