using System.Text.Json.Serialization;

namespace Rekindle.Api.Shapes;

/// <summary>Asks CloudWatch Logs for its log groups.</summary>
public sealed record DescribeLogGroupsRequest
{
    /// <summary>Only groups whose names begin so.</summary>
    [JsonPropertyName("logGroupNamePrefix"), Length(1, 512), Pattern(Patterns.LogGroupName)]
    public string? LogGroupNamePrefix { get; init; }

    /// <summary>Only groups whose names hold this, in any case.</summary>
    [JsonPropertyName("logGroupNamePattern"), Length(0, 512)]
    public string? LogGroupNamePattern { get; init; }

    /// <summary>Where the next page begins.</summary>
    [JsonPropertyName("nextToken"), Length(1)]
    public string? NextToken { get; init; }

    /// <summary>Most groups on a page.</summary>
    [JsonPropertyName("limit"), Range(1, 50)]
    public int? Limit { get; init; }
}

/// <summary>Log groups.</summary>
public sealed record DescribeLogGroupsResponse
{
    /// <summary>The groups; there is one, of all training jobs.</summary>
    [JsonPropertyName("logGroups")]
    public IReadOnlyList<LogGroupSummary>? LogGroups { get; init; }
}

/// <summary>A log group.</summary>
public sealed record LogGroupSummary
{
    /// <summary>Always <c>/aws/sagemaker/TrainingJobs</c>.</summary>
    [JsonPropertyName("logGroupName")]
    public string? LogGroupName { get; init; }

    /// <summary>ARN of the group and its streams.</summary>
    [JsonPropertyName("arn")]
    public string? Arn { get; init; }

    /// <summary>ARN of the group.</summary>
    [JsonPropertyName("logGroupArn")]
    public string? LogGroupArn { get; init; }

    /// <summary>When it was created, in milliseconds since 1970; it has always been there, so 0.</summary>
    [JsonPropertyName("creationTime")]
    public long? CreationTime { get; init; }
}

/// <summary>Searches the streams of a log group.</summary>
public sealed record FilterLogEventsRequest
{
    /// <summary>Always <c>/aws/sagemaker/TrainingJobs</c>.</summary>
    [JsonPropertyName("logGroupName"), Length(1, 512), Pattern(Patterns.LogGroupName)]
    public string? LogGroupName { get; init; }

    /// <summary>The log group's name or ARN, in place of its name.</summary>
    [JsonPropertyName("logGroupIdentifier"), Length(1, 2048)]
    public string? LogGroupIdentifier { get; init; }

    /// <summary>Only these streams.</summary>
    [JsonPropertyName("logStreamNames"), Length(1, 100), Length(1, 512, On = Part.Item), Pattern(Patterns.LogStreamName, On = Part.Item)]
    public IReadOnlyList<string>? LogStreamNames { get; init; }

    /// <summary>Only streams whose names begin so.</summary>
    [JsonPropertyName("logStreamNamePrefix"), Length(1, 512), Pattern(Patterns.LogStreamName)]
    public string? LogStreamNamePrefix { get; init; }

    /// <summary>Only lines of this time or later, in milliseconds since 1970.</summary>
    [JsonPropertyName("startTime"), Range(0)]
    public long? StartTime { get; init; }

    /// <summary>Only lines of this time or earlier, in milliseconds since 1970.</summary>
    [JsonPropertyName("endTime"), Range(0)]
    public long? EndTime { get; init; }

    /// <summary>Only lines with these terms: <c>error "out of memory" -debug</c>, or one of <c>?error ?warning</c>.</summary>
    [JsonPropertyName("filterPattern"), Length(0, 1024)]
    public string? FilterPattern { get; init; }

    /// <summary>Where the next page begins.</summary>
    [JsonPropertyName("nextToken"), Length(1)]
    public string? NextToken { get; init; }

    /// <summary>Most lines in one answer, 10,000 unless given.</summary>
    [JsonPropertyName("limit"), Range(1, 10000)]
    public int? Limit { get; init; }

    /// <summary>Says nothing any more: lines of all streams come together.</summary>
    [JsonPropertyName("interleaved")]
    public bool? Interleaved { get; init; }
}

/// <summary>Lines that were found.</summary>
public sealed record FilterLogEventsResponse
{
    /// <summary>The lines in the order of their times.</summary>
    [JsonPropertyName("events")]
    public IReadOnlyList<FilteredLogEvent>? Events { get; init; }

    /// <summary>Empty: AWS fills it no more.</summary>
    [JsonPropertyName("searchedLogStreams")]
    public IReadOnlyList<string>? SearchedLogStreams { get; init; }

    /// <summary>Where to search on; absent at the end.</summary>
    [JsonPropertyName("nextToken")]
    public string? NextToken { get; init; }
}

/// <summary>A line that was found.</summary>
public sealed record FilteredLogEvent
{
    /// <summary>The stream it is in.</summary>
    [JsonPropertyName("logStreamName")]
    public string? LogStreamName { get; init; }

    /// <summary>When the server knew it first, in milliseconds since 1970.</summary>
    [JsonPropertyName("timestamp")]
    public long? Timestamp { get; init; }

    /// <summary>The line without its end.</summary>
    [JsonPropertyName("message")]
    public string? Message { get; init; }

    /// <summary>The same as the timestamp.</summary>
    [JsonPropertyName("ingestionTime")]
    public long? IngestionTime { get; init; }

    /// <summary>The same whenever the line is found again, and no other line's.</summary>
    [JsonPropertyName("eventId")]
    public string? EventId { get; init; }
}
