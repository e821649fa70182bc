using Rekindle.Optimization;
using Rekindle.Server.Storage;
using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.TuningJobs.WarmStart;

/// <summary>What a child's search has of one parent, training job by training job.</summary>
/// <param name="Name">The parent's name.</param>
/// <param name="TrainingJobs">How many it launched, with those that an import counts and does not list.</param>
/// <param name="Dropped">Those the search can't learn from, and why.</param>
/// <param name="Outside">Usable ones that lie outside the child's ranges.</param>
/// <param name="BestValue">The best final objective of all of them; null when none has one.</param>
internal sealed record ParentUse(
    string Name, int TrainingJobs, IReadOnlyList<DroppedUse> Dropped, IReadOnlyList<OutsideUse> Outside, double? BestValue)
{
    /// <summary>0 for a named parent, else how many steps beyond one it is.</summary>
    public int Depth { get; init; }

    /// <summary>The tuning job whose parent this ancestor is.</summary>
    public string? Through { get; init; }

    /// <summary>Those of which nothing is known but that they were launched.</summary>
    public int Unlisted { get; init; }

    public int Usable => TrainingJobs - Unlisted - Dropped.Count;

    /// <param name="child">The child; null when its ranges can't be read, and nothing can be said about places in them.</param>
    /// <param name="parents">Its parents with all their training jobs.</param>
    public static IReadOnlyList<ParentUse> Of(TuningJobDefinition? child, IReadOnlyList<ParentSnapshot> parents)
    {
        if (child is null)
        {
            return [.. parents.Select(parent => Of(parent, _ => null, _ => ""))];
        }

        var mappings = WarmStartMapping.Of(child.ToProblem(), SearchProblem.ToWarmStart(child, parents));
        var byAge = SearchProblem.OldestFirst(parents).ToList();
        return
        [
            .. parents.Select(parent =>
            {
                var observations = mappings[byAge.IndexOf(parent)].Observations;
                var next = 0;
                return Of(parent, _ => observations[next++], place => MappingText.Of(child, place.Issues));
            }),
        ];
    }

    /// <summary>What the user should know of parents that give less than they seem to.</summary>
    public static IEnumerable<string> Warnings(IEnumerable<ParentUse> parents) =>
        from parent in parents
        where parent is { TrainingJobs: > 0, Usable: 0 }
        select $"The {(parent.Depth == 0 ? "parent" : "ancestor")} tuning job {parent.Name} has no training job that this tuning job can learn from.";

    private static ParentUse Of(
        ParentSnapshot parent, Func<TrainingJob, ObservationMapping?> placeOf, Func<ObservationMapping, string> textOf)
    {
        var dropped = new List<DroppedUse>();
        var outside = new List<OutsideUse>();
        double? best = null;
        foreach (var job in parent.TrainingJobs)
        {
            if (SearchProblem.ObservedValue(job) is not { } value)
            {
                dropped.Add(new DroppedUse(job.Name, WhyWithoutObjective(job, parent.Job.Definition.Objective.MetricName)));
                continue;
            }

            best = best is { } incumbent && !parent.Job.Definition.Objective.IsBetter(value, incumbent) ? incumbent : value;
            switch (placeOf(job))
            {
                case { Use: ObservationUse.Dropped } place:
                    dropped.Add(new DroppedUse(job.Name, textOf(place)));
                    break;
                case { Use: not ObservationUse.AsIs } place:
                    outside.Add(new OutsideUse(job.Name, place.Use == ObservationUse.ParentModelOnly, textOf(place)));
                    break;
            }
        }

        dropped.AddRange(parent.Repeats.Select(job => new DroppedUse(job.Name, "It is a training job of another parent too, and counts there.")));
        var unlisted = parent.Job.Unlisted.Launched;
        return new ParentUse(parent.Job.Name, parent.TrainingJobs.Count + parent.Repeats.Count + unlisted, dropped, outside, best)
        {
            Unlisted = unlisted,
            Depth = parent.Depth,
            Through = parent.Through,
        };
    }

    private static string WhyWithoutObjective(TrainingJob job, string metric) => job.Progress.Status switch
    {
        TrainingJobStatus.Failed when job.Progress.FailureReason is { Length: > 0 } reason => $"It failed: {reason}",
        TrainingJobStatus.Failed => "It failed.",
        TrainingJobStatus.Stopped => $"It was stopped before it reported {metric}.",
        TrainingJobStatus.Completed => $"It reported no value of {metric}.",
        _ => "It has not ended.",
    };
}

internal sealed record DroppedUse(string TrainingJobName, string Reason);

/// <param name="TrainingJobName">The training job.</param>
/// <param name="ParentModelOnly">Whether it is too far away to count beside the child's own results.</param>
/// <param name="Reason">Which values lie outside.</param>
internal sealed record OutsideUse(string TrainingJobName, bool ParentModelOnly, string Reason);
