namespace Rekindle.Api.Shapes;

/// <summary>Finds jobs by any of their properties.</summary>
public sealed record SearchRequest
{
    /// <summary>What to look for. This service has training jobs and tuning jobs; of the others there are none.</summary>
    [Required, OneOf(ValueSets.SearchedResource)]
    public string? Resource { get; init; }

    /// <summary>What must hold; everything is found without one.</summary>
    public SearchExpression? SearchExpression { get; init; }

    /// <summary>The property to sort by, <c>LastModifiedTime</c> unless said.</summary>
    [Length(1, 255), Pattern(Patterns.SomeLine)]
    public string? SortBy { get; init; }

    /// <summary>Direction, descending unless said.</summary>
    [OneOf(ValueSets.SortOrder)]
    public string? SortOrder { get; init; }

    /// <summary>Where the next page begins: from the answer before.</summary>
    [Length(0, 8192), Pattern(Patterns.AnyLine)]
    public string? NextToken { get; init; }

    /// <summary>Results in a page, 1 to 100, 10 unless said.</summary>
    [Range(1, 100)]
    public int? MaxResults { get; init; }

    /// <summary>Whose resources; here there is one account.</summary>
    [OneOf("SameAccount | CrossAccount")]
    public string? CrossAccountFilterOption { get; init; }

    /// <summary>Properties a result must have to be seen, each with its value.</summary>
    [Length(1, 5)]
    public IReadOnlyList<VisibilityConditions>? VisibilityConditions { get; init; }
}

/// <summary>A page of what was found.</summary>
public sealed record SearchResponse
{
    /// <summary>The results, sorted.</summary>
    public IReadOnlyList<SearchRecord>? Results { get; init; }

    /// <summary>Where the next page begins; absent after the last.</summary>
    [Length(0, 8192), Pattern(Patterns.AnyLine)]
    public string? NextToken { get; init; }

    /// <summary>How many results there are in all.</summary>
    public TotalHits? TotalHits { get; init; }
}

/// <summary>How many results a search has.</summary>
public sealed record TotalHits
{
    /// <summary>The number.</summary>
    public long? Value { get; init; }

    /// <summary>Whether it is exact.</summary>
    [OneOf("EqualTo | GreaterThanOrEqualTo")]
    public string? Relation { get; init; }
}

/// <summary>Conditions, all or any of which must hold.</summary>
public sealed record SearchExpression
{
    /// <summary>Conditions on properties, at most 20.</summary>
    [Length(1, 20)]
    public IReadOnlyList<Filter>? Filters { get; init; }

    /// <summary>Conditions that one member of a list must meet all together, at most 20.</summary>
    [Length(1, 20)]
    public IReadOnlyList<NestedFilters>? NestedFilters { get; init; }

    /// <summary>Expressions within this one, at most 20.</summary>
    [Length(1, 20)]
    public IReadOnlyList<SearchExpression>? SubExpressions { get; init; }

    /// <summary>Whether all must hold, which is the default, or any.</summary>
    [OneOf("And | Or")]
    public string? Operator { get; init; }
}

/// <summary>A condition on one property.</summary>
public sealed record Filter
{
    /// <summary>The property, such as <c>TrainingJobStatus</c>, <c>HyperParameters.lr</c>, <c>Metrics.accuracy</c> or <c>Tags.team</c>.</summary>
    [Required, Length(1, 255), Pattern(Patterns.SomeLine)]
    public string? Name { get; init; }

    /// <summary>The comparison, <c>Equals</c> unless said.</summary>
    [OneOf("Equals | NotEquals | GreaterThan | GreaterThanOrEqualTo | LessThan | LessThanOrEqualTo | Contains | Exists | NotExists | In")]
    public string? Operator { get; init; }

    /// <summary>What to compare with; times as <c>2026-01-31T12:00:00</c>, several for <c>In</c> divided by commas.</summary>
    [Length(1, 1024), Pattern(Patterns.SomeLine)]
    public string? Value { get; init; }
}

/// <summary>Conditions that one and the same member of a list must meet.</summary>
public sealed record NestedFilters
{
    /// <summary>The list, such as <c>InputDataConfig</c>.</summary>
    [Required, Length(1, 255), Pattern(Patterns.SomeLine)]
    public string? NestedPropertyName { get; init; }

    /// <summary>The conditions; their names begin with the list's.</summary>
    [Required, Length(1, 20)]
    public IReadOnlyList<Filter>? Filters { get; init; }
}

/// <summary>A property that a result must have to be seen.</summary>
public sealed record VisibilityConditions
{
    /// <summary>The property, such as <c>Tags.team</c>.</summary>
    [Length(1, 128), Pattern(Patterns.TagText)]
    public string? Key { get; init; }

    /// <summary>Its value.</summary>
    [Length(0, 256), Pattern(Patterns.TagText)]
    public string? Value { get; init; }
}

/// <summary>Asks which properties there are to search by.</summary>
public sealed record GetSearchSuggestionsRequest
{
    /// <summary>What would be looked for.</summary>
    [Required, OneOf(ValueSets.SearchedResource)]
    public string? Resource { get; init; }

    /// <summary>What of it is wanted.</summary>
    public SuggestionQuery? SuggestionQuery { get; init; }
}

/// <summary>What suggestions are wanted.</summary>
public sealed record SuggestionQuery
{
    /// <summary>Names of properties.</summary>
    public PropertyNameQuery? PropertyNameQuery { get; init; }
}

/// <summary>Which names of properties are wanted.</summary>
public sealed record PropertyNameQuery
{
    /// <summary>Part of the name.</summary>
    [Required, Length(0, 100), Pattern(Patterns.AnyLine)]
    public string? PropertyNameHint { get; init; }
}

/// <summary>Properties to search by.</summary>
public sealed record GetSearchSuggestionsResponse
{
    /// <summary>Those that fit the hint.</summary>
    public IReadOnlyList<PropertyNameSuggestion>? PropertyNameSuggestions { get; init; }
}

/// <summary>A property to search by.</summary>
public sealed record PropertyNameSuggestion
{
    /// <summary>Its name.</summary>
    [Length(1, 255), Pattern(Patterns.SomeLine)]
    public string? PropertyName { get; init; }
}
