using System.Collections;
using System.Globalization;
using System.Text;

namespace Rekindle.Api;

/// <summary>Values as AWS prints them in its messages: <c>[a, b]</c> for lists, <c>{k=v}</c> for maps.</summary>
internal static class ValueText
{
    /// <summary>Longer texts are cut: a message is for reading, and the caller has the value.</summary>
    private const int Longest = 1024;

    public static string Of(object value)
    {
        StringBuilder text = new();
        Append(text, value);
        if (text.Length <= Longest)
            return text.ToString();
        // Never between the halves of a surrogate pair.
        text.Length = char.IsHighSurrogate(text[Longest - 1]) ? Longest - 1 : Longest;
        return text.Append("...").ToString();
    }

    private static void Append(StringBuilder text, object? value)
    {
        if (text.Length > Longest)
            return;
        switch (value)
        {
            case null:
                text.Append("null");
                break;
            case string plain:
                text.Append(plain);
                break;
            case bool flag:
                text.Append(flag ? "true" : "false");
                break;
            case IReadOnlyDictionary<string, string> map:
                AppendMany(text, '{', map, '}', pair => { text.Append(pair.Key).Append('='); Append(text, pair.Value); });
                break;
            case IEnumerable list:
                AppendMany(text, '[', list.Cast<object?>(), ']', item => Append(text, item));
                break;
            case IFormattable number:
                text.Append(number.ToString(null, CultureInfo.InvariantCulture));
                break;
            default:
                AppendShape(text, value);
                break;
        }
    }

    private static void AppendShape(StringBuilder text, object shape)
    {
        var given = ShapeCheck.PlanOf(shape.GetType()).Members
            .Select(member => (member.Name, Value: member.Read(shape)))
            .Where(member => member.Value is not null);
        text.Append(shape.GetType().Name);
        AppendMany(text, '(', given, ')', member => { text.Append(member.Name).Append('='); Append(text, member.Value); });
    }

    private static void AppendMany<T>(StringBuilder text, char open, IEnumerable<T> parts, char close, Action<T> append)
    {
        text.Append(open);
        var first = true;
        foreach (var part in parts)
        {
            if (text.Length > Longest)
                return;
            if (!first)
                text.Append(", ");
            first = false;
            append(part);
        }
        text.Append(close);
    }
}
