namespace Rekindle.Api.Shapes;

/// <summary>The search space, one list for each kind of hyperparameter; at most 30 in all besides the automatic ones.</summary>
public sealed record ParameterRanges
{
    /// <summary>Whole-number hyperparameters.</summary>
    [Length(0, 30)]
    public IReadOnlyList<IntegerParameterRange>? IntegerParameterRanges { get; init; }

    /// <summary>Real-valued hyperparameters.</summary>
    [Length(0, 30)]
    public IReadOnlyList<ContinuousParameterRange>? ContinuousParameterRanges { get; init; }

    /// <summary>Hyperparameters with a few values each.</summary>
    [Length(0, 30)]
    public IReadOnlyList<CategoricalParameterRange>? CategoricalParameterRanges { get; init; }

    /// <summary>Hyperparameters whose range the service chooses.</summary>
    [Length(0, 100)]
    public IReadOnlyList<AutoParameter>? AutoParameters { get; init; }
}

/// <summary>A whole-number hyperparameter between two bounds, both included.</summary>
public sealed record IntegerParameterRange
{
    /// <summary>Name of the hyperparameter.</summary>
    [Required, Length(0, 256), Pattern(Patterns.AnyLine)]
    public string? Name { get; init; }

    /// <summary>Smallest value, as text.</summary>
    [Required, Length(0, 256), Pattern(Patterns.AnyLine)]
    public string? MinValue { get; init; }

    /// <summary>Largest value, as text.</summary>
    [Required, Length(0, 256), Pattern(Patterns.AnyLine)]
    public string? MaxValue { get; init; }

    /// <summary>The scale the search works on. Auto by default.</summary>
    [OneOf(ValueSets.ScalingType)]
    public string? ScalingType { get; init; }
}

/// <summary>A real-valued hyperparameter between two bounds, both included.</summary>
public sealed record ContinuousParameterRange
{
    /// <summary>Name of the hyperparameter.</summary>
    [Required, Length(0, 256), Pattern(Patterns.AnyLine)]
    public string? Name { get; init; }

    /// <summary>Smallest value, as text.</summary>
    [Required, Length(0, 256), Pattern(Patterns.AnyLine)]
    public string? MinValue { get; init; }

    /// <summary>Largest value, as text.</summary>
    [Required, Length(0, 256), Pattern(Patterns.AnyLine)]
    public string? MaxValue { get; init; }

    /// <summary>The scale the search works on. Auto by default.</summary>
    [OneOf(ValueSets.ScalingType)]
    public string? ScalingType { get; init; }
}

/// <summary>A hyperparameter that takes one of a few texts.</summary>
public sealed record CategoricalParameterRange
{
    /// <summary>Name of the hyperparameter.</summary>
    [Required, Length(0, 256), Pattern(Patterns.AnyLine)]
    public string? Name { get; init; }

    /// <summary>The values to choose from, in the order they are given.</summary>
    [Required, Length(1, 30)]
    [Length(0, 256, On = Part.Item), Pattern(Patterns.AnyLine, On = Part.Item)]
    public IReadOnlyList<string>? Values { get; init; }
}

/// <summary>A hyperparameter whose range the service chooses around a hint.</summary>
public sealed record AutoParameter
{
    /// <summary>Name of the hyperparameter.</summary>
    [Required, Length(0, 256), Pattern(Patterns.AnyLine)]
    public string? Name { get; init; }

    /// <summary>A value known to work.</summary>
    [Required, Length(0, 256), Pattern(Patterns.AnyLine)]
    public string? ValueHint { get; init; }
}
