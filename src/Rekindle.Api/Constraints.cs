namespace Rekindle.Api;

/// <summary>What of a member a constraint speaks about.</summary>
public enum Part
{
    /// <summary>The member itself; for lists and maps their number of entries.</summary>
    Member,

    /// <summary>Each item of a list.</summary>
    Item,

    /// <summary>Each key of a map.</summary>
    Key,

    /// <summary>Each value of a map.</summary>
    Value,
}

/// <summary>A rule of the AWS model about one member of a wire record.</summary>
public abstract class ConstraintAttribute : Attribute
{
    /// <summary>What of the member the rule speaks about.</summary>
    public Part On { get; init; }
}

/// <summary>The member has to be there.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class RequiredAttribute : Attribute;

/// <summary>Bounds, both included, of a text's length in characters or of the number of entries of a list or map.</summary>
/// <param name="min">Least length.</param>
/// <param name="max">Greatest length.</param>
[AttributeUsage(AttributeTargets.Property, AllowMultiple = true)]
public sealed class LengthAttribute(int min, int max = int.MaxValue) : ConstraintAttribute
{
    /// <summary>Least length.</summary>
    public int Min { get; } = min;

    /// <summary>Greatest length; <see cref="int.MaxValue"/> for none.</summary>
    public int Max { get; } = max;
}

/// <summary>Bounds, both included, of a whole number.</summary>
/// <param name="min">Smallest value.</param>
/// <param name="max">Largest value.</param>
[AttributeUsage(AttributeTargets.Property, AllowMultiple = true)]
public sealed class RangeAttribute(long min, long max = long.MaxValue) : ConstraintAttribute
{
    /// <summary>Smallest value.</summary>
    public long Min { get; } = min;

    /// <summary>Largest value; <see cref="long.MaxValue"/> for none.</summary>
    public long Max { get; } = max;
}

/// <summary>A regular expression the whole text has to match.</summary>
/// <param name="text">The expression in the notation of the AWS model, which is Java's.</param>
[AttributeUsage(AttributeTargets.Property, AllowMultiple = true)]
public sealed class PatternAttribute(string text) : ConstraintAttribute
{
    /// <summary>The expression in the notation of the AWS model.</summary>
    public string Text { get; } = text;

    /// <summary>Another expression that is accepted too, where this service takes more than AWS does.</summary>
    public string? Also { get; init; }
}

/// <summary>A closed set of texts.</summary>
/// <param name="values">The texts, with <c> | </c> between them.</param>
[AttributeUsage(AttributeTargets.Property, AllowMultiple = true)]
public sealed class OneOfAttribute(string values) : ConstraintAttribute
{
    /// <summary>The texts, in the order of the AWS model.</summary>
    public IReadOnlyList<string> Values { get; } = values.Split(" | ");

    /// <summary>When given, only texts that begin so are held against the set; others are free.</summary>
    public string? OnlyWithPrefix { get; init; }
}
