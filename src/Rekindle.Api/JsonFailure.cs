using System.Globalization;
using System.Text.Json;

namespace Rekindle.Api;

/// <summary>
/// Says what is wrong with a body in the caller's terms: the member's path as validation errors write it, and the form it needs.
/// </summary>
internal static class JsonFailure
{
    /// <param name="failure">The serializer's exception, whose path is such as <c>$.Tags[0].Key</c>.</param>
    /// <param name="root">The record that was being read.</param>
    public static string Describe(JsonException failure, Type root)
    {
        var (path, form) = Locate(failure.Path ?? "$", root);
        var duplicate = failure.Message.StartsWith("Duplicate propert", StringComparison.Ordinal);
        if (failure.Path is null || path.Length == 0)
            return duplicate ? "The body gives a member twice." : "The body is not valid JSON.";
        if (duplicate)
            return $"The member '{path}' is given twice, or holds a member that is.";
        // Syntax errors carry no mention of a target type; the serializer's complaints about a value's form do.
        var badForm = failure.Message.Contains("could not be converted", StringComparison.Ordinal) || failure is WireFormException;
        return badForm ? $"The member '{path}' must be {form}." : $"The body is not valid JSON near member '{path}'.";
    }

    private static (string Path, string Form) Locate(string jsonPath, Type root)
    {
        List<string> steps = [];
        Type? shape = root;
        MemberPlan? member = null;
        var inPart = false;
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
            // The CloudWatch Logs operations spell their members on the wire as paths do.
            var found = shape is null
                ? null
                : ShapeCheck.PlanOf(shape).Members.FirstOrDefault(each => each.Property.Name == step || each.Name == step);
            steps.Add(found?.Name ?? step);
            inPart = found is null;
            member = found ?? member;
            shape = found is { Kind: MemberKind.Shape } ? found.Inner : null;
        }
        return (string.Join('.', steps), member is null ? "of another form" : FormOf(member, inPart));
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
