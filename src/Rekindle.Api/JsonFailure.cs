using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Rekindle.Api;

/// <summary>
/// Says what is wrong with a body in the caller's terms: the member's path as validation errors write it, and the form it needs.
/// </summary>
internal static class JsonFailure
{
    /// <param name="failure">The serializer's exception, whose path is such as <c>$.Tags[0].Key</c>.</param>
    /// <param name="root">The record that was being read.</param>
    /// <param name="body">What was being read.</param>
    public static ApiJsonException Explain(JsonException failure, Type root, ReadOnlySpan<byte> body) =>
        failure.Message.Contains("could not be mapped to any .NET member", StringComparison.Ordinal)
            ? new(Unknown(failure, root), failure) { IsUnknownMember = true }
            : new(Describe(failure, root, body), failure);

    private static string Describe(JsonException failure, Type root, ReadOnlySpan<byte> body)
    {
        var (path, form, _) = Locate(failure.Path ?? "$", root);
        if (failure.Message.Contains("maximum configured depth", StringComparison.Ordinal))
            return string.Create(CultureInfo.InvariantCulture, $"The body is nested more than {ApiJson.MaxDepth} deep{Place(failure, body)}.");
        var duplicate = failure.Message.StartsWith("Duplicate propert", StringComparison.Ordinal);
        if (failure.Path is null || path.Length == 0)
            return duplicate ? "The body gives a member twice." : $"The body is not valid JSON{Place(failure, body)}.";
        if (duplicate)
            return $"The member '{path}' is given twice, or holds a member that is.";
        // Syntax errors carry no mention of a target type; the serializer's complaints about a value's form do.
        var badForm = failure.Message.Contains("could not be converted", StringComparison.Ordinal) || failure is WireFormException;
        return badForm ? $"The member '{path}' must be {form}." : $"The body is not valid JSON{Place(failure, body)}, near member '{path}'.";
    }

    private static string Unknown(JsonException failure, Type root)
    {
        var (path, _, siblings) = Locate(failure.Path ?? "$", root);
        var name = Steps(failure.Path ?? "$").LastOrDefault() ?? "";
        var hint = Nearest(name, siblings) is { } near ? $"; did you mean {near}?" : ".";
        var line = failure.LineNumber is { } number ? string.Create(CultureInfo.InvariantCulture, $" (line {number + 1})") : "";
        return $"There is no member '{path}'{line}{hint}";
    }

    /// <summary>Such as <c> at line 2, column 5</c>, both from 1, the column in characters; nothing when it is not known.</summary>
    private static string Place(JsonException failure, ReadOnlySpan<byte> body)
    {
        if (failure is not { LineNumber: { } line, BytePositionInLine: { } position })
            return "";
        for (var skipped = 0L; skipped < line; skipped++)
        {
            var end = body.IndexOf((byte)'\n');
            if (end < 0)
                return "";
            body = body[(end + 1)..];
        }
        var column = 1 + Encoding.UTF8.GetCharCount(body[..(int)Math.Min(position, body.Length)]);
        return string.Create(CultureInfo.InvariantCulture, $" at line {line + 1}, column {column}");
    }

    /// <summary>The name that is meant by a misspelt one; null when none is near enough.</summary>
    private static string? Nearest(string name, IReadOnlyList<string> names)
    {
        var (near, distance) = names.Select(each => (Name: each, Distance: Distance(name, each))).DefaultIfEmpty().MinBy(each => each.Distance);
        return near is not null && distance <= Math.Max(2, name.Length / 3) ? near : null;
    }

    /// <summary>Levenshtein's edit distance, in which case counts for nothing.</summary>
    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var replaced = diagonal + (char.ToUpperInvariant(a[i - 1]) == char.ToUpperInvariant(b[j - 1]) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, 1 + Math.Min(row[j], row[j - 1]));
            }
        }
        return row[^1];
    }

    /// <returns>The path as validation errors write it, the form of its member, and the names that its last step could have had.</returns>
    private static (string Path, string Form, IReadOnlyList<string> Siblings) Locate(string jsonPath, Type root)
    {
        List<string> steps = [];
        Type? shape = root;
        MemberPlan? member = null;
        var inPart = false;
        IReadOnlyList<string> siblings = [];
        foreach (var step in Steps(jsonPath))
        {
            if (member?.Kind is MemberKind.ListOfTexts)
            {
                // The serializer does not count the items of a list of texts, so the list as a whole is named.
                continue;
            }
            if (member?.Kind is MemberKind.ListOfShapes
                && int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out var index))
            {
                steps.Add((index + 1).ToString(CultureInfo.InvariantCulture));
                steps.Add("member");
                (shape, inPart) = (member.Inner, true);
                continue;
            }
            var members = shape is null ? [] : ShapeCheck.PlanOf(shape).Members;
            siblings = [.. members.Select(each => each.Property.Name)];
            // The CloudWatch Logs operations spell their members on the wire as paths do.
            var found = members.FirstOrDefault(each => each.Property.Name == step || each.Name == step);
            steps.Add(found?.Name ?? step);
            inPart = found is null;
            member = found ?? member;
            shape = found is { Kind: MemberKind.Shape } ? found.Inner : null;
        }
        return (string.Join('.', steps), member is null ? "of another form" : FormOf(member, inPart), siblings);
    }

    /// <summary>The names and indices of a JSON path: <c>$.a[0].b</c> and <c>$['a b']</c>.</summary>
    private static IEnumerable<string> Steps(string path)
    {
        var at = 1;
        while (at < path.Length)
        {
            string step;
            if (path[at..].StartsWith("['", StringComparison.Ordinal))
            {
                var end = path.IndexOf("']", at, StringComparison.Ordinal);
                end = end < 0 ? path.Length : end;
                step = path[(at + 2)..end];
                at = Math.Min(end + 2, path.Length);
            }
            else if (path[at] == '[')
            {
                var end = path.IndexOf(']', at);
                end = end < 0 ? path.Length : end;
                step = path[(at + 1)..end];
                at = Math.Min(end + 1, path.Length);
            }
            else
            {
                var end = path.IndexOfAny(['.', '['], at + 1);
                end = end < 0 ? path.Length : end;
                step = path[(at + 1)..end];
                at = end;
            }
            yield return step;
        }
    }

    private static string FormOf(MemberPlan member, bool inPart) => (member.Kind, inPart) switch
    {
        (MemberKind.Text, _) or (MemberKind.Map, true) => "a string",
        (MemberKind.WholeNumber, _) when member.Property.PropertyType == typeof(int?) => "a whole number of 32 bits",
        (MemberKind.WholeNumber, _) => "a whole number of 64 bits",
        (MemberKind.Number, _) => "a finite number",
        (MemberKind.Flag, _) => "true or false",
        (MemberKind.Time, _) => "a moment: seconds since 1970 or an ISO 8601 text",
        (MemberKind.ListOfShapes, false) => "a list",
        (MemberKind.ListOfTexts, _) => "a list of strings",
        (MemberKind.Map, false) => "an object of strings",
        _ => "an object",
    };
}
