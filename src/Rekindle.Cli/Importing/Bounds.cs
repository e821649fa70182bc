using Rekindle.Optimization;

namespace Rekindle.Cli.Importing;

/// <summary>
/// Bounds as people write them: <c>1e-5..1e-1</c>, with <c>:log</c>, <c>:linear</c>, <c>:reverse-log</c> or <c>:auto</c> behind, and
/// <c>:int</c> for whole numbers.
/// </summary>
internal sealed record Bounds(string Min, string Max, string? Scaling, bool SaysInteger)
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

    /// <exception cref="FormatException">It says no bounds.</exception>
    public static Bounds Parse(string text)
    {
        string? scaling = null;
        var integer = false;
        var parts = text.Split(':');
        foreach (var word in parts.Skip(1).Select(part => part.Trim()))
        {
            if (word.Equals("int", StringComparison.OrdinalIgnoreCase))
            {
                integer = true;
            }
            else
            {
                scaling = Scalings.TryGetValue(word, out var known) && scaling is null
                    ? known
                    : throw new FormatException($"'{word}' is no scaling; there is one of auto, linear, log and reverse-log, and int for whole numbers.");
            }
        }

        if (parts[0].Split("..") is not [var min, var max] || !IsNumber(min.Trim()) || !IsNumber(max.Trim()))
        {
            throw new FormatException($"'{text}' are no bounds; write them as in 1e-5..1e-1, 1e-5..1e-1:log or 1..8:int.");
        }

        var bounds = new Bounds(min.Trim(), max.Trim(), scaling, integer);
        return !integer || bounds.AreWhole
            ? bounds
            : throw new FormatException($"'{text}': the bounds of whole numbers are whole, as in 1..8:int.");
    }

    public static bool IsNumber(string text) => NumberText.TryParse(text, out _);

    public static bool IsWhole(string text) => NumberText.TryParse(text, out var value) && value == Math.Floor(value) && Math.Abs(value) <= 1L << 53
        && !text.Contains('.', StringComparison.Ordinal) && !text.Contains('e', StringComparison.OrdinalIgnoreCase);
}
