using System.Reflection;
using System.Text.Json;

namespace Rekindle.Api;

/// <summary>What kind of value a member of a wire record holds.</summary>
internal enum MemberKind
{
    Text,
    WholeNumber,
    Number,
    Flag,
    Time,
    Shape,
    ListOfShapes,
    ListOfTexts,
    Map,

    /// <summary>JSON of any form.</summary>
    Document,
}

/// <summary>One member of a wire record with its rules, read from the attributes once.</summary>
internal sealed record MemberPlan(
    PropertyInfo Property,
    string Name,
    MemberKind Kind,
    Type? Inner,
    bool Required,
    IReadOnlyList<Rule> Rules,
    IReadOnlyList<Rule> ItemRules,
    IReadOnlyList<Rule> KeyRules,
    IReadOnlyList<Rule> ValueRules)
{
    /// <summary>Whether a check has anything to look at here.</summary>
    public bool NeedsCheck { get; } =
        Required || Rules.Count > 0 || Kind is MemberKind.Shape or MemberKind.ListOfShapes or MemberKind.ListOfTexts or MemberKind.Map;

    /// <summary>The member's value in <paramref name="shape"/>.</summary>
    public object? Read(object shape) => Property.GetValue(shape);
}

/// <summary>A wire record's members in the order of the AWS model.</summary>
internal sealed record ShapePlan(IReadOnlyList<MemberPlan> Members)
{
    public static ShapePlan Of(Type shape) =>
        new([.. shape.GetProperties(BindingFlags.Public | BindingFlags.Instance).Select(PlanMember)]);

    private static MemberPlan PlanMember(PropertyInfo property)
    {
        var (kind, inner) = KindOf(Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType);
        var constraints = property.GetCustomAttributes<ConstraintAttribute>().ToList();
        return new(
            property,
            InPath(property.Name),
            kind,
            inner,
            property.IsDefined(typeof(RequiredAttribute)),
            RulesOn(Part.Member),
            RulesOn(Part.Item),
            RulesOn(Part.Key),
            RulesOn(Part.Value));

        IReadOnlyList<Rule> RulesOn(Part part) => [.. constraints.Where(each => each.On == part).SelectMany(Rule.Of)];
    }

    /// <summary>A member's name as it stands in paths: AWS lowers the first letter only.</summary>
    internal static string InPath(string name) => char.ToLowerInvariant(name[0]) + name[1..];

    private static (MemberKind Kind, Type? Inner) KindOf(Type type)
    {
        if (type == typeof(string))
            return (MemberKind.Text, null);
        if (type == typeof(int) || type == typeof(long))
            return (MemberKind.WholeNumber, null);
        if (type == typeof(double))
            return (MemberKind.Number, null);
        if (type == typeof(bool))
            return (MemberKind.Flag, null);
        if (type == typeof(DateTimeOffset))
            return (MemberKind.Time, null);
        if (type == typeof(JsonElement))
            return (MemberKind.Document, null);
        if (type == typeof(IReadOnlyDictionary<string, string>))
            return (MemberKind.Map, null);
        if (!type.IsGenericType)
            return (MemberKind.Shape, type);
        var item = type.GetGenericArguments()[0];
        return item == typeof(string) ? (MemberKind.ListOfTexts, null) : (MemberKind.ListOfShapes, item);
    }
}
