namespace Rekindle.Server.TuningJobs.WarmStart;

/// <summary>
/// The rules of a warm start, as AWS documents them; its own sentences where they are known. All are checked against all parents.
/// Only the named parents are looked at: what they learned from parents of their own does not count.
/// </summary>
internal static partial class WarmStartRules
{
    public static WarmStartVerdict Check(WarmStartRequest request)
    {
        var changes = ChangeCount.Of(request.Child, request.Found.Select(parent => parent.Definition), request.Options);
        var differences = DataAndAlgorithmDifferences(request).ToList();
        IReadOnlyList<Violation> violations =
        [
            .. ParentCount(request),
            .. ParentExists(request),
            .. ParentTerminal(request),
            .. ParentAge(request),
            .. SingleAlgorithm(request),
            .. SameObjective(request),
            .. SameHyperParameterNames(request),
            .. SameHyperParameterTypes(request),
            .. ChangeLimit(changes),
            .. FrozenFields(request),
            .. request.Options.SameDataAndAlgorithm == SameDataAndAlgorithmMode.Enforce ? differences : [],
            .. TotalTrainingJobs(request),
            .. WarmStartStrategy(request),
        ];
        IReadOnlyList<string> warnings = request.Options.SameDataAndAlgorithm == SameDataAndAlgorithmMode.Warn
            ? [.. differences.Select(difference => difference.Message)]
            : [];
        return new(violations, warnings, changes);
    }

    private static string ListOf(IEnumerable<string> texts) => $"[{string.Join(", ", texts)}]";
}
