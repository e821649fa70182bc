using System.Globalization;

namespace Rekindle.Cli.Importing;

/// <summary>What the text of a table's cell is when it is no number.</summary>
internal static class CellText
{
    private static readonly string[] Words = ["none", "null", "na", "n/a", "-", "inf", "+inf", "-inf"];

    /// <summary>How tables write that there is no value: nothing, a word for it, or a number that is not finite.</summary>
    public static bool IsMissing(string text) => text.Length == 0 || Words.Contains(text, StringComparer.OrdinalIgnoreCase)
        || (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && !double.IsFinite(number));

    /// <summary>The one word for it that is no category either.</summary>
    public static bool IsNan(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsNaN(number);

    /// <summary>A number if its comma were a point, as spreadsheets of many languages write it.</summary>
    public static bool HasDecimalComma(string text) =>
        text.IndexOf(',', StringComparison.Ordinal) is >= 0 and var comma && comma == text.LastIndexOf(',')
        && !text.Contains('.', StringComparison.Ordinal) && Bounds.IsNumber(text.Replace(',', '.'));
}
