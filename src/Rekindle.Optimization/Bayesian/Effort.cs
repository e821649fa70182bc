namespace Rekindle.Optimization.Bayesian;

/// <summary>
/// How thoroughly an acquisition is searched. The cost of a candidate grows with the square of the rows, and where rows are many, good
/// candidates lie near the best of them.
/// <code>
/// n    results the model holds        P    pending evaluations
/// P &lt;= 64    a pool as n says: whole up to 200 rows, then in inverse proportion, at least a third; small spaces whole; 5 rounds of 25 steps
/// P &gt; 64     pool and small spaces in inverse proportion to P, rounds and steps to its square: where so many outcomes are unknown, the
///            exact place of the maximum is a matter of chance, and the cost of a suggestion hardly grows
/// </code>
/// To take the older of the pending evaluations at their expectation would be cheaper still; but then a large batch gathers where the mean
/// is best.
/// </summary>
/// <param name="PoolSize">How many random points compete.</param>
/// <param name="WholeSize">How many points of a small finite space compete.</param>
/// <param name="Rounds">The most rounds of local searches.</param>
/// <param name="Steps">The most steps of a local search in a round.</param>
internal readonly record struct Effort(int PoolSize, int WholeSize, int Rounds, int Steps)
{
    private const int RowsForWholePool = 200;
    private const int AllRounds = 5;
    private const int AllSteps = 25;

    /// <param name="poolSize">The size of a whole pool.</param>
    /// <param name="results">n.</param>
    /// <param name="pending">P.</param>
    public static Effort Of(int poolSize, int results, int pending)
    {
        var pool = results <= RowsForWholePool ? poolSize : Math.Max(poolSize / 3, (int)((long)poolSize * RowsForWholePool / results));
        if (pending <= Posterior.Few) return new Effort(pool, CandidatePool.ExhaustiveSize, AllRounds, AllSteps);
        var share = (double)Posterior.Few / pending;
        return new Effort(
            (int)(pool * share), (int)(CandidatePool.ExhaustiveSize * share), (int)(AllRounds * share * share), (int)(AllSteps * share * share));
    }
}
