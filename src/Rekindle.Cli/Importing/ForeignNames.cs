using System.Globalization;
using System.Text;

namespace Rekindle.Cli.Importing;

/// <summary>Names that SageMaker's rules let in, made of names that other tools let in.</summary>
internal static class ForeignNames
{
    private const int LongestTuningJob = 32;

    /// <summary>Letters, digits and inner hyphens; <c>imported</c> when nothing is left.</summary>
    public static string TuningJob(string text)
    {
        var name = new StringBuilder();
        foreach (var character in text)
        {
            name.Append(char.IsAsciiLetterOrDigit(character) ? character : '-');
        }

        var cut = name.ToString().Trim('-');
        cut = cut[..Math.Min(cut.Length, LongestTuningJob)].TrimEnd('-');
        return cut.Length == 0 ? "imported" : cut;
    }

    public static string TrainingJob(string tuningJob, int number) => string.Create(CultureInfo.InvariantCulture, $"{tuningJob}-{number:000}");
}
