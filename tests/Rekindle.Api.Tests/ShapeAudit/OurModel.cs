using System.Reflection;

namespace Rekindle.Api.Tests.ShapeAudit;

/// <summary>The facts of <see cref="VendorModel"/>, read from our records.</summary>
internal static class OurModel
{
    private const string Namespace = "Rekindle.Api.Shapes";

    /// <summary>Facts by member of one record.</summary>
    public static Dictionary<string, string[]> Facts(Type shape) => shape
        .GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .ToDictionary(member => member.Name, member => (string[])[$"type {KindOf(member.PropertyType)}", .. Rules(member)]);

    /// <summary>The records that a record's members are made of.</summary>
    public static IEnumerable<Type> Inner(Type shape) => shape
        .GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .SelectMany(member => member.PropertyType.GetGenericArguments().Append(member.PropertyType))
        .Where(type => type.Namespace == Namespace);

    /// <summary>Where we take more than AWS does: facts no vendor has.</summary>
    public static bool IsWidening(string fact) => fact.StartsWith("widely ", StringComparison.Ordinal);

    private static string KindOf(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(IReadOnlyDictionary<string, string>))
            return "map of string to string";
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>))
            return $"list of {KindOf(type.GetGenericArguments()[0])}";
        return type.Name switch
        {
            nameof(String) => "string",
            nameof(Int32) => "int",
            nameof(Int64) => "long",
            nameof(Double) => "double",
            nameof(Boolean) => "bool",
            nameof(DateTimeOffset) => "time",
            _ => type.Name,
        };
    }

    private static IEnumerable<string> Rules(PropertyInfo member)
    {
        if (member.IsDefined(typeof(RequiredAttribute)))
            yield return "required";
        foreach (var rule in member.GetCustomAttributes<ConstraintAttribute>())
        {
            var part = rule.On == Part.Member ? "" : $"{rule.On.ToString().ToLowerInvariant()} ";
            foreach (var fact in FactsOf(rule))
                yield return fact.StartsWith("widely", StringComparison.Ordinal) ? fact : part + fact;
        }
    }

    private static IEnumerable<string> FactsOf(ConstraintAttribute rule)
    {
        switch (rule)
        {
            case LengthAttribute length:
                yield return $"length at least {length.Min}";
                if (length.Max != int.MaxValue)
                    yield return $"length at most {length.Max}";
                break;
            case RangeAttribute range:
                yield return $"value at least {range.Min}";
                if (range.Max != long.MaxValue)
                    yield return $"value at most {range.Max}";
                break;
            case PatternAttribute pattern:
                yield return $"pattern {pattern.Text}";
                if (pattern.Also is { } also)
                    yield return $"widely also {also}";
                break;
            case OneOfAttribute set:
                yield return $"one of {string.Join(" | ", set.Values)}";
                if (set.OnlyWithPrefix is { } prefix)
                    yield return $"widely any without {prefix}";
                break;
        }
    }
}
