using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Rekindle.Server.TrainingJobs;

/// <summary>
/// Regular expressions as SageMaker's users write them, in Python's dialect: named groups <c>(?P&lt;name&gt;…)</c>, references
/// <c>(?P=name)</c>, <c>\Z</c>, <c>\_</c>, <c>{,n}</c>, possessive quantifiers, flags that only Python has. Groups are numbered as they come,
/// named or not.
/// </summary>
internal sealed class PythonRegex
{
    private static readonly SearchValues<char> FlagLetters = SearchValues.Create("aiLmsux-");

    private readonly string _pattern;
    private readonly StringBuilder _result = new();
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly Stack<int> _open = new();
    private int _groups;

    // Where in the result the last thing begins that a quantifier would repeat; -1 when there is none.
    private int _atom = -1;

    private PythonRegex(string pattern) => _pattern = pattern;

    /// <summary>An expression that needs no backtracking matches in linear time; others are cut off after <paramref name="timeout"/>.</summary>
    /// <exception cref="ArgumentException">It is invalid.</exception>
    public static Regex Compile(string pattern, TimeSpan timeout)
    {
        var translated = Translate(pattern);
        try
        {
            return new Regex(translated, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking, timeout);
        }
        catch (NotSupportedException)
        {
            return new Regex(translated, RegexOptions.CultureInvariant, timeout);
        }
    }

    /// <summary>The same expression in .NET's dialect.</summary>
    public static string Translate(string pattern) => new PythonRegex(pattern).Translate();

    private string Translate()
    {
        for (var i = 0; i < _pattern.Length;)
        {
            i = _pattern[i] switch
            {
                '\\' when i + 1 < _pattern.Length => Escape(i, inClass: false),
                '[' => Class(i),
                '(' => Group(i),
                ')' => GroupEnd(i),
                '*' or '+' or '?' or '{' => Quantifier(i),
                _ => Plain(i),
            };
        }

        return _result.ToString();
    }

    private int Plain(int at)
    {
        _atom = _result.Length;
        _result.Append(_pattern[at]);
        return at + 1;
    }

    private int Escape(int at, bool inClass)
    {
        if (!inClass) _atom = _result.Length;
        var c = _pattern[at + 1];
        // Python lets any character be escaped that is no letter or digit; in .NET the underscore is a letter.
        _result.Append(c == '_' ? "_" : c == 'Z' && !inClass ? "\\z" : $"\\{c}");
        at += 2;
        // The digits of a code or of a reference belong to it: a quantifier after them repeats the whole.
        var digits = c switch { 'x' => 2, 'u' => 4, >= '0' and <= '9' => 2, _ => 0 };
        for (; digits > 0 && at < _pattern.Length && char.IsAsciiHexDigit(_pattern[at]) && (c is 'x' or 'u' || char.IsAsciiDigit(_pattern[at])); digits--)
        {
            _result.Append(_pattern[at++]);
        }

        return at;
    }

    private int Class(int at)
    {
        _atom = _result.Length;
        _result.Append('[');
        at++;
        // A bracket that comes first is a member of the class.
        if (at < _pattern.Length && _pattern[at] == '^') _result.Append(_pattern[at++]);
        if (at < _pattern.Length && _pattern[at] == ']')
        {
            _result.Append("\\]");
            at++;
        }

        while (at < _pattern.Length && _pattern[at] != ']')
        {
            if (_pattern[at] == '\\' && at + 1 < _pattern.Length)
            {
                at = Escape(at, inClass: true);
                continue;
            }

            // In .NET's classes a bracket may begin a subtraction; in Python's it is a bracket.
            _result.Append(_pattern[at] == '[' ? "\\[" : _pattern[at].ToString());
            at++;
        }

        if (at < _pattern.Length) _result.Append(']');
        return at + 1;
    }

