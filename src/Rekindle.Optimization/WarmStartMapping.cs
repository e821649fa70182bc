using Rekindle.Optimization.Bayesian;

namespace Rekindle.Optimization;

/// <summary>What becomes of one observation of a parent.</summary>
public enum ObservationUse
{
    /// <summary>It lies in the child's ranges and counts as it is.</summary>
    AsIs,

    /// <summary>It lies outside the child's ranges, but near enough to count like the others; the child never tries it itself.</summary>
    OutsideRange,

    /// <summary>It lies so far outside that only the model of its own parent holds it.</summary>
    ParentModelOnly,

    /// <summary>It has no place in the child's space.</summary>
    Dropped,
}

/// <summary>Why a value of a parent does not lie in the child's range.</summary>
public enum MappingIssue
{
    /// <summary>A number outside the range by at most half of the range's width, measured in the child's scaling.</summary>
    OutsideRange,

    /// <summary>A number further outside, which is not pooled with the child's results.</summary>
    FarOutside,

    /// <summary>A number between the integers of an integer range.</summary>
    NotWhole,

    /// <summary>A category that the child does not have; kept apart from all of the child's.</summary>
    UnknownCategory,

    /// <summary>The parent has no value of this name.</summary>
    Missing,

    /// <summary>A text where the child has numbers.</summary>
    NotANumber,

    /// <summary>A number that the child's scaling cannot show, such as 0 on a logarithmic scale.</summary>
    OffScale,

    /// <summary>A number so far outside that it says nothing about the range.</summary>
    OutOfReach,
}

/// <summary>One value that does not lie in the child's range.</summary>
/// <param name="HyperParameter">Its name.</param>
/// <param name="Value">The parent's value; null when there is none.</param>
/// <param name="Issue">What is the matter with it.</param>
public sealed record ValueIssue(string HyperParameter, string? Value, MappingIssue Issue);

/// <summary>What becomes of one observation.</summary>
/// <param name="Use">How far it counts.</param>
/// <param name="Issues">Its values outside the child's ranges, in the order of the child's parameters; empty when it counts as it is.</param>
public sealed record ObservationMapping(ObservationUse Use, IReadOnlyList<ValueIssue> Issues);

/// <summary>What becomes of one parent's observations.</summary>
/// <param name="Name">The parent's name.</param>
/// <param name="Observations">One for each observation, in its order.</param>
public sealed record ParentMapping(string Name, IReadOnlyList<ObservationMapping> Observations);

/// <summary>Accounts for every observation that parents bring: what of it the child's search can use. Pure; nothing is fitted.</summary>
public static class WarmStartMapping
{
    /// <summary>What becomes of the parents' observations in the search of <see cref="BayesianStrategy"/>.</summary>
    /// <param name="problem">The child.</param>
    /// <param name="warmStart">Its parents.</param>
    /// <returns>One for each parent, in the order of <see cref="WarmStart.Parents"/>.</returns>
    public static IReadOnlyList<ParentMapping> Of(TuningProblem problem, WarmStart warmStart)
    {
        ArgumentNullException.ThrowIfNull(problem);
        ArgumentNullException.ThrowIfNull(warmStart);
        var space = new ModelSpace(problem, warmStart.Parents);
        return
        [
            .. warmStart.Parents.Select(parent => new ParentMapping(
                parent.Name, [.. parent.Observations.Select(each => Map(space, each.Configuration, parent.StaticHyperParameters))])),
        ];
    }

    private static ObservationMapping Map(ModelSpace space, Configuration configuration, IReadOnlyDictionary<string, string> statics)
    {
        var issues = space.Issues(configuration, statics);
        var use = ObservationUse.AsIs;
        foreach (var issue in issues)
        {
            var least = UseOf(issue.Issue);
            if (least > use) use = least;
        }

        return new ObservationMapping(use, issues);
    }

    private static ObservationUse UseOf(MappingIssue issue) => issue switch
    {
        MappingIssue.Missing or MappingIssue.NotANumber or MappingIssue.OffScale or MappingIssue.OutOfReach => ObservationUse.Dropped,
        MappingIssue.FarOutside => ObservationUse.ParentModelOnly,
        _ => ObservationUse.OutsideRange,
    };
}
