namespace Rekindle.Api.Shapes;

/// <summary>A label on a resource.</summary>
public sealed record Tag
{
    /// <summary>Key of the tag.</summary>
    [Required, Length(1, 128), Pattern(Patterns.TagText)]
    public string? Key { get; init; }

    /// <summary>Value of the tag; may be empty.</summary>
    [Required, Length(0, 256), Pattern(Patterns.TagText)]
    public string? Value { get; init; }
}

/// <summary>Adds tags to a resource; a key that is there gets the new value.</summary>
public sealed record AddTagsRequest
{
    /// <summary>ARN of the tagged tuning job or training job.</summary>
    [Required, Length(0, 256), Pattern(Patterns.ResourceArn)]
    public string? ResourceArn { get; init; }

    /// <summary>Labels.</summary>
    [Required, Length(0, 50)]
    public IReadOnlyList<Tag>? Tags { get; init; }
}

/// <summary>The tags of the resource after the change.</summary>
public sealed record AddTagsResponse
{
    /// <summary>Labels.</summary>
    [Length(0, 50)]
    public IReadOnlyList<Tag>? Tags { get; init; }
}

/// <summary>Asks for one page of a resource's tags.</summary>
public sealed record ListTagsRequest
{
    /// <summary>ARN of the tagged tuning job or training job.</summary>
    [Required, Length(0, 256), Pattern(Patterns.ResourceArn)]
    public string? ResourceArn { get; init; }

    /// <summary>Where the next page begins; absent on the last page.</summary>
    [Length(0, 8192), Pattern(Patterns.AnyLine)]
    public string? NextToken { get; init; }

    /// <summary>Most items on the page.</summary>
    [Range(50)]
    public int? MaxResults { get; init; }
}

/// <summary>One page of tags.</summary>
public sealed record ListTagsResponse
{
    /// <summary>Labels.</summary>
    [Length(0, 50)]
    public IReadOnlyList<Tag>? Tags { get; init; }

    /// <summary>Where the next page begins; absent on the last page.</summary>
    [Length(0, 8192), Pattern(Patterns.AnyLine)]
    public string? NextToken { get; init; }
}

/// <summary>Removes tags from a resource.</summary>
public sealed record DeleteTagsRequest
{
    /// <summary>ARN of the tagged tuning job or training job.</summary>
    [Required, Length(0, 256), Pattern(Patterns.ResourceArn)]
    public string? ResourceArn { get; init; }

    /// <summary>Keys to remove.</summary>
    [Required, Length(1, 50)]
    [Length(1, 128, On = Part.Item), Pattern(Patterns.TagText, On = Part.Item)]
    public IReadOnlyList<string>? TagKeys { get; init; }
}

/// <summary>Empty answer: the tags are gone.</summary>
public sealed record DeleteTagsResponse;
