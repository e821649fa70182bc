using Rekindle.Api.Shapes;
using Rekindle.Server.TuningJobs.WarmStart;

namespace Rekindle.Server.Operations;

/// <summary>
/// How many parents a warm start may have is a constraint of the shape and a rule of the warm start. Left to the rule, it is reported
/// together with all others.
/// </summary>
internal static class ParentList
{
    /// <summary>So many parents may be named before the request counts as malformed: fewer are looked up.</summary>
    private const int MostNames = 50;

    private static readonly ParentHyperParameterTuningJob[] NoParent = [new()];

    /// <summary>The violations of a request's shape, but for the number of its parents.</summary>
    /// <param name="request">The request.</param>
    /// <param name="check">Checks all constraints of the shape.</param>
    public static IReadOnlyList<string> ShapeViolations(
        CreateHyperParameterTuningJobRequest request, Func<CreateHyperParameterTuningJobRequest, IReadOnlyList<string>> check)
    {
        var parents = request.WarmStartConfig?.ParentHyperParameterTuningJobs;
        return parents switch
        {
            { Count: 0 } => check(Naming(request, NoParent)),
            // As many at a time as may be named, so that the shape of each is checked.
            { Count: > WarmStartRules.MaxParents and <= MostNames } =>
                [.. parents.Chunk(WarmStartRules.MaxParents).SelectMany(part => check(Naming(request, part))).Distinct()],
            _ => check(request),
        };
    }

    private static CreateHyperParameterTuningJobRequest Naming(
        CreateHyperParameterTuningJobRequest request, IReadOnlyList<ParentHyperParameterTuningJob> parents) =>
        request with { WarmStartConfig = request.WarmStartConfig! with { ParentHyperParameterTuningJobs = parents } };
}
