using System.Globalization;

namespace Rekindle.Cli.Output;

/// <summary>Numbers and times for people: short, in columns. Whoever needs every digit asks for JSON.</summary>
internal static class ShortText
{
    private const int LongestText = 24;

    /// <summary>A hyperparameter's value: numbers to three significant digits, whole numbers in full, other texts cut.</summary>
    public static string Hyperparameter(string value)
    {
        if (!double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) || !double.IsFinite(number))
        {
            return value.Length <= LongestText ? value : value[..(LongestText - 1)] + "…";
        }

        return number == Math.Truncate(number) && Math.Abs(number) < 1e9
            ? number.ToString("0", CultureInfo.InvariantCulture)
            : Number(number, 3);
    }

    /// <summary>A metric, to four significant digits.</summary>
    public static string Metric(double value) => Number(value, 4);

    public static string Moment(DateTimeOffset? moment) =>
        moment?.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) ?? "";

    /// <summary>Such as <c>850 ms</c>, <c>4.2 s</c>, <c>3 min 05 s</c>, <c>2 h 07 min</c>.</summary>
    public static string Duration(TimeSpan duration) => duration switch
    {
        { TotalSeconds: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{duration.TotalMilliseconds:0} ms"),
        { TotalSeconds: < 60 } => string.Create(CultureInfo.InvariantCulture, $"{Math.Truncate(duration.TotalSeconds * 10) / 10:0.#} s"),
        { TotalHours: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{duration.Minutes} min {duration.Seconds:00} s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{Math.Truncate(duration.TotalHours):0} h {duration.Minutes:00} min"),
    };

    private static string Number(double value, int digits)
    {
        var size = Math.Abs(value);
        if (size != 0 && size is < 1e-4 or >= 1e6)
        {
            return value.ToString("0." + new string('#', digits - 1) + "e-0", CultureInfo.InvariantCulture);
        }

        var decimals = size == 0 ? 0 : Math.Max(0, digits - 1 - (int)Math.Floor(Math.Log10(size)));
        return Math.Round(value, Math.Min(decimals, 15)).ToString("0." + new string('#', decimals), CultureInfo.InvariantCulture);
    }
}
