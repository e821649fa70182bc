using System.Text;

namespace Rekindle.Cli.Importing;

/// <summary>Python's json module writes NaN and Infinity, which JSON does not have; as texts they can be read.</summary>
internal static class PythonJson
{
    private static readonly string[] Words = ["NaN", "Infinity", "-Infinity"];

    public static string Quote(string text)
    {
        if (!text.Contains("NaN", StringComparison.Ordinal) && !text.Contains("Infinity", StringComparison.Ordinal))
        {
            return text;
        }

        var quoted = new StringBuilder(text.Length + 16);
        var inText = false;
        for (var at = 0; at < text.Length; at++)
        {
            if (!inText && Words.FirstOrDefault(word => text.AsSpan(at).StartsWith(word, StringComparison.Ordinal)) is { } found)
            {
                quoted.Append('"').Append(found).Append('"');
                at += found.Length - 1;
                continue;
            }

            quoted.Append(text[at]);
            if (text[at] == '\\' && inText && at + 1 < text.Length)
            {
                quoted.Append(text[++at]);
            }
            else if (text[at] == '"')
            {
                inText = !inText;
            }
        }

        return quoted.ToString();
    }
}
