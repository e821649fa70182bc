namespace Rekindle.Server.TrainingJobs;

/// <summary>What the driver is to ask of the executor.</summary>
internal enum TrainingCommand
{
    /// <summary>Nothing: look again when something changed.</summary>
    Wait,

    /// <summary>Nothing, but there is more log to read at once.</summary>
    ReadOn,

    /// <summary>Start the program.</summary>
    Submit,

    /// <summary>End the program.</summary>
    Stop,

    /// <summary>Make sure that the program never starts, then store the end that the progress holds.</summary>
    Cancel,

    /// <summary>Remove what a lost attempt left, then store that it starts anew.</summary>
    Restart,

    /// <summary>Remove what is left of an attempt whose program never ran; it is no attempt, and is repeated.</summary>
    StartAgain,

    /// <summary>Store what a program that gave way had said, and that it has ended; then look again.</summary>
    GiveWay,

    /// <summary>Remove what a program that gave way left but its log, then store that the training job waits again.</summary>
    Requeue,

    /// <summary>Pack what the program left, then <see cref="TrainingStep.Finish"/>.</summary>
    Collect,
}

/// <param name="Command">What to ask of the executor, before the progress is stored.</param>
/// <param name="Progress">The progress to store; the same instance as before when nothing changed.</param>
/// <param name="Transitions">New steps of the secondary status.</param>
/// <param name="RequestStop">A stop to record, with its reason. It is recorded before the program hears of it.</param>
internal sealed record TrainingDecision(
    TrainingCommand Command,
    TrainingProgress Progress,
    IReadOnlyList<SecondaryTransition> Transitions,
    StopReason? RequestStop = null)
{
    /// <summary>Whether what was read so far is forgotten: the next attempt begins at the beginning.</summary>
    public bool ForgetsReadings { get; init; }
}