    private int Quantifier(int at)
    {
        string? written;
        int next;
        if (_pattern[at] == '{')
        {
            if (Repeat(at) is not var (text, end)) return Plain(at);
            (written, next) = (text, end);
        }
        else
        {
            (written, next) = (_pattern[at].ToString(), at + 1);
        }

        _result.Append(written);
        if (next < _pattern.Length && _pattern[next] == '?')
        {
            _result.Append('?');
            next++;
        }
        else if (next < _pattern.Length && _pattern[next] == '+' && _atom >= 0)
        {
            // Possessive: what was taken is not given back.
            _result.Insert(_atom, "(?>").Append(')');
            next++;
        }

        return next;
    }

    /// <summary>A counted repetition. In Python the lower bound may be missing; .NET would look for the braces themselves.</summary>
    private (string Text, int End)? Repeat(int at)
    {
        var end = _pattern.IndexOf('}', at);
        if (end < 0) return null;
        var inside = _pattern[(at + 1)..end];
        var parts = inside.Split(',');
        var isRepeat = inside.Length > 0 && parts.Length <= 2 && parts.All(part => part.All(char.IsAsciiDigit));
        return isRepeat ? (parts[0].Length == 0 ? $"{{0{inside}}}" : $"{{{inside}}}", end + 1) : null;
    }

    private int GroupEnd(int at)
    {
        _result.Append(')');
        _atom = _open.Count > 0 ? _open.Pop() : -1;
        return at + 1;
    }

    private int Group(int at)
    {
        var rest = _pattern.AsSpan(at);
        if (rest.StartsWith("(?P=") && rest.IndexOf(')') is var close and > 0 && _numbers.TryGetValue(rest[4..close].ToString(), out var number))
        {
            _atom = _result.Length;
            _result.Append(CultureInfo.InvariantCulture, $"(?:\\{number})");
            return at + close + 1;
        }

        if (Flags(rest) is { } flags) return at + flags;
        if (rest.StartsWith("(?#") && rest.IndexOf(')') is var comment and > 0) return at + comment + 1;
        if (rest.StartsWith("(?(") && rest.IndexOf(')') is var condition and > 0)
        {
            var name = rest[3..condition].ToString();
            _open.Push(_result.Length);
            _result.Append(CultureInfo.InvariantCulture, $"(?({(_numbers.TryGetValue(name, out var known) ? known.ToString(CultureInfo.InvariantCulture) : name)})");
            return at + condition + 1;
        }

        _open.Push(_result.Length);
        _atom = -1;
        var isPython = rest.StartsWith("(?P<");
        if (isPython || (rest.StartsWith("(?<") && !rest.StartsWith("(?<=") && !rest.StartsWith("(?<!")))
        {
            var start = isPython ? 4 : 3;
            var end = rest.IndexOf('>');
            if (end > start)
            {
                // .NET numbers named groups after all others; without its name the group keeps its place.
                _numbers[rest[start..end].ToString()] = ++_groups;
                _result.Append('(');
                return at + end + 1;
            }
        }

        if (!rest.StartsWith("(?"))
        {
            _groups++;
            _result.Append('(');
            return at + 1;
        }

        // What follows belongs to the group's opening and repeats nothing.
        _result.Append("(?");
        return at + 2;
    }

    /// <summary>Flags: those for ASCII, Unicode and locale are Python's alone and change nothing that a number is found by.</summary>
    private int? Flags(ReadOnlySpan<char> rest)
    {
        var length = rest.Length > 2 && rest[1] == '?' ? rest[2..].IndexOfAnyExcept(FlagLetters) : -1;
        if (length < 1 || rest[2 + length] is not (')' or ':')) return null;
        var kept = rest.Slice(2, length).ToString().Replace("a", "", StringComparison.Ordinal)
            .Replace("L", "", StringComparison.Ordinal).Replace("u", "", StringComparison.Ordinal).TrimEnd('-');
        if (rest[2 + length] == ':')
        {
            _open.Push(_result.Length);
            _result.Append(CultureInfo.InvariantCulture, $"(?{kept}:");
        }
        else if (kept.Length > 0)
        {
            _result.Append(CultureInfo.InvariantCulture, $"(?{kept})");
        }

        _atom = -1;
        return 2 + length + 1;
    }
}
