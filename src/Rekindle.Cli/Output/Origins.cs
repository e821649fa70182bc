using System.Globalization;
using Rekindle.Api.Shapes;

namespace Rekindle.Cli.Output;

/// <summary>How training jobs were suggested, in a word each.</summary>
internal static class Origins
{
    private const string Unknown = "unknown";

    /// <summary>A short word by the training job's name; none for those that ran elsewhere.</summary>
    public static IReadOnlyDictionary<string, string> ByTrainingJob(IReadOnlyList<SuggestedTrainingJob> suggestions)
    {
        var origins = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var suggestion in suggestions.Where(suggestion => suggestion.Origin != Unknown))
        {
            origins[suggestion.TrainingJobName!] = suggestion.Origin == "initial-design" ? "design" : suggestion.Origin!;
        }

        return origins;
    }

    /// <summary>Such as <c>initial-design 4, model 16</c>; null when it is known of none.</summary>
    public static string? Counted(IReadOnlyList<SuggestedTrainingJob> suggestions) =>
        suggestions.All(suggestion => suggestion.Origin == Unknown)
            ? null
            : string.Join(", ", suggestions.CountBy(suggestion => suggestion.Origin!)
                .Select(origin => string.Create(CultureInfo.InvariantCulture, $"{origin.Key} {origin.Value}")));
}
