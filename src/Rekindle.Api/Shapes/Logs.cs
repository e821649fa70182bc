using System.Text.Json.Serialization;

namespace Rekindle.Api.Shapes;

/// <summary>Asks CloudWatch Logs for lines of a log stream. This API spells its members in camel case.</summary>
public sealed record GetLogEventsRequest
{
    /// <summary>Always <c>/aws/sagemaker/TrainingJobs</c>.</summary>
    [JsonPropertyName("logGroupName"), Required, Length(1, 512), Pattern(Patterns.LogGroupName)]
    public string? LogGroupName { get; init; }

    /// <summary>The training job's name, a slash, and the host: <c>my-job/algo-1</c>.</summary>
    [JsonPropertyName("logStreamName"), Required, Length(1, 512), Pattern(Patterns.LogStreamName)]
    public string? LogStreamName { get; init; }

    /// <summary>Where to read on: the <c>nextForwardToken</c> of the answer before.</summary>
    [JsonPropertyName("nextToken")]
    public string? NextToken { get; init; }

    /// <summary>True to begin with the oldest lines, which is the only order offered.</summary>
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

    /// <summary>The beginning of the log.</summary>
    [JsonPropertyName("nextBackwardToken")]
    public string? NextBackwardToken { get; init; }
}

/// <summary>One line of a log.</summary>
public sealed record OutputLogEvent
{
    /// <summary>When it was written, in milliseconds since 1970; logs of local programs have no times of their own, so when the job began.</summary>
    [JsonPropertyName("timestamp")]
    public long? Timestamp { get; init; }

    /// <summary>The line without its end.</summary>
    [JsonPropertyName("message")]
    public string? Message { get; init; }

    /// <summary>When it was taken in, in milliseconds since 1970.</summary>
    [JsonPropertyName("ingestionTime")]
    public long? IngestionTime { get; init; }
}
