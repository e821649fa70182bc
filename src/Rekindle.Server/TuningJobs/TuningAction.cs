using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.TuningJobs;

/// <summary>What a tuning job's driver is to do next.</summary>
internal abstract record TuningAction
{
    private TuningAction()
    {
    }

    /// <summary>Ask the strategy for suggestions and launch them, from launch index <paramref name="FirstIndex"/> on.</summary>
    internal sealed record Launch(int FirstIndex, int Count) : TuningAction;

    internal sealed record StopTraining(long TrainingJobId, StopReason Reason) : TuningAction;

    /// <summary>Launch nothing more, for this reason.</summary>
    internal sealed record End(TuningJobEnding Ending) : TuningAction;

    /// <summary>Note that the search has converged, whether or not it ends for it.</summary>
    internal sealed record NoteConvergence : TuningAction;

    internal sealed record Finish(TuningJobStatus Status, string? FailureReason) : TuningAction;

    /// <summary>Nothing to do before this instant unless something changes.</summary>
    internal sealed record WaitUntil(DateTimeOffset Deadline) : TuningAction;
}
