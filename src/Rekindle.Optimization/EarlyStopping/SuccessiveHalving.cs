namespace Rekindle.Optimization.EarlyStopping;

/// <summary>What becomes of an evaluation that has just reported.</summary>
public enum HalvingDecision
{
    /// <summary>It runs on.</summary>
    Continue,

    /// <summary>Too many others were better at one of the rungs it has come to.</summary>
    Stop,

    /// <summary>It has used the most that an evaluation may use.</summary>
    Finished,
}

/// <summary>
/// Asynchronous successive halving that stops instead of pausing: the scheduler behind SageMaker's Hyperband, with one bracket.
/// <code>
/// r_k    the rungs: MinResource * 3^k while below MaxResource, then MaxResource
/// y_k    the first finite value an evaluation reported at r_k or beyond
/// n_k    how many evaluations had a y_k when this one got its own, itself included; b_k how many of those were strictly better
/// stop   at the first rung below MaxResource with 3 b_k >= n_k: not within the best third, rounded up
/// </code>
/// A verdict depends on what was recorded at the rung by then (<see cref="Reading.Order"/>), so it is the same whenever it is asked for,
/// and later results never turn it round, as long as none is told with an order before one that was asked for. Nothing waits for
/// others: the first to reach a rung passes it. Li and others, "A system for massively parallel hyperparameter tuning", MLSys 2020; the
/// stopping variant is Syne Tune's. Promotion by value, not by place in a batch, keeps every worker busy.
/// </summary>
public sealed class SuccessiveHalving
{
    /// <summary>One in so many passes a rung.</summary>
    public const int Eta = 3;

    private readonly Goal _goal;

    /// <summary>A rule for one job.</summary>
    /// <param name="goal">Direction of the objective.</param>
    /// <param name="minResource">What every evaluation is granted, above 0.</param>
    /// <param name="maxResource">What none exceeds, at least <paramref name="minResource"/>.</param>
    public SuccessiveHalving(Goal goal, double minResource, double maxResource)
    {
        if (!(minResource > 0) || !double.IsFinite(minResource))
            throw new ArgumentOutOfRangeException(nameof(minResource), minResource, "The least resource must be a finite number above 0.");
        if (!(maxResource >= minResource) || !double.IsFinite(maxResource))
            throw new ArgumentOutOfRangeException(nameof(maxResource), maxResource, "The most resource must be finite and at least the least.");
        _goal = goal;
        var rungs = new List<double>();
        for (var rung = minResource; rung < maxResource; rung *= Eta) rungs.Add(rung);
        rungs.Add(maxResource);
        Rungs = rungs;
    }

    /// <summary>Ascending; the last one is the most an evaluation may use.</summary>
    public IReadOnlyList<double> Rungs { get; }

    /// <summary>What becomes of an evaluation.</summary>
    /// <param name="current">The evaluation in question.</param>
    /// <param name="others">All others that did not fail: running, stopped and finished ones.</param>
    public HalvingDecision Decide(LearningCurve current, IReadOnlyList<LearningCurve> others)
    {
        ArgumentNullException.ThrowIfNull(current);
        ArgumentNullException.ThrowIfNull(others);
        if (current.Readings is not [.., var newest]) return HalvingDecision.Continue;
        if (newest.Resource >= Rungs[^1]) return HalvingDecision.Finished;
        foreach (var rung in Rungs)
        {
            if (current.FirstFrom(rung) is not { } own) break;
            var (recorded, better) = (1L, 0L);
            foreach (var other in others)
            {
                if (other.FirstFrom(rung) is not { } theirs || theirs.Order > own.Order) continue;
                recorded++;
                if (_goal == Goal.Minimize ? theirs.Value < own.Value : theirs.Value > own.Value) better++;
            }

            if (better * Eta >= recorded) return HalvingDecision.Stop;
        }

        return HalvingDecision.Continue;
    }
}
