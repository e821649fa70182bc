using Rekindle.Api.Shapes;
using Rekindle.Server.Storage;
using Rekindle.Server.TuningJobs;
using Rekindle.Server.TuningJobs.WarmStart;

namespace Rekindle.Server.Operations;

/// <summary>The account of a warm start in the words of the wire.</summary>
internal static class WarmStartToWire
{
    public static RuleViolation Violation(Violation violation) => new()
    {
        Rule = violation.Rule,
        Path = violation.Path,
        Message = violation.Message,
    };

    public static WarmStartParentUse Parent(ParentUse use) => new()
    {
        HyperParameterTuningJobName = use.Name,
        Depth = use.Depth,
        Through = use.Through,
        TrainingJobs = use.TrainingJobs,
        Usable = use.Usable,
        Unlisted = use.Unlisted,
        Dropped = [.. use.Dropped.Select(job => new DroppedTrainingJob { TrainingJobName = job.TrainingJobName, Reason = job.Reason })],
        Outside =
        [
            .. use.Outside.Select(job => new OutlyingTrainingJob
            {
                TrainingJobName = job.TrainingJobName,
                Use = job.ParentModelOnly ? "ParentModelOnly" : "OutsideRange",
                Reason = job.Reason,
            }),
        ],
        BestValue = use.BestValue,
    };

    /// <summary>What counts as launched by the parents: for a named one everything, also what another has too.</summary>
    public static int Launched(IReadOnlyList<ParentSnapshot> parents) => parents.Sum(
        parent => parent.TrainingJobs.Count + (parent.Depth == 0 ? parent.Repeats.Count : 0) + parent.Job.Unlisted.Launched);

    public static WarmStartChanges Changes(ChangeCount? changes) => new()
    {
        Limit = ChangeCount.Limit,
        Used = changes?.Used ?? 0,
        Items =
        [
            .. (changes?.Items ?? []).Select(item => new WarmStartChange
            {
                HyperParameter = item.HyperParameter,
                From = item.From,
                To = item.To,
                Cost = item.Cost,
            }),
        ],
        Exempt = changes?.Exempt ?? [],
    };

    public static FirstSuggestion Suggestion(PlannedTrainingJob planned) => new()
    {
        HyperParameters = planned.TunedHyperParameters,
        Origin = Origin(planned.Origin),
    };

    /// <summary>How a training job was suggested.</summary>
    public static string Origin(string? stored) => stored switch
    {
        null => "unknown",
        "InitialDesign" => "initial-design",
        _ => stored.ToLowerInvariant(),
    };
}
