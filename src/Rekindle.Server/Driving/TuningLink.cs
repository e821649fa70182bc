namespace Rekindle.Server.Driving;

/// <summary>
/// What the driver of a tuning job and those of its training jobs tell each other, so that a hopeless one is stopped at once and not at
/// the next look of each. As with every signal, missing one only costs time.
/// </summary>
/// <param name="NewReadings">Raised when readings were stored; null when the tuning job decides nothing by them.</param>
/// <param name="Stops">Raised when training jobs were asked to stop.</param>
internal sealed record TuningLink(DriverSignal? NewReadings, DriverSignal Stops)
{
    /// <summary>Numbers of reports that are compared, and so are never thinned out.</summary>
    public IReadOnlySet<int> Milestones { get; init; } = new HashSet<int>();
}
