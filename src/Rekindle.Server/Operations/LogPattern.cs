using System.Text;
using Rekindle.Api;

namespace Rekindle.Server.Operations;

/// <summary>
/// A filter pattern of CloudWatch Logs for lines of text: a line fits that has every plain term and none behind a hyphen, or, where all
/// terms stand behind question marks, one of them. Case counts. Terms in quotes may hold blanks.
/// </summary>
internal sealed record LogPattern(IReadOnlyList<string> All, IReadOnlyList<string> Any, IReadOnlyList<string> None)
{
    /// <exception cref="ApiException">It is a pattern for JSON or columns, or a quote is not closed.</exception>
    public static LogPattern Parse(string? text)
    {
        var rest = (text ?? "").AsSpan().Trim();
        if (rest.Length > 0 && rest[0] is '{' or '[' or '%') throw Invalid("Patterns for JSON, columns and regular expressions are not offered; give terms.");
        List<string> all = [], any = [], none = [];
        while (rest.Length > 0)
        {
            var kind = rest[0] is '?' or '-' ? rest[0] : ' ';
            if (kind != ' ') rest = rest[1..];
            var term = Next(ref rest);
            if (term.Length > 0) (kind == '?' ? any : kind == '-' ? none : all).Add(term);
            rest = rest.TrimStart();
        }

        return new LogPattern(all, any, none);
    }

    public bool Fits(string line)
    {
        if (None.Any(Holds)) return false;
        // Beside other terms those with question marks say nothing, as AWS has it.
        return All.Count > 0 || None.Count > 0 || Any.Count == 0 ? All.All(Holds) : Any.Any(Holds);

        bool Holds(string term) => line.Contains(term, StringComparison.Ordinal);
    }

    private static string Next(ref ReadOnlySpan<char> rest)
    {
        if (rest.Length == 0 || rest[0] != '"')
        {
            var end = rest.IndexOfAny(' ', '\t');
            var term = end < 0 ? rest : rest[..end];
            rest = rest[term.Length..];
            return term.ToString();
        }

        var text = new StringBuilder();
        for (var at = 1; at < rest.Length; at++)
        {
            if (rest[at] == '"')
            {
                rest = rest[(at + 1)..];
                return text.ToString();
            }

            if (rest[at] == '\\' && at + 1 < rest.Length) at++;
            text.Append(rest[at]);
        }

        throw Invalid("A quote in the filter pattern is not closed.");
    }

    private static ApiException Invalid(string message) => new(ErrorCode.InvalidParameterException, $"Invalid filter pattern: {message}");
}
