using System.Globalization;

namespace Rekindle.Optimization;

/// <summary>
/// Numbers as training programs receive them: the shortest text that gives the same double back, laid out as Python's repr does
/// (<c>0.1</c>, <c>1e-05</c>, <c>1.0</c>, <c>1e+16</c>).
/// </summary>
public static class NumberText
{
    /// <summary>The text of a double; exponent form below 1e-4 and from 1e16 on, always with a point or an exponent.</summary>
    /// <param name="value">Any double; non-finite ones become <c>nan</c>, <c>inf</c>, <c>-inf</c>.</param>
    public static string Format(double value)
    {
        if (double.IsNaN(value)) return "nan";
        if (double.IsInfinity(value)) return value > 0 ? "inf" : "-inf";
        if (value == 0) return double.IsNegative(value) ? "-0.0" : "0.0";

        var shortest = Math.Abs(value).ToString("R", CultureInfo.InvariantCulture);
        var (digits, exponent) = Split(shortest);
        var sign = value < 0 ? "-" : "";
        if (exponent is < -4 or >= 16)
        {
            var mantissa = digits.Length == 1 ? digits : $"{digits[0]}.{digits[1..]}";
            var exponentDigits = Math.Abs(exponent).ToString("00", CultureInfo.InvariantCulture);
            return $"{sign}{mantissa}e{(exponent < 0 ? '-' : '+')}{exponentDigits}";
        }

        if (exponent < 0) return $"{sign}0.{new string('0', -exponent - 1)}{digits}";
        if (digits.Length <= exponent + 1) return $"{sign}{digits.PadRight(exponent + 1, '0')}.0";
        return $"{sign}{digits[..(exponent + 1)]}.{digits[(exponent + 1)..]}";
    }

    /// <summary>The decimal digits of an integer.</summary>
    /// <param name="value">Any 64-bit integer.</param>
    public static string Format(long value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>Reads a finite number with a decimal point and an optional exponent; no blanks, no thousands separators.</summary>
    /// <param name="text">The text, for example <c>1e-5</c>.</param>
    /// <param name="value">The number, or 0.</param>
    /// <returns>False for anything that is not a finite number.</returns>
    public static bool TryParse(string? text, out double value)
    {
        const NumberStyles Styles = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        if (double.TryParse(text, Styles, CultureInfo.InvariantCulture, out value) && double.IsFinite(value)) return true;
        value = 0;
        return false;
    }

    /// <summary>Significant digits without leading or trailing zeros, and the decimal exponent of the first one.</summary>
    private static (string Digits, int Exponent) Split(string shortest)
    {
        var e = shortest.IndexOf('E', StringComparison.Ordinal);
        var mantissa = e < 0 ? shortest : shortest[..e];
        var exponent = e < 0 ? 0 : int.Parse(shortest.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        var point = mantissa.IndexOf('.', StringComparison.Ordinal);
        var whole = point < 0 ? mantissa : mantissa[..point];
        var all = point < 0 ? mantissa : whole + mantissa[(point + 1)..];
        var leading = all.Length - all.TrimStart('0').Length;
        return (all.Trim('0'), exponent + whole.Length - 1 - leading);
    }
}
