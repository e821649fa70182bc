namespace Rekindle.Cli.Importing;

/// <summary>
/// Categories as people write them: <c>sgd,adam</c>. A comma inside of double quotes or brackets, or after a backslash, belongs to the
/// category: <c>[64,32],[128]</c>. Quotes stay, since SageMaker's SDK makes them a part of the value.
/// </summary>
internal static class CategoryList
{
    public static List<string> Split(string text) =>
        Cut(text, grouped: true) ?? Cut(text, grouped: false)!;

    /// <param name="text">All categories.</param>
    /// <param name="grouped">Whether quotes and brackets hold together what is in them.</param>
    /// <returns>Null when one is not closed, so that it is a character like others.</returns>
    private static List<string>? Cut(string text, bool grouped)
    {
        var (values, value, depth, quoted) = (new List<string>(), new List<char>(), 0, false);
        for (var at = 0; at < text.Length; at++)
        {
            var character = text[at];
            if (character == '\\' && at + 1 < text.Length && (text[at + 1] == ',' || quoted))
            {
                // Inside of quotes it is JSON's way to write a quote, and stays.
                if (quoted)
                {
                    value.Add(character);
                }

                value.Add(text[++at]);
                continue;
            }

            if (character == ',' && depth == 0 && !quoted)
            {
                EndValue();
                continue;
            }

            value.Add(character);
            if (grouped && character == '"')
            {
                quoted = !quoted;
            }
            else if (grouped && !quoted)
            {
                depth += character is '[' or '{' ? 1 : character is ']' or '}' ? -1 : 0;
            }

            if (depth < 0)
            {
                return null;
            }
        }

        EndValue();
        return quoted || depth > 0 ? null : values;

        void EndValue()
        {
            values.Add(new string([.. value]).Trim());
            value.Clear();
        }
    }
}
