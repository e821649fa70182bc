namespace Rekindle.Server.TrainingJobs;

/// <summary>What comes of a training job whose output path is away.</summary>
internal static partial class TrainingStep
{
    /// <summary>What a program left can't be taken to its output path just now: that is said once for each reason.</summary>
    public static TrainingDecision WaitForStorage(TrainingJob job, TrainingDecision decision, string problem, DateTimeOffset now)
    {
        var message = Cut($"Uploading generated training model; {problem}", MaxFailureReason);
        return decision.Progress.Secondary != SecondaryStatus.Uploading || LastMessage(job) == message ? decision
            : decision with { Transitions = [.. decision.Transitions, new(SecondaryStatus.Uploading, message, now, null)] };
    }

    /// <summary>Whether one that is to be stopped has waited for that long enough. Without a stop it waits for ever: what it left would be lost.</summary>
    /// <param name="job">The row.</param>
    /// <param name="endedAt">When its program ended: what it took to end is no waiting.</param>
    /// <param name="now">The time.</param>
    public static bool HasWaitedForStorage(TrainingJob job, DateTimeOffset? endedAt, DateTimeOffset now) =>
        job.StopRequestedAt is { } asked && now - Later(asked, endedAt ?? asked) >= Grace;
}
