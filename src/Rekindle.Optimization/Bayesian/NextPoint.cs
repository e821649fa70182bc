namespace Rekindle.Optimization.Bayesian;

/// <summary>A chosen point and why.</summary>
internal sealed record Choice(Point Point, SuggestionOrigin Origin, Explanation Explanation);

/// <summary>
/// Decides how the next point of a job is found: by its start design, from its parents, by a model, or at random.
/// </summary>
internal sealed class NextPoint(TuningProblem problem, BayesianOptions options, Round round)
{
    private const int Anchors = 5;
    private const int GreedyStarts = 1;
    private const int InsuredEvery = 3;
    private const int DesignAfterRejectedPool = 5;
    private const int ElsewhereEvery = 6;
    private const double RoughNoise = 0.01;
    private const ulong SearchStream = 0x736561726368;

    /// <summary>Null only when a finite space is used up.</summary>
    public Choice? Find(RandomStream random, CancellationToken ct)
    {
        if (round.Fresh.Exhausted) return null;
        var found = round.Parents.CanPool ? NextPooled(random, ct) : NextOwn(random, ct);
        if (found is not null) return found;
        // No model, or nothing it could add: a random point is always an honest answer.
        return RandomStrategy.Draw(problem.Space, round.Fresh, random) is { } point
            ? new Choice(point, SuggestionOrigin.Random, new Explanation("No model had anything to add: a random point.", SuggestionModel.None))
            : null;
    }

    private Choice? NextPooled(RandomStream random, CancellationToken ct)
    {
        // The parents' results stand for as many points of the start.
        if (round.Launched < round.DesignSize - round.Parents.Pool.Count)
            return round.DesignPoint(round.Launched, "The parents' results are too few for a model");
        if (round.Models.PoolHolds)
        {
            var greedy = round.Launched < GreedyStarts && !round.IsAnythingPending;
            return Maximize(
                new Question(round.Models.Pooled, SuggestionModel.Pooled, greedy, greedy
                    ? "Best expected objective, doubtful ones discounted, by the parents' results."
                    : "Largest expected improvement by the parents' results and the job's own."),
                random, ct);
        }

        if (round.Launched < Math.Min(round.DesignSize, DesignAfterRejectedPool) || round.Models.OwnResults == 0)
            return round.DesignPoint(round.Launched, "The parents' results predict the job's own worse than these themselves do");
        return FromModel("The parents' results predict the job's own worse than these themselves do, so they are no longer pooled. ", random, ct);
    }

    private Choice? NextOwn(RandomStream random, CancellationToken ct)
    {
        switch (round.StartStep())
        {
            case TransferStart.Step.Parent when round.NextQueued() is { } queued:
                return queued;
            case TransferStart.Step.Model when round.Models.OwnResults > 0:
                return FromModel("", random, ct);
            default:
                return round.DesignPoint(round.OthersLaunched, null);
        }
    }

    private Choice? FromModel(string preface, RandomStream random, CancellationToken ct)
    {
        if (IsRough && round.Launched % ElsewhereEvery == ElsewhereEvery - 1
            && round.Elsewhere("Results are no smooth function of the hyperparameters: every sixth suggestion fills the space.") is { } elsewhere)
            return elsewhere;
        // A third of the suggestions never listens to the parents: insurance against parents that mislead in a way the test misses.
        var insured = round.Models.HasParents && round.Launched % InsuredEvery == InsuredEvery - 1;
        // A job that began where rejected parents sent it has no start of its own yet.
        if (insured && round.Parents.CanPool && round.Launched < 2 * round.DesignSize
            && round.Elsewhere(preface + "Every third suggestion ignores them: a space-filling point.") is { } filling)
            return filling;
        var (process, model) = insured ? (round.Models.Cold, SuggestionModel.Own) : round.Models.Best();
        var reason = model == SuggestionModel.OwnWithParents ? "Largest expected improvement by the job's own results, helped by the parents' models."
            : insured ? "Largest expected improvement by the job's own results; every third suggestion ignores the parents."
            : round.Models.HasParents ? "Largest expected improvement by the job's own results; the parents' models predict them no better."
            : "Largest expected improvement by the job's own results.";
        return Maximize(new Question(process, model, false, preface + reason), random, ct);
    }

    private Choice? Maximize(Question question, RandomStream random, CancellationToken ct)
    {
        // What an identical parent has evaluated is known. Only a space scored whole shows that nothing else is left.
        var isIdentical = round.Parents.Type == WarmStartType.IdenticalDataAndAlgorithm;
        var fresh = Maximize(question, isIdentical ? round.Fresh.IsFree : round.Own.IsFree, random, ct);
        return fresh is not null || !isIdentical || problem.Space.Combinations > CandidatePool.ExhaustiveSize
            ? fresh
            : Maximize(question, round.Own.IsFree, random, ct);
    }

    private Choice? Maximize(Question question, Func<Point, bool> isFree, RandomStream random, CancellationToken ct)
    {
        var pending = round.PendingRows;
        if (question.Process is null || Posterior.Of(question.Process, pending, random) is not { } posterior) return null;
        var acquisition = new Acquisition(posterior, question.IsCautious, round.Models.Plateaus?.With(pending));
        var effort = Effort.Of(options.PoolSize, question.Process.Rows.Count, pending.Count);
        var search = new AcquisitionSearch(problem.Space, round.Parents.Model, acquisition, isFree, effort);
        var anchors = round.BestPoints(Anchors).Concat(round.Parents.Anchors).Distinct().ToList();
        if (search.Maximize(anchors, new RandomStream(random.NextBits() ^ SearchStream), ct) is not var (point, value))
            return null;
        var (mean, deviation) = acquisition.Predict(round.Parents.Model.Of(point));
        var scale = round.Models.Scale(question.Process);
        var explanation = new Explanation(question.Reason, question.Model)
        {
            PredictedMean = Finite(scale.ToUser(mean)),
            PredictedDeviation = Finite(scale.Unit * deviation),
            Acquisition = Finite(value),
        };
        var greedy = question.IsCautious && question.Model == SuggestionModel.Pooled;
        return new Choice(point, greedy ? SuggestionOrigin.Parent : SuggestionOrigin.Model, explanation);
    }

    // Where neighbours differ by more than a smooth function explains, the best of a region is luck, and other regions deserve a look.
    private bool IsRough => round.Models.Plateaus is not null || (round.Models.Cold is { } cold && cold.Noise > RoughNoise);

    private static double? Finite(double value) => double.IsFinite(value) ? value : null;

    private sealed record Question(GaussianProcess? Process, SuggestionModel Model, bool IsCautious, string Reason);
}
