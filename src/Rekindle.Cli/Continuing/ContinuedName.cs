using System.Globalization;
using System.Text.RegularExpressions;

namespace Rekindle.Cli.Continuing;

/// <summary>Names for the continuations of a tuning job: <c>job</c>, <c>job-c2</c>, <c>job-c3</c>.</summary>
internal static partial class ContinuedName
{
    private const int Longest = 32;

    /// <summary>Names to try, in their order; the first is the next after the tuning job's own.</summary>
    public static IEnumerable<string> After(string name)
    {
        var match = Numbered().Match(name);
        var stem = match.Success ? match.Groups["stem"].Value : name;
        var last = match.Success ? int.Parse(match.Groups["number"].Value, CultureInfo.InvariantCulture) : 1;
        for (var number = last + 1; number < int.MaxValue; number++)
        {
            var suffix = string.Create(CultureInfo.InvariantCulture, $"-c{number}");
            var room = Longest - suffix.Length;
            yield return (stem.Length <= room ? stem : stem[..room].TrimEnd('-')) + suffix;
        }
    }

    [GeneratedRegex(@"^(?<stem>.+)-c(?<number>[1-9][0-9]{0,5})\z")]
    private static partial Regex Numbered();
}
