using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Rekindle.Server.TrainingJobs;

/// <summary>
/// Regular expressions as SageMaker's users write them, in Python's dialect: named groups <c>(?P&lt;name&gt;…)</c>, references
/// <c>(?P=name)</c>, <c>\Z</c>. Groups are numbered as they come, named or not.
/// </summary>
internal static class PythonRegex
{
    /// <summary>An expression that needs no backtracking matches in linear time; others are cut off after <paramref name="timeout"/>.</summary>
    /// <exception cref="ArgumentException">It is invalid.</exception>
    public static Regex Compile(string pattern, TimeSpan timeout)
    {
        var translated = Translate(pattern);
        try
        {
            return new Regex(translated, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking, timeout);
        }
        catch (NotSupportedException)
        {
            return new Regex(translated, RegexOptions.CultureInvariant, timeout);
        }
    }

    /// <summary>The same expression in .NET's dialect.</summary>
    public static string Translate(string pattern)
    {
        var result = new StringBuilder();
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        var groups = 0;
        var inClass = false;
        for (var i = 0; i < pattern.Length; i++)
        {
            var c = pattern[i];
            if (c == '\\' && i + 1 < pattern.Length)
            {
                i++;
                result.Append(pattern[i] == 'Z' && !inClass ? "\\z" : $"\\{pattern[i]}");
            }
            else if (inClass)
            {
                inClass = c != ']';
                // In .NET's classes a bracket may begin a subtraction; in Python's it is a bracket.
                result.Append(c == '[' ? "\\[" : c.ToString());
            }
            else if (c == '[')
            {
                inClass = true;
                result.Append(c);
                // A bracket that comes first is a member of the class.
                if (i + 1 < pattern.Length && pattern[i + 1] == '^') result.Append(pattern[++i]);
                if (i + 1 < pattern.Length && pattern[i + 1] == ']')
                {
                    i++;
                    result.Append("\\]");
                }
            }
            else if (c == '(')
            {
                i += Group(pattern, i, result, numbers, ref groups) - 1;
            }
            else
            {
                result.Append(c);
            }
        }

        return result.ToString();
    }

    // Writes what opens a group and tells how many characters of the pattern that took.
    private static int Group(string pattern, int at, StringBuilder result, Dictionary<string, int> numbers, ref int groups)
    {
        var rest = pattern.AsSpan(at);
        if (rest.StartsWith("(?P="))
        {
            var end = rest.IndexOf(')');
            if (end > 0 && numbers.TryGetValue(rest[4..end].ToString(), out var number))
            {
                result.Append(CultureInfo.InvariantCulture, $"(?:\\{number})");
                return end + 1;
            }
        }

        var isPython = rest.StartsWith("(?P<");
        if (isPython || (rest.StartsWith("(?<") && !rest.StartsWith("(?<=") && !rest.StartsWith("(?<!")))
        {
            var start = isPython ? 4 : 3;
            var end = rest.IndexOf('>');
            if (end > start)
            {
                // .NET numbers named groups after all others; without its name the group keeps its place.
                numbers[rest[start..end].ToString()] = ++groups;
                result.Append('(');
                return end + 1;
            }
        }

        if (!rest.StartsWith("(?")) groups++;
        result.Append('(');
        return 1;
    }
}
