using System.Globalization;
using Rekindle.Optimization;

namespace Rekindle.Server.TuningJobs;

/// <summary>Reads the bounds of parameter ranges, which travel as text.</summary>
internal static class RangeText
{
    /// <summary>A finite number with a point as decimal separator, exponents allowed.</summary>
    public static bool TryParseNumber(string? text, out double value) => NumberText.TryParse(text, out value);

    /// <summary>A whole number of 64 bits; <c>5.0</c> and <c>1e3</c> are whole too, since clients format integers as floats at times.</summary>
    public static bool TryParseWhole(string? text, out long value)
    {
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value))
        {
            return true;
        }

        if (NumberText.TryParse(text, out var number) && number == Math.Floor(number) && Math.Abs(number) <= 9_007_199_254_740_992)
        {
            value = (long)number;
            return true;
        }

        return false;
    }

    /// <exception cref="FormatException">The text was let in although it is not whole.</exception>
    public static long ParseWhole(string text) =>
        TryParseWhole(text, out var value) ? value : throw new FormatException($"'{text}' is not a whole number.");
}
