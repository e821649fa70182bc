using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Rekindle.Cli.Commands;

/// <summary>
/// What options may say that are no free text. The parser's own complaint names a type of .NET, and not what would be right; these name
/// the option, what was given and what it must be.
/// </summary>
internal static class OptionRules
{
    /// <summary>A whole number within bounds, both of them included.</summary>
    public static void DemandWhole(this Option<int> option, int least, int most = int.MaxValue) =>
        option.CustomParser = result => (int)Whole(option, result, least, most);

    /// <summary>A whole number within bounds, both of them included.</summary>
    public static void DemandWhole(this Option<int?> option, int least, int most = int.MaxValue) =>
        option.CustomParser = result => (int)Whole(option, result, least, most);

    /// <summary>A whole number of 64 bits.</summary>
    public static void DemandWhole(this Option<long?> option) =>
        option.CustomParser = result => Whole(option, result, long.MinValue, long.MaxValue);

    /// <summary>One of a few words, in capitals or not.</summary>
    public static void DemandOneOf(this Option option, params IReadOnlyList<string> words)
    {
        option.CompletionSources.Add(_ => words.Select(word => new CompletionItem(word)));
        option.Validators.Add(result =>
        {
            foreach (var token in result.Tokens.Where(token => !words.Contains(token.Value, StringComparer.OrdinalIgnoreCase)))
            {
                result.AddError($"{option.Name} is '{token.Value}'; it must be {string.Join(", ", words.SkipLast(1))} or {words[^1]}.");
            }
        });
    }

    private static long Whole(Option option, ArgumentResult result, long least, long most)
    {
        var text = result.Tokens is [{ Value: var given }, ..] ? given : "";
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
        {
            return number;
        }

        result.AddError(string.Create(
            CultureInfo.InvariantCulture, $"{option.Name} is '{text}'; it must be a whole number from {least} to {most}."));
        return least;
    }
}
