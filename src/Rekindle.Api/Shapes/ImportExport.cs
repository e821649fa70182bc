using System.Text.Json;

namespace Rekindle.Api.Shapes;

/// <summary>
/// Makes a tuning job out of one that ran elsewhere and has ended. The body is the document that <c>ExportTuningJob</c> answers with, and
/// that the answers of SageMaker's own operations make up: those of DescribeHyperParameterTuningJob, of
/// ListTrainingJobsForHyperParameterTuningJob, and of ListTags.
/// </summary>
public sealed record ImportTuningJobRequest
{
    /// <summary>The answer of DescribeHyperParameterTuningJob. Members unknown here are kept for an export.</summary>
    [Required]
    public JsonElement? TuningJob { get; init; }

    /// <summary>
    /// The tuning job's training jobs, a list of <see cref="HyperParameterTrainingJobSummary"/>; or one answer of
    /// ListTrainingJobsForHyperParameterTuningJob. In the order in which they count as launched.
    /// </summary>
    [Required]
    public JsonElement? TrainingJobs { get; init; }

    /// <summary>The tuning job's tags.</summary>
    [Length(0, 50)]
    public IReadOnlyList<Tag>? Tags { get; init; }

    /// <summary>The name to give it here instead of its own.</summary>
    [Length(1, 32), Pattern(Patterns.TuningJobName)]
    public string? HyperParameterTuningJobName { get; init; }

    /// <summary>
    /// Whether a tuning job that has not ended is taken as stopped, together with its unfinished training jobs. Without it, such a
    /// tuning job is refused.
    /// </summary>
    public bool? StopRunning { get; init; }
}

/// <summary>What became of an import.</summary>
public sealed record ImportTuningJobResponse
{
    /// <summary>Name of the tuning job here.</summary>
    [Required]
    public string? HyperParameterTuningJobName { get; init; }

    /// <summary>ARN of the tuning job here.</summary>
    [Required]
    public string? HyperParameterTuningJobArn { get; init; }

    /// <summary>How many training jobs it has.</summary>
    [Required]
    public int? TrainingJobs { get; init; }

    /// <summary>How many of them have a final objective, and so can teach a warm start something.</summary>
    [Required]
    public int? Usable { get; init; }

    /// <summary>How many of them have a value outside of the tuning job's own ranges, or none at all. They are kept.</summary>
    [Required]
    public int? OutOfRange { get; init; }

    /// <summary>What was odd about the document, in sentences.</summary>
    [Required]
    public IReadOnlyList<string>? Warnings { get; init; }
}

/// <summary>Asks for a tuning job as a document that <c>ImportTuningJob</c> takes.</summary>
public sealed record ExportTuningJobRequest
{
    /// <summary>Name of the tuning job, unique without regard to case.</summary>
    [Required, Length(1, 32), Pattern(Patterns.TuningJobName)]
    public string? HyperParameterTuningJobName { get; init; }
}

/// <summary>A tuning job with everything that an import needs; metric values in full precision, unlike in other answers.</summary>
public sealed record ExportTuningJobResponse
{
    /// <summary>The answer of DescribeHyperParameterTuningJob; of an imported tuning job the members it came with.</summary>
    [Required]
    public JsonElement? TuningJob { get; init; }

    /// <summary>Every training job that was launched, deleted ones too, in the order of their launch.</summary>
    [Required]
    public JsonElement? TrainingJobs { get; init; }

    /// <summary>The tuning job's tags; absent when it has none.</summary>
    public IReadOnlyList<Tag>? Tags { get; init; }
}
