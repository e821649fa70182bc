using Rekindle.Optimization;

namespace Rekindle.Server.TuningJobs.WarmStart;

/// <summary>Says in a sentence why values of a parent do not lie in the child's ranges.</summary>
internal static class MappingText
{
    public static string Of(TuningJobDefinition child, IReadOnlyList<ValueIssue> issues)
    {
        var fatal = issues.Where(issue => IsFatal(issue.Issue)).ToList();
        // What drops an observation is the reason; whatever else lies outside does not matter any more.
        return string.Join(" ", (fatal.Count > 0 ? fatal : issues).Select(issue => Sentence(child, issue)));
    }

    private static bool IsFatal(MappingIssue issue) =>
        issue is MappingIssue.Missing or MappingIssue.NotANumber or MappingIssue.OffScale or MappingIssue.OutOfReach;

    private static string Sentence(TuningJobDefinition child, ValueIssue issue)
    {
        var (name, value) = (issue.HyperParameter, issue.Value);
        var range = child.Ranges.FirstOrDefault(range => range.Name == name);
        return issue.Issue switch
        {
            MappingIssue.Missing => $"It has no value of {name}.",
            MappingIssue.NotANumber => $"Its value '{value}' of {name} is no number, and {name} is tuned as one now.",
            MappingIssue.OffScale => $"Its value {value} of {name} has no place on the {ScaleOf(range)}scale{Range(range)}.",
            MappingIssue.OutOfReach => $"Its value {value} of {name} is too far outside the range{Range(range)} to say anything about it.",
            MappingIssue.FarOutside => $"Its value {value} of {name} is far outside the range{Range(range)}.",
            MappingIssue.NotWhole => $"Its value {value} of {name} is no whole number.",
            MappingIssue.UnknownCategory => $"Its value '{value}' of {name} is none of the values{Range(range)}.",
            _ => $"Its value {value} of {name} is outside the range{Range(range)}.",
        };
    }

    private static string ScaleOf(ParameterRange? range) => range?.Scaling switch
    {
        RangeScaling.Logarithmic => "logarithmic ",
        RangeScaling.ReverseLogarithmic => "reverse logarithmic ",
        _ => "",
    };

    private static string Range(ParameterRange? range) => range switch
    {
        // Fixed in the child: measured in a parent's range.
        null => "",
        { Kind: ParameterKind.Categorical } => $" {{{string.Join(", ", range.Values)}}}",
        _ => $" [{range.MinValue}, {range.MaxValue}]",
    };
}
