namespace Rekindle.Server.TuningJobs.WarmStart;

/// <summary>Whether a warm start is let in, and what it uses of its limits.</summary>
/// <param name="Violations">All rules it breaks, in the order in which the limitations are documented; none when it is let in.</param>
/// <param name="Warnings">What is let in but may mislead the search.</param>
/// <param name="Changes">How much of the limit of changes is used.</param>
internal sealed record WarmStartVerdict(IReadOnlyList<Violation> Violations, IReadOnlyList<string> Warnings, ChangeCount Changes)
{
    public bool IsAccepted => Violations.Count == 0;
}
