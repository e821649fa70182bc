namespace Rekindle.Api.Shapes;

/// <summary>Asks CloudWatch for statistics of one metric.</summary>
public sealed record GetMetricStatisticsRequest
{
    /// <summary><c>/aws/sagemaker/TrainingJobs</c>; no other has metrics here.</summary>
    [Required, Length(1, 255), Pattern(Patterns.MetricNamespace)]
    public string? Namespace { get; init; }

    /// <summary>The metric's name, as in the training job's metric definitions.</summary>
    [Required, Length(1, 255)]
    public string? MetricName { get; init; }

    /// <summary>Whose metric it is: all of its dimensions, which here is <c>TrainingJobName</c> alone.</summary>
    [Length(0, 30)]
    public IReadOnlyList<MetricDimension>? Dimensions { get; init; }

    /// <summary>The first moment, rounded down to a whole period.</summary>
    [Required]
    public DateTimeOffset? StartTime { get; init; }

    /// <summary>The end, which is not included.</summary>
    [Required]
    public DateTimeOffset? EndTime { get; init; }

    /// <summary>Seconds that one datapoint stands for: 1, 5, 10, 20, 30 or a multiple of 60.</summary>
    [Required, Range(1)]
    public int? Period { get; init; }

    /// <summary>What to tell of each period.</summary>
    [Length(1, 5), OneOf("SampleCount | Average | Sum | Minimum | Maximum", On = Part.Item)]
    public IReadOnlyList<string>? Statistics { get; init; }

    /// <summary>Percentiles, which are not offered.</summary>
    [Length(1, 10)]
    public IReadOnlyList<string>? ExtendedStatistics { get; init; }

    /// <summary>Only values of this unit; those of training jobs have <c>None</c>.</summary>
    [OneOf("Seconds | Microseconds | Milliseconds | Bytes | Kilobytes | Megabytes | Gigabytes | Terabytes | Bits | Kilobits | Megabits | Gigabits"
        + " | Terabits | Percent | Count | Bytes/Second | Kilobytes/Second | Megabytes/Second | Gigabytes/Second | Terabytes/Second | Bits/Second"
        + " | Kilobits/Second | Megabits/Second | Gigabits/Second | Terabits/Second | Count/Second | None")]
    public string? Unit { get; init; }
}

/// <summary>Statistics of one metric.</summary>
public sealed record GetMetricStatisticsResponse
{
    /// <summary>The metric's name.</summary>
    public string? Label { get; init; }

    /// <summary>One for each period that has values, oldest first.</summary>
    public IReadOnlyList<MetricDatapoint>? Datapoints { get; init; }
}

/// <summary>What a metric was in one period; only the statistics that were asked for.</summary>
public sealed record MetricDatapoint
{
    /// <summary>When the period began.</summary>
    public DateTimeOffset? Timestamp { get; init; }

    /// <summary>How many values there are.</summary>
    public double? SampleCount { get; init; }

    /// <summary>Their mean.</summary>
    public double? Average { get; init; }

    /// <summary>Their sum.</summary>
    public double? Sum { get; init; }

    /// <summary>The least of them.</summary>
    public double? Minimum { get; init; }

    /// <summary>The greatest of them.</summary>
    public double? Maximum { get; init; }

    /// <summary>Always <c>None</c>.</summary>
    public string? Unit { get; init; }
}

/// <summary>A part of what a metric is known by.</summary>
public sealed record MetricDimension
{
    /// <summary>Such as <c>TrainingJobName</c>.</summary>
    [Required, Length(1, 255)]
    public string? Name { get; init; }

    /// <summary>Such as the training job's name.</summary>
    [Required, Length(1, 1024)]
    public string? Value { get; init; }
}

/// <summary>Asks CloudWatch which metrics there are.</summary>
public sealed record ListMetricsRequest
{
    /// <summary>Only metrics of this namespace.</summary>
    [Length(1, 255), Pattern(Patterns.MetricNamespace)]
    public string? Namespace { get; init; }

    /// <summary>Only metrics of this name.</summary>
    [Length(1, 255)]
    public string? MetricName { get; init; }

    /// <summary>Only metrics that have all of these dimensions.</summary>
    [Length(0, 10)]
    public IReadOnlyList<DimensionFilter>? Dimensions { get; init; }

    /// <summary>Where the next page begins.</summary>
    public string? NextToken { get; init; }

    /// <summary>Only metrics that had a value in the last three hours.</summary>
    [OneOf("PT3H")]
    public string? RecentlyActive { get; init; }

    /// <summary>Says nothing here: there are no other accounts.</summary>
    public bool? IncludeLinkedAccounts { get; init; }

    /// <summary>Only metrics of this account.</summary>
    [Length(1, 255)]
    public string? OwningAccount { get; init; }
}

/// <summary>A dimension that a metric must have.</summary>
public sealed record DimensionFilter
{
    /// <summary>Such as <c>TrainingJobName</c>.</summary>
    [Required, Length(1, 255)]
    public string? Name { get; init; }

    /// <summary>Its value; any unless given.</summary>
    [Length(1, 1024)]
    public string? Value { get; init; }
}

/// <summary>One page of metrics.</summary>
public sealed record ListMetricsResponse
{
    /// <summary>The metrics; a page may be empty and another one follow.</summary>
    public IReadOnlyList<ListedMetric>? Metrics { get; init; }

    /// <summary>Where the next page begins; absent on the last page.</summary>
    public string? NextToken { get; init; }
}

/// <summary>A metric of a training job.</summary>
public sealed record ListedMetric
{
    /// <summary>Always <c>/aws/sagemaker/TrainingJobs</c>.</summary>
    public string? Namespace { get; init; }

    /// <summary>Its name.</summary>
    public string? MetricName { get; init; }

    /// <summary>Whose it is.</summary>
    public IReadOnlyList<MetricDimension>? Dimensions { get; init; }
}
