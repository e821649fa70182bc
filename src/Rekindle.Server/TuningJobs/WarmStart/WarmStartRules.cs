namespace Rekindle.Server.TuningJobs.WarmStart;

/// <summary>
/// The rules of a warm start, as AWS documents them; its own sentences where they are known. All are checked against all parents.
/// Only the named parents are looked at: what they learned from parents of their own does not count.
/// </summary>
internal static partial class WarmStartRules
{
    /// <summary>Every rule, in the order in which the limitations are documented.</summary>
    public static IReadOnlyList<WarmStartRule> InOrder { get; } =
    [
        new(nameof(ParentCount), ParentCount),
        new(nameof(ParentExists), ParentExists),
        new(nameof(ParentTerminal), ParentTerminal),
        new(nameof(ParentAge), ParentAge),
        new(nameof(SingleAlgorithm), SingleAlgorithm),
        new(nameof(SameObjective), SameObjective, NeedsSingleDefinition: true),
        new(nameof(SameHyperParameterNames), SameHyperParameterNames, NeedsSingleDefinition: true),
        new(nameof(SameHyperParameterTypes), SameHyperParameterTypes, NeedsSingleDefinition: true),
        new(nameof(ChangeLimit), ChangeLimit, NeedsSingleDefinition: true),
        new(nameof(FrozenFields), FrozenFields, NeedsSingleDefinition: true),
        new(nameof(SameDataAndAlgorithm), SameDataAndAlgorithm, NeedsSingleDefinition: true),
        new(nameof(TotalTrainingJobs), TotalTrainingJobs),
        new(nameof(WarmStartStrategy), WarmStartStrategy),
    ];

    public static WarmStartVerdict Check(WarmStartRequest request)
    {
        var single = request.Child.AlgorithmCount == 1;
        // A parent with several definitions is refused for that; none of them is more than another what the child has to be like.
        var comparable = request with { Parents = [.. request.Parents.Select(parent => parent.Job?.Definition.AlgorithmCount > 1 ? parent with { Job = null } : parent)] };
        return new(
            [.. InOrder.Where(rule => single || !rule.NeedsSingleDefinition).SelectMany(rule => rule.Check(rule.NeedsSingleDefinition ? comparable : request))],
            single && request.Options.SameDataAndAlgorithm == SameDataAndAlgorithmMode.Warn
                ? [.. DataAndAlgorithmDifferences(comparable).Select(difference => difference.Message)]
                : [],
            single ? comparable.Changes : new ChangeCount([], []));
    }

    private static string ListOf(IEnumerable<string> texts) => $"[{string.Join(", ", texts)}]";
}

/// <summary>One rule of a warm start.</summary>
/// <param name="Name">Stable for programs.</param>
/// <param name="Check">What of it a request breaks; nothing when it keeps it.</param>
/// <param name="NeedsSingleDefinition">Whether it compares training definitions, and so has nothing to say of a child or a parent with several.</param>
internal sealed record WarmStartRule(string Name, Func<WarmStartRequest, IEnumerable<Violation>> Check, bool NeedsSingleDefinition = false);
