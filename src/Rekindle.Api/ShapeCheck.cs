using System.Collections;
using System.Collections.Concurrent;
using System.Globalization;

namespace Rekindle.Api;

/// <summary>
/// Holds a wire record against the constraints of the AWS model and says every violation in AWS's own sentences. The real service
/// reports them all at once, and clients check next to nothing themselves.
/// </summary>
public static class ShapeCheck
{
    private static readonly ConcurrentDictionary<Type, ShapePlan> Plans = new();

    /// <summary>
    /// Every violation in <paramref name="request"/>, in the order of its members, such as <c>Value '0' at
    /// 'hyperParameterTuningJobConfig.resourceLimits.maxParallelTrainingJobs' failed to satisfy constraint: Member must have value
    /// greater than or equal to 1</c>. Empty when there is none.
    /// </summary>
    public static IReadOnlyList<string> Violations(object request)
    {
        ArgumentNullException.ThrowIfNull(request);
        List<string> found = [];
        CheckShape(request, "", found);
        return found;
    }

    /// <summary>The text of a <see cref="ErrorCode.ValidationException"/> that reports these violations.</summary>
    public static string Message(IReadOnlyList<string> violations)
    {
        ArgumentNullException.ThrowIfNull(violations);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{violations.Count} validation error{(violations.Count == 1 ? "" : "s")} detected: {string.Join("; ", violations)}");
    }

    /// <summary>One violation as AWS says it. Use it for rules of the same kind that the model cannot express.</summary>
    /// <param name="value">The offending value.</param>
    /// <param name="path">The member, in camel case with dots.</param>
    /// <param name="constraint">The sentence of the constraint.</param>
    public static string Violation(object? value, string path, string constraint) =>
        $"Value {(value is null ? "null" : $"'{ValueText.Of(value)}'")} at '{path}' failed to satisfy constraint: {constraint}";

    internal static ShapePlan PlanOf(Type shape) => Plans.GetOrAdd(shape, static type => ShapePlan.Of(type));

    private static void CheckShape(object shape, string prefix, List<string> found)
    {
        foreach (var member in PlanOf(shape.GetType()).Members)
        {
            if (!member.NeedsCheck)
                continue;
            var value = member.Read(shape);
            var path = prefix.Length == 0 ? member.Name : $"{prefix}.{member.Name}";
            if (value is null)
            {
                if (member.Required)
                    found.Add(Violation(null, path, Rule.NotNull));
                continue;
            }
            foreach (var rule in member.Rules)
            {
                if (!rule.Holds(value))
                    found.Add(Violation(value, path, rule.Sentence));
            }
            CheckInside(member, value, path, found);
        }
    }

    private static void CheckInside(MemberPlan member, object value, string path, List<string> found)
    {
        switch (member.Kind)
        {
            case MemberKind.Shape:
                CheckShape(value, path, found);
                break;
            case MemberKind.ListOfShapes:
                var number = 0;
                foreach (var item in (IEnumerable)value)
                {
                    number++;
                    var itemPath = string.Create(CultureInfo.InvariantCulture, $"{path}.{number}.member");
                    if (item is null)
                        found.Add(Violation(null, itemPath, Rule.NotNull));
                    else
                        CheckShape(item, itemPath, found);
                }
                break;
            case MemberKind.ListOfTexts:
                CheckPart("Member must satisfy constraint", member.ItemRules, (IEnumerable)value, value, path, found);
                break;
            case MemberKind.Map:
                var map = (IReadOnlyDictionary<string, string>)value;
                CheckPart("Map keys must satisfy constraint", member.KeyRules, map.Keys, value, path, found);
                CheckPart("Map value must satisfy constraint", member.ValueRules, map.Values, value, path, found);
                break;
        }
    }

    /// <summary>AWS reports a bad item, key or value once for the whole list or map and names all rules for it.</summary>
    private static void CheckPart(
        string constraint, IReadOnlyList<Rule> rules, IEnumerable parts, object whole, string path, List<string> found)
    {
        foreach (var part in parts)
        {
            if (part is null)
            {
                found.Add(Violation(whole, path, $"{constraint}: [{Rule.NotNull}]"));
                return;
            }
            foreach (var rule in rules)
            {
                if (rule.Holds(part))
                    continue;
                found.Add(Violation(whole, path, $"{constraint}: [{string.Join(", ", rules.Select(each => each.Sentence))}]"));
                return;
            }
        }
    }
}
