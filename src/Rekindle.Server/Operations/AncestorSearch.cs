using Rekindle.Server.Storage;
using Rekindle.Server.TuningJobs;
using Rekindle.Server.TuningJobs.WarmStart;

namespace Rekindle.Server.Operations;

/// <summary>Finds the ancestors that join the parents of a recursive warm start. Deleted ones do: their rows stay.</summary>
internal static class AncestorSearch
{
    /// <param name="store">Asked for nothing unless the child wants ancestors.</param>
    /// <param name="child">The child.</param>
    /// <param name="named">The parents it names.</param>
    /// <param name="options">The operator's choices.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<FoundAncestors> FindAsync(
        IStore store, TuningJobDefinition child, IReadOnlyList<TuningJob> named, WarmStartOptions options, CancellationToken cancellationToken)
    {
        if (child is { RecursiveDepth: 0 } or { WarmStart: null })
        {
            return FoundAncestors.None;
        }

        var joined = new List<JoinedAncestor>();
        var warnings = new List<string>();
        // Each is visited once, on its shortest way; a family has no cycles, and this would end in one all the same.
        var seen = named.Select(parent => parent.Id).ToHashSet();
        var generation = named.DistinctBy(parent => parent.Id).ToList();
        for (var depth = 1; depth <= child.RecursiveDepth && generation.Count > 0; depth++)
        {
            var next = new List<TuningJob>();
            foreach (var job in generation)
            {
                if (job.Parents.Count > 0 && !Ancestry.IsFollowed(child, job))
                {
                    warnings.Add(
                        $"The ancestors of {job.Name} are left out: it learned from them with TransferLearning, so their values are not of the same data.");
                    continue;
                }

                foreach (var reference in job.Parents.Where(parent => seen.Add(parent.TuningJobId)))
                {
                    if (await store.ReadTuningSnapshotAsync(reference.TuningJobId, cancellationToken) is not { } snapshot)
                    {
                        continue;
                    }

                    next.Add(snapshot.Job);
                    if (Ancestry.WhyLeftOut(child, snapshot.Job, options) is { } reason)
                    {
                        warnings.Add($"The ancestor {snapshot.Job.Name} (through {job.Name}) is left out: {reason}");
                    }
                    else
                    {
                        joined.Add(new JoinedAncestor(snapshot, depth, job.Name));
                    }
                }
            }

            generation = next;
        }

        return new FoundAncestors(joined, warnings);
    }

    /// <summary>The named parents and the ancestors that join them, as the child's search takes them.</summary>
    public static IReadOnlyList<ParentSnapshot> With(IReadOnlyList<ParentSnapshot> named, IReadOnlyList<JoinedAncestor> joined) =>
        Ancestry.WithoutRepeats(
        [
            .. named,
            .. joined.Select(each => new ParentSnapshot(each.Snapshot.Job, each.Snapshot.TrainingJobs) { Depth = each.Depth, Through = each.Through }),
        ]);
}

/// <summary>An ancestor that joins the parents.</summary>
/// <param name="Snapshot">Its rows.</param>
/// <param name="Depth">How many steps beyond a named parent it is.</param>
/// <param name="Through">The tuning job whose parent it is.</param>
internal sealed record JoinedAncestor(TuningSnapshot Snapshot, int Depth, string Through);

/// <param name="Joined">The nearest first.</param>
/// <param name="Warnings">Which are left out, and why.</param>
internal sealed record FoundAncestors(IReadOnlyList<JoinedAncestor> Joined, IReadOnlyList<string> Warnings)
{
    public static FoundAncestors None { get; } = new([], []);
}
