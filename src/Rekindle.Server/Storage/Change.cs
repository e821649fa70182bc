using Rekindle.Server.TrainingJobs;
using Rekindle.Server.TuningJobs;

namespace Rekindle.Server.Storage;

/// <summary>One fenced change, made by the holder of a lease.</summary>
internal abstract record Change
{
    private Change()
    {
    }

    /// <summary>
    /// Launches a training job of the leased tuning job. Its launch index is a unique key: the same suggestion is never launched twice.
    /// The tuning job's tags at that moment are copied to it. It starts InProgress/Starting with the transition "Starting the training job".
    /// </summary>
    internal sealed record AddTrainingJob(
        string Name,
        string Arn,
        int LaunchIndex,
        IReadOnlyDictionary<string, string> TunedHyperParameters,
        string Origin,
        DateTimeOffset CreationTime) : Change
    {
        /// <summary>Which of the tuning job's algorithms it trains, from 0.</summary>
        public int Algorithm { get; init; }

        /// <summary>Why it was suggested.</summary>
        public LaunchExplanation? Explanation { get; init; }
    }

    /// <summary>
    /// Replaces the driver's part of a training job. A status (by its order in the enum) never moves back: such a change is dropped,
    /// and a terminal one never changes at all. A training job that was asked to stop ends as Stopped or not: another end is dropped, since
    /// who asked was told that it is being stopped. One that is stopped for what it reported may have ended by itself just before: nobody
    /// outside asked, and its own end counts. <paramref name="Transitions"/> are appended; each ends the one before it.
    /// </summary>
    internal sealed record SetTrainingProgress(
        long TrainingJobId,
        TrainingProgress Progress,
        IReadOnlyList<SecondaryTransition> Transitions) : Change
    {
        /// <summary>Whether the training job has given way and waits again.</summary>
        public bool EndsInterruption { get; init; }
    }

    /// <summary>
    /// Appends readings; a key (metric, offset) that is already there stays as it is. A metric that has very many is thinned out evenly over
    /// the log; its first, last, smallest and greatest value stay, and those with an ordinal among <see cref="Milestones"/>. What the metrics file says of a metric takes
    /// the place of what the log said of it.
    /// </summary>
    internal sealed record AppendReadings(long TrainingJobId, IReadOnlyList<MetricReading> Readings) : Change
    {
        public IReadOnlySet<int> Milestones { get; init; } = new HashSet<int>();
    }

    /// <summary>Removes the readings of an attempt that was lost.</summary>
    internal sealed record ForgetReadings(long TrainingJobId) : Change;

    /// <summary>Asks a training job to stop, as the API's request does; the first reason stays.</summary>
    internal sealed record RequestTrainingStop(long TrainingJobId, StopReason Reason, DateTimeOffset Now) : Change;

    /// <summary>Records why no more training jobs are launched; the first reason stays.</summary>
    internal sealed record EndTuning(TuningJobEnding Ending, DateTimeOffset Now) : Change;

    internal sealed record RecordConvergence(DateTimeOffset Now) : Change;

    /// <summary>
    /// Moves the leased tuning job into a terminal status and sets its end time: from Stopping into Stopped, from InProgress into the others.
    /// Nothing happens when it is in the other one by now.
    /// </summary>
    internal sealed record FinishTuning(TuningJobStatus Status, string? FailureReason, DateTimeOffset Now) : Change;
}
