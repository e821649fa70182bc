using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Rekindle.Server.Executors;

/// <summary>
/// Text as Python's <c>str</c> gives it: scripts written for SageMaker's toolkit get their arguments that way (<c>True</c>, <c>1e-05</c>, <c>[1, 'a']</c>).
/// </summary>
internal static class PythonText
{
    /// <summary>What Python prints for a hyperparameter's value read as JSON; a value that is no JSON stays as it is.</summary>
    public static string OfJson(string value)
    {
        // Python's JSON reader takes these three too.
        switch (value)
        {
            case "NaN": return "nan";
            case "Infinity": return "inf";
            case "-Infinity": return "-inf";
        }

        try
        {
            using var document = JsonDocument.Parse(value);
            return document.RootElement.ValueKind switch
            {
                JsonValueKind.String => document.RootElement.GetString()!,
                JsonValueKind.Object => Pairs(document.RootElement),
                _ => Repr(document.RootElement),
            };
        }
        catch (JsonException)
        {
            return value;
        }
    }

    /// <summary>The shortest digits that give the number back; an exponent below 1e-4 and from 1e16 on.</summary>
    public static string OfNumber(double value)
    {
        if (double.IsNaN(value)) return "nan";
        if (double.IsInfinity(value)) return value > 0 ? "inf" : "-inf";
        var sign = double.IsNegative(value) ? "-" : "";
        if (value == 0) return sign + "0.0";

        // The shortest digits, without the point: 0.<digits> x 10^point.
        var parts = Math.Abs(value).ToString("E16", CultureInfo.InvariantCulture).Split('E');
        var shortest = Math.Abs(value).ToString("R", CultureInfo.InvariantCulture).Split('E')[0];
        var digits = new string([.. shortest.Where(char.IsAsciiDigit)]).Trim('0');
        var exponent = int.Parse(parts[1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        // The shortest form may round up to a power of ten where the long one doesn't: 1e23 is 9.9999999999999992e22.
        if (double.Parse(Scientific(digits, exponent), CultureInfo.InvariantCulture) != Math.Abs(value)) exponent++;
        var point = exponent + 1;
        if (exponent is < -4 or >= 16) return sign + Scientific(digits, exponent);
        if (point <= 0) return $"{sign}0.{new string('0', -point)}{digits}";
        return point >= digits.Length
            ? $"{sign}{digits.PadRight(point, '0')}.0"
            : $"{sign}{digits[..point]}.{digits[point..]}";
    }

    private static string Scientific(string digits, int exponent) => string.Create(
        CultureInfo.InvariantCulture,
        $"{digits[0]}{(digits.Length > 1 ? "." : "")}{digits[1..]}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}");

    // The toolkit passes an object as name=value pairs.
    private static string Pairs(JsonElement element) => string.Join(
        ',',
        element.EnumerateObject()
            .OrderBy(pair => pair.Name, StringComparer.Ordinal)
            .Select(pair => $"{pair.Name}={(pair.Value.ValueKind == JsonValueKind.String ? pair.Value.GetString() : Repr(pair.Value))}"));

    private static string Repr(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.True => "True",
        JsonValueKind.False => "False",
        JsonValueKind.Null => "None",
        JsonValueKind.String => Quote(element.GetString()!),
        JsonValueKind.Number => Number(element.GetRawText()),
        JsonValueKind.Array => $"[{string.Join(", ", element.EnumerateArray().Select(Repr))}]",
        _ => $"{{{string.Join(", ", element.EnumerateObject().Select(pair => $"{Quote(pair.Name)}: {Repr(pair.Value)}"))}}}",
    };

    private static string Number(string raw) => raw.AsSpan().IndexOfAny('.', 'e', 'E') < 0
        ? raw == "-0" ? "0" : raw
        : OfNumber(double.Parse(raw, CultureInfo.InvariantCulture));

    private static string Quote(string text)
    {
        var quote = text.Contains('\'', StringComparison.Ordinal) && !text.Contains('"', StringComparison.Ordinal) ? '"' : '\'';
        var quoted = new StringBuilder().Append(quote);
        foreach (var character in text)
        {
            quoted.Append(character switch
            {
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                _ when character == quote => "\\" + quote,
                _ when char.IsControl(character) => $"\\x{(int)character:x2}",
                _ => character.ToString(),
            });
        }

        return quoted.Append(quote).ToString();
    }
}
