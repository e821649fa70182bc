namespace Rekindle.Optimization;

/// <summary>
/// Independent draws, uniform under each parameter's scaling. The values of parents are ignored; their points are avoided, as are
/// the job's own.
/// </summary>
public sealed class RandomStrategy : Strategy
{
    private readonly TuningProblem _problem;

    /// <summary>A random search over the problem's space.</summary>
    /// <param name="problem">What is searched.</param>
    public RandomStrategy(TuningProblem problem)
    {
        ArgumentNullException.ThrowIfNull(problem);
        _problem = problem;
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Suggestion> Suggest(History history, int count, Seed seed, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(history);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        var used = new UsedPoints(_problem, history, avoidParents: true);
        var salt = WarmStartSalt.Of(history.WarmStart);
        var suggestions = new List<Suggestion>(count);
        for (var i = 0; i < count; i++)
        {
            ct.ThrowIfCancellationRequested();
            var point = Draw(_problem.Space, used, new RandomStream(Mixing.Combine(seed.Next(i).Value, salt)));
            if (point is null) break;
            used.Add(point);
            suggestions.Add(new Suggestion(_problem.Space.Write(point), SuggestionOrigin.Random));
        }

        return suggestions;
    }

    /// <summary>A free point at random; null only when a finite space is used up.</summary>
    internal static Point? Draw(SearchSpace space, UsedPoints used, RandomStream random)
    {
        const int Attempts = 64;
        if (used.Exhausted) return null;
        var positions = new double[space.Dimensions];
        Point point;
        var attempt = 0;
        do
        {
            for (var j = 0; j < positions.Length; j++) positions[j] = random.NextDouble();
            point = space.At(positions);
            if (used.IsFree(point)) return point;
        }
        while (++attempt < Attempts);

        // A continuous range of two neighbouring doubles is infinite by its type only: repeat a point rather than fall silent.
        return space.Combinations < 1L << 62 ? used.Walk(random.NextBits() % (ulong)space.Combinations) : point;
    }
}
