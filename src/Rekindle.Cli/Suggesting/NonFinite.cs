namespace Rekindle.Cli.Suggesting;

/// <summary>
/// Python's <c>json.dumps</c> and others write NaN and infinities as bare words, which JSON does not have. They become texts, which are
/// no numbers either.
/// </summary>
internal static class NonFinite
{
    private static readonly byte[][] Words = ["NaN"u8.ToArray(), "-Infinity"u8.ToArray(), "Infinity"u8.ToArray()];

    /// <summary>The same text with the bare words in quotation marks; the same array when there are none.</summary>
    public static byte[] Quote(byte[] utf8)
    {
        if (!Words.Any(word => utf8.AsSpan().IndexOf(word) >= 0))
        {
            return utf8;
        }

        var quoted = new List<byte>(utf8.Length + 8);
        var inText = false;
        for (var i = 0; i < utf8.Length; i++)
        {
            var c = utf8[i];
            if (!inText && Words.FirstOrDefault(word => utf8.AsSpan(i).StartsWith(word)) is { } found)
            {
                quoted.Add((byte)'"');
                quoted.AddRange(found);
                quoted.Add((byte)'"');
                i += found.Length - 1;
                continue;
            }

            quoted.Add(c);
            if (inText && c == '\\' && i + 1 < utf8.Length)
            {
                quoted.Add(utf8[++i]);
            }
            else if (c == '"')
            {
                inText = !inText;
            }
        }

        return [.. quoted];
    }
}
