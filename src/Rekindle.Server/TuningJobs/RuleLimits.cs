namespace Rekindle.Server.TuningJobs;

/// <summary>How much one tuning job may ask for. The defaults are the quotas AWS documents.</summary>
internal sealed record RuleLimits
{
    /// <summary>Training jobs of one tuning job, for every strategy but random search.</summary>
    public int MaxTrainingJobs { get; init; } = 750;

    /// <summary>Training jobs of one tuning job with random search; a larger <see cref="MaxTrainingJobs"/> holds instead.</summary>
    public int RandomMaxTrainingJobs { get; init; } = 10_000;

    public int MaxParallelTrainingJobs { get; init; } = 100;

    public int MaxTrainingJobsFor(StrategyKind strategy) =>
        strategy == StrategyKind.Random ? Math.Max(MaxTrainingJobs, RandomMaxTrainingJobs) : MaxTrainingJobs;
}
