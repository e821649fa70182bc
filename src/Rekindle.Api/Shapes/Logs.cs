using System.Text.Json.Serialization;

namespace Rekindle.Api.Shapes;

/// <summary>Asks CloudWatch Logs for lines of a log stream. This API spells its members in camel case.</summary>
public sealed record GetLogEventsRequest
{
    /// <summary>Always <c>/aws/sagemaker/TrainingJobs</c>.</summary>
    [JsonPropertyName("logGroupName"), Required, Length(1, 512), Pattern(Patterns.LogGroupName)]
    public string? LogGroupName { get; init; }

    /// <summary>The training job's name, a slash, and the host: <c>my-job/algo-1</c>, or all of the stream's name.</summary>
    [JsonPropertyName("logStreamName"), Required, Length(1, 512), Pattern(Patterns.LogStreamName)]
    public string? LogStreamName { get; init; }

    /// <summary>Where to read on: the <c>nextForwardToken</c> or the <c>nextBackwardToken</c> of an answer before.</summary>
    [JsonPropertyName("nextToken")]
    public string? NextToken { get; init; }

    /// <summary>Only lines of this time or later, in milliseconds since 1970.</summary>
    [JsonPropertyName("startTime"), Range(0)]
    public long? StartTime { get; init; }

    /// <summary>Only lines before this time, in milliseconds since 1970.</summary>
    [JsonPropertyName("endTime"), Range(0)]
    public long? EndTime { get; init; }

    /// <summary>True to begin with the oldest lines; else the newest come first. Says nothing beside a token.</summary>
    [JsonPropertyName("startFromHead")]
    public bool? StartFromHead { get; init; }

    /// <summary>Most lines in one answer, 10,000 unless given.</summary>
    [JsonPropertyName("limit"), Range(1, 10000)]
    public int? Limit { get; init; }
}

/// <summary>Lines of a log stream.</summary>
public sealed record GetLogEventsResponse
{
    /// <summary>The lines, oldest first.</summary>
    [JsonPropertyName("events")]
    public IReadOnlyList<OutputLogEvent>? Events { get; init; }

    /// <summary>Where to read on; the token that was sent when there is nothing new.</summary>
    [JsonPropertyName("nextForwardToken")]
    public string? NextForwardToken { get; init; }

    /// <summary>What came before; the token that was sent when there is nothing before.</summary>
    [JsonPropertyName("nextBackwardToken")]
    public string? NextBackwardToken { get; init; }
}

/// <summary>One line of a log.</summary>
public sealed record OutputLogEvent
{
    /// <summary>When the server knew it first, in milliseconds since 1970: logs of local programs have no times of their own.</summary>
    [JsonPropertyName("timestamp")]
    public long? Timestamp { get; init; }

    /// <summary>The line without its end.</summary>
    [JsonPropertyName("message")]
    public string? Message { get; init; }

    /// <summary>When it was taken in, in milliseconds since 1970.</summary>
    [JsonPropertyName("ingestionTime")]
    public long? IngestionTime { get; init; }
}

/// <summary>Asks CloudWatch Logs for the streams of a log group.</summary>
public sealed record DescribeLogStreamsRequest
{
    /// <summary>Always <c>/aws/sagemaker/TrainingJobs</c>.</summary>
    [JsonPropertyName("logGroupName"), Length(1, 512), Pattern(Patterns.LogGroupName)]
    public string? LogGroupName { get; init; }

    /// <summary>The log group's name or ARN, in place of its name.</summary>
    [JsonPropertyName("logGroupIdentifier"), Length(1, 2048)]
    public string? LogGroupIdentifier { get; init; }

    /// <summary>Only streams whose names begin so; <c>my-job/</c> for those of a training job.</summary>
    [JsonPropertyName("logStreamNamePrefix"), Length(1, 512), Pattern(Patterns.LogStreamName)]
    public string? LogStreamNamePrefix { get; init; }

    /// <summary>What to sort by; the name unless given.</summary>
    [JsonPropertyName("orderBy"), OneOf("LogStreamName | LastEventTime")]
    public string? OrderBy { get; init; }

    /// <summary>True for the reverse order.</summary>
    [JsonPropertyName("descending")]
    public bool? Descending { get; init; }

    /// <summary>Where the next page begins.</summary>
    [JsonPropertyName("nextToken"), Length(1)]
    public string? NextToken { get; init; }

    /// <summary>Most streams on a page, 50 unless given.</summary>
    [JsonPropertyName("limit"), Range(1, 50)]
    public int? Limit { get; init; }
}

/// <summary>One page of log streams.</summary>
public sealed record DescribeLogStreamsResponse
{
    /// <summary>The streams.</summary>
    [JsonPropertyName("logStreams")]
    public IReadOnlyList<LogStreamSummary>? LogStreams { get; init; }

    /// <summary>Where the next page begins; absent on the last page.</summary>
    [JsonPropertyName("nextToken")]
    public string? NextToken { get; init; }
}

/// <summary>The log of one host of a training job.</summary>
public sealed record LogStreamSummary
{
    /// <summary>The training job's name, a slash, the host, and the time of its creation: <c>my-job/algo-1-1700000000</c>.</summary>
    [JsonPropertyName("logStreamName")]
    public string? LogStreamName { get; init; }

    /// <summary>When the training job was created, in milliseconds since 1970.</summary>
    [JsonPropertyName("creationTime")]
    public long? CreationTime { get; init; }

    /// <summary>Time of the oldest line, in milliseconds since 1970.</summary>
    [JsonPropertyName("firstEventTimestamp")]
    public long? FirstEventTimestamp { get; init; }

    /// <summary>Time of the newest line, in milliseconds since 1970.</summary>
    [JsonPropertyName("lastEventTimestamp")]
    public long? LastEventTimestamp { get; init; }

    /// <summary>When the newest line was taken in, in milliseconds since 1970.</summary>
    [JsonPropertyName("lastIngestionTime")]
    public long? LastIngestionTime { get; init; }

    /// <summary>The stream's ARN.</summary>
    [JsonPropertyName("arn")]
    public string? Arn { get; init; }

    /// <summary>Always 0, as CloudWatch Logs has said since 2019.</summary>
    [JsonPropertyName("storedBytes")]
    public long? StoredBytes { get; init; }
}
