using Rekindle.Server.Storage;
using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.TuningJobs.WarmStart;

/// <summary>
/// The recursive warm start: parents' parents may join as parents of the model. They stand under no rule of AWS's, since it knows no such
/// thing; those that would not fit are left out.
/// </summary>
internal static class Ancestry
{
    public const int DeepestDepth = 10;

    private static readonly string[] Demanded = ["SingleAlgorithm", "SameObjective", "SameHyperParameterNames", "SameHyperParameterTypes"];

    private static readonly IReadOnlyList<WarmStartRule> Rules = [.. WarmStartRules.InOrder.Where(rule => Demanded.Contains(rule.Name))];

    /// <summary>Why an ancestor can't be a parent of the child's model; null when it can.</summary>
    public static string? WhyLeftOut(TuningJobDefinition child, TuningJob ancestor, WarmStartOptions options)
    {
        var request = new WarmStartRequest("", child, [new NamedParent(ancestor.Name, ancestor, 0)], options);
        return Rules.SelectMany(rule => rule.Check(request)).FirstOrDefault()?.Message;
    }

    /// <summary>
    /// Whether what a tuning job learned from counts for a child of its: a child of identical data takes its parents' values for its own, and
    /// what was transferred was of other data.
    /// </summary>
    public static bool IsFollowed(TuningJobDefinition child, TuningJob job) =>
        child.WarmStart != WarmStartKind.IdenticalDataAndAlgorithm || job.Definition.WarmStart == WarmStartKind.IdenticalDataAndAlgorithm;

    /// <summary>
    /// Takes training jobs out of ancestors that a nearer one, or a named parent, has too: one tuning job may have been imported twice.
    /// Without ancestors nothing changes.
    /// </summary>
    public static IReadOnlyList<ParentSnapshot> WithoutRepeats(IReadOnlyList<ParentSnapshot> parents)
    {
        if (parents.All(parent => parent.Depth == 0))
        {
            return parents;
        }

        var seen = parents.Where(parent => parent.Depth == 0).SelectMany(parent => parent.TrainingJobs).Select(job => job.Arn).ToHashSet(StringComparer.Ordinal);
        return [.. parents.Select(parent => parent.Depth == 0 ? parent : Split(parent, seen))];
    }

    private static ParentSnapshot Split(ParentSnapshot ancestor, HashSet<string> seen)
    {
        var (own, repeats) = (new List<TrainingJob>(), new List<TrainingJob>());
        foreach (var job in ancestor.TrainingJobs)
        {
            (seen.Add(job.Arn) ? own : repeats).Add(job);
        }

        return ancestor with { TrainingJobs = own, Repeats = repeats };
    }
}
