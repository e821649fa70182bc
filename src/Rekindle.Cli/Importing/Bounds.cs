using Rekindle.Optimization;

namespace Rekindle.Cli.Importing;

/// <summary>Bounds as people write them: <c>1e-5..1e-1</c>, with <c>:log</c>, <c>:linear</c>, <c>:reverse-log</c> or <c>:auto</c> behind.</summary>
internal sealed record Bounds(string Min, string Max, string? Scaling)
{
    private static readonly Dictionary<string, string> Scalings = new(StringComparer.OrdinalIgnoreCase)
    {
        ["auto"] = "Auto",
        ["linear"] = "Linear",
        ["log"] = "Logarithmic",
        ["logarithmic"] = "Logarithmic",
        ["reverse-log"] = "ReverseLogarithmic",
        ["reverselogarithmic"] = "ReverseLogarithmic",
    };

    public bool AreWhole => IsWhole(Min) && IsWhole(Max);

    /// <summary>Splits <c>name=said</c> at the last equals sign; without one nothing is said.</summary>
    public static (string Name, string? Said) Split(string text) => text.LastIndexOf('=') is > 0 and var at
        ? (text[..at].Trim(), text[(at + 1)..].Trim())
        : (text.Trim(), null);

    /// <exception cref="FormatException">It says no bounds.</exception>
    public static Bounds Parse(string text)
    {
        string? scaling = null;
        var numbers = text;
        if (text.LastIndexOf(':') is >= 0 and var colon)
        {
            numbers = text[..colon];
            scaling = Scalings.TryGetValue(text[(colon + 1)..].Trim(), out var known)
                ? known
                : throw new FormatException($"'{text[(colon + 1)..]}' is no scaling; there are auto, linear, log and reverse-log.");
        }

        return numbers.Split("..") is [var min, var max] && IsNumber(min.Trim()) && IsNumber(max.Trim())
            ? new Bounds(min.Trim(), max.Trim(), scaling)
            : throw new FormatException($"'{text}' are no bounds; write them as in 1e-5..1e-1 or 1e-5..1e-1:log.");
    }

    public static bool IsNumber(string text) => NumberText.TryParse(text, out _);

    public static bool IsWhole(string text) => NumberText.TryParse(text, out var value) && value == Math.Floor(value) && Math.Abs(value) <= 1L << 53
        && !text.Contains('.', StringComparison.Ordinal) && !text.Contains('e', StringComparison.OrdinalIgnoreCase);
}
