using Rekindle.Optimization;
using Rekindle.Server.Storage;
using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.TuningJobs.WarmStart;

/// <summary>What a warm start was worth, in one word.</summary>
internal enum Worth { NoParents, NothingToLearn, NoResult, TooEarly, Paid, PaidLate, SpaceDiffers, NotComparable, NotYet, NotPaid }

/// <summary>What a warm start was worth, as far as results tell. Only the named parents are looked at.</summary>
/// <param name="TrainingJobs">How many the child launched.</param>
/// <param name="Results">How many of them have a final objective.</param>
/// <param name="Best">The child's best.</param>
/// <param name="ParentsBest">The parents' best; of equal ones the earliest.</param>
/// <param name="TrainingJobsToPass">How many the child launched until, and with, the first that is better than the parents' best.</param>
/// <param name="Origins">How the child's training jobs were suggested, as it is stored; null where that is not known.</param>
/// <param name="NearPairs">How many of the child's results have a parents' point near them.</param>
/// <param name="RankCorrelation">Spearman's, over these pairs; null when they are too few.</param>
internal sealed record WarmStartWorth(
    int TrainingJobs,
    int Results,
    PlacedTrainingJob? Best,
    PlacedTrainingJob? ParentsBest,
    int? TrainingJobsToPass,
    IReadOnlyList<OriginCount> Origins,
    int NearPairs,
    double? RankCorrelation)
{
    /// <summary>At this distance points are near.</summary>
    public const double NearDistance = NearPoints.Distance;

    public required Worth Verdict { get; init; }

    public required string Sentence { get; init; }

    /// <summary>The share of suggestions that came from parents, of those whose origin is known.</summary>
    public double? FromParents => Origins.Where(origin => origin.Origin is not null).Sum(origin => origin.TrainingJobs) is > 0 and var known
        ? (double)Origins.Where(origin => origin.Origin == nameof(SuggestionOrigin.Parent)).Sum(origin => origin.TrainingJobs) / known
        : null;

    /// <param name="child">The child, running or ended.</param>
    /// <param name="parents">Its named parents, as far as they are here.</param>
    /// <param name="elsewhere">How many parents it names that are not here: an imported one may have some.</param>
    /// <param name="options">Which hyperparameters are the platform's.</param>
    public static WarmStartWorth Of(TuningSnapshot child, IReadOnlyList<ParentSnapshot> parents, int elsewhere, WarmStartOptions options)
    {
        var objective = child.Job.Definition.Objective;
        var own = PlacedTrainingJob.All(child.Job, child.TrainingJobs).ToList();
        var best = PlacedTrainingJob.Best(own, objective);
        var parentsBest = PlacedTrainingJob.Best(
            parents.SelectMany(parent => PlacedTrainingJob.All(parent.Job, parent.TrainingJobs))
                .OrderBy(job => job.TrainingJob.CreationTime).ThenBy(job => job.TrainingJob.Id),
            objective);
        var passing = parentsBest is null ? null : own.Find(job => objective.IsBetter(job.Value, parentsBest.Value));
        var pairs = Pairs(child, parents);
        var worth = new WarmStartWorth(
            child.TrainingJobs.Count + child.Job.Unlisted.Launched,
            own.Count,
            best,
            parentsBest,
            passing?.TrainingJob.LaunchIndex,
            [.. child.TrainingJobs.GroupBy(job => job.Origin).Select(group => new OriginCount(group.Key, group.Count()))],
            pairs.Count,
            Optimization.RankCorrelation.Spearman([.. pairs.Select(pair => pair.Child.Value)], [.. pairs.Select(pair => pair.Parent.Value)]))
        {
            Verdict = Worth.NoParents,
            Sentence = "",
        };
        var (verdict, sentence) = WarmStartJudgement.Of(child.Job, parents, elsewhere, worth, options);
        return worth with { Verdict = verdict, Sentence = sentence };
    }

    private static IReadOnlyList<NearPair> Pairs(TuningSnapshot child, IReadOnlyList<ParentSnapshot> parents) =>
        child.Job.Definition.WarmStart is null || child.Job.Definition.AlgorithmCount > 1
            ? []
            : NearPoints.Of(
                child.Job.Definition.ToProblem(),
                SearchProblem.ToWarmStart(child.Job.Definition, parents),
                SearchProblem.ToHistory(child, parents).Completed);
}

/// <summary>How many training jobs were suggested in one way.</summary>
internal sealed record OriginCount(string? Origin, int TrainingJobs);

/// <summary>A training job with a final objective, and whose it is.</summary>
internal sealed record PlacedTrainingJob(TuningJob Owner, TrainingJob TrainingJob, double Value)
{
    /// <summary>Those with a final objective, in the order in which they were launched.</summary>
    public static IEnumerable<PlacedTrainingJob> All(TuningJob owner, IReadOnlyList<TrainingJob> trainingJobs) =>
        from job in trainingJobs
        let value = SearchProblem.ObservedValue(job)
        where value is not null
        orderby job.LaunchIndex
        select new PlacedTrainingJob(owner, job, value.Value);

    /// <summary>The first of the best.</summary>
    public static PlacedTrainingJob? Best(IEnumerable<PlacedTrainingJob> jobs, ObjectiveMetric objective) =>
        jobs.Aggregate((PlacedTrainingJob?)null, (best, job) => best is null || objective.IsBetter(job.Value, best.Value) ? job : best);
}
