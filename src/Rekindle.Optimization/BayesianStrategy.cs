namespace Rekindle.Optimization;

/// <summary>Settings of <see cref="BayesianStrategy"/>.</summary>
public sealed record BayesianOptions
{
    /// <summary>The most observations one model holds; the cost of a fit grows with the cube. At least 20.</summary>
    public int MaxModelRows { get; init; } = 500;

    /// <summary>How many random points compete in the first round of the acquisition search. At least 64.</summary>
    public int PoolSize { get; init; } = 1000;
}

/// <summary>Starts with a space-filling design, then looks where a model of the objective promises most.</summary>
public sealed class BayesianStrategy : Strategy
{
    private readonly TuningProblem _problem;

    /// <summary>A search over the problem's space.</summary>
    /// <param name="problem">What is searched.</param>
    /// <param name="options">Settings, or null for the defaults.</param>
    public BayesianStrategy(TuningProblem problem, BayesianOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(problem);
        _problem = problem;
        Options = options ?? new BayesianOptions();
    }

    /// <summary>The settings in force.</summary>
    public BayesianOptions Options { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Suggestion> Suggest(History history, int count, Seed seed, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(history);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        var salt = WarmStartSalt.Of(history.WarmStart);
        var used = new UsedPoints(_problem.Space, history, avoidParents: true);
        var design = new InitialDesign(_problem.Space, Mixing.Combine(seed.Stream, salt));
        var suggestions = new List<Suggestion>(count);
        for (var i = 0; i < count; i++)
        {
            ct.ThrowIfCancellationRequested();
            var origin = SuggestionOrigin.InitialDesign;
            var point = history.Launched + i < InitialDesign.Size(_problem) ? design.At(history.Launched + i, used) : null;
            if (point is null)
            {
                origin = SuggestionOrigin.Random;
                point = RandomStrategy.Draw(_problem.Space, used, new RandomStream(Mixing.Combine(seed.Next(i).Value, salt)));
            }

            if (point is null) break;
            used.Add(point);
            suggestions.Add(new Suggestion(_problem.Space.Write(point), origin));
        }

        return suggestions;
    }
}
