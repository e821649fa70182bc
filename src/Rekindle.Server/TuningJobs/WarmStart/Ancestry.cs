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
    /// Takes training jobs out of parents that one named before, or a nearer one, has too: one tuning job may have been imported twice.
    /// Those with an objective and those without are matched apart, so that the answer for the ones is the same without the others.
    /// </summary>
    public static IReadOnlyList<ParentSnapshot> WithoutRepeats(IReadOnlyList<ParentSnapshot> parents)
    {
        if (parents.Count < 2)
        {
            return parents;
        }

        var seen = new HashSet<(string Arn, bool Teaches)>();
        return [.. parents.OrderBy(parent => parent.Depth).Select(parent => Split(parent, seen))];
    }

    private static (string Arn, bool Teaches) Identity(TrainingJob job) => (job.Arn, SearchProblem.ObservedValue(job) is not null);

    private static ParentSnapshot Split(ParentSnapshot parent, HashSet<(string Arn, bool Teaches)> seen)
    {
        var (own, repeats) = (new List<TrainingJob>(), new List<TrainingJob>());
        foreach (var job in parent.TrainingJobs)
        {
            (seen.Add(Identity(job)) ? own : repeats).Add(job);
        }

        return repeats.Count == 0 ? parent : parent with { TrainingJobs = own, Repeats = repeats };
    }
}
