namespace Rekindle.Api.Shapes;

/// <summary>Asks what a warm start was worth.</summary>
public sealed record WarmStartReportRequest
{
    /// <summary>Name of the child, which may still run.</summary>
    [Required, Length(1, 32), Pattern(Patterns.TuningJobName)]
    public string? HyperParameterTuningJobName { get; init; }
}

/// <summary>What a warm start was worth, as far as results tell.</summary>
public sealed record WarmStartReportResponse
{
    /// <summary>Name of the child.</summary>
    [Required, Length(1, 32), Pattern(Patterns.TuningJobName)]
    public string? HyperParameterTuningJobName { get; init; }

    /// <summary>How it used its parents; absent when it had none.</summary>
    [OneOf("IdenticalDataAndAlgorithm | TransferLearning")]
    public string? WarmStartType { get; init; }

    /// <summary>
    /// The judgement in one word. <c>Paid</c>: the child passed the parents' best with no more training jobs than the best parent had needed
    /// to find it. <c>PaidLate</c>: it passed it with more. <c>NotPaid</c>: it ended without. <c>NotYet</c>: it runs, and has not so far.
    /// <c>TooEarly</c>: it has fewer than five results. <c>SpaceDiffers</c>: it did not pass a best that lies outside of what it searches.
    /// <c>NotComparable</c>: it did not pass the best of parents that had other data or another algorithm. <c>NoResult</c>: it ended without
    /// a result. <c>NothingToLearn</c>: the parents have none, or are not here. <c>NoParents</c>: it is a cold start.
    /// </summary>
    [Required, OneOf("NoParents | NothingToLearn | NoResult | TooEarly | Paid | PaidLate | SpaceDiffers | NotComparable | NotYet | NotPaid")]
    public string? Verdict { get; init; }

    /// <summary>The judgement in one sentence, with the numbers behind it.</summary>
    [Required, Length(1)]
    public string? Sentence { get; init; }

    /// <summary>Training jobs the child has launched.</summary>
    [Required, Range(0)]
    public int? TrainingJobs { get; init; }

    /// <summary>Those of them with a final objective.</summary>
    [Required, Range(0)]
    public int? Results { get; init; }

    /// <summary>The child's best training job; absent until one has a final objective.</summary>
    public ReportedTrainingJob? Best { get; init; }

    /// <summary>The named parents' best training job, the earliest of equal ones; absent when none has a final objective.</summary>
    public ReportedTrainingJob? ParentsBest { get; init; }

    /// <summary>How many training jobs the child launched until, and with, the first that is better than the parents' best; absent while none is.</summary>
    [Range(1)]
    public int? TrainingJobsToPass { get; init; }

    /// <summary>How the child's training jobs were suggested, one for each way that occurs.</summary>
    [Required]
    public IReadOnlyList<OriginShare>? Origins { get; init; }

    /// <summary>The share of suggestions that came from parents, of those whose origin is known; absent when none is.</summary>
    public double? FromParents { get; init; }

    /// <summary>
    /// Spearman's rank correlation between the child's results and those of the parents' nearest points; absent with fewer than four pairs,
    /// and when all results on one side are equal.
    /// </summary>
    public double? RankCorrelation { get; init; }

    /// <summary>How many of the child's results have a parents' point near them.</summary>
    [Required, Range(0)]
    public int? NearPairs { get; init; }

    /// <summary>How far apart near points may be: the root of the mean squared difference over the coordinates of the child's unit cube.</summary>
    [Required]
    public double? NearDistance { get; init; }
}

/// <summary>A training job with its place and its value.</summary>
public sealed record ReportedTrainingJob
{
    /// <summary>Name of its tuning job.</summary>
    [Required]
    public string? TuningJobName { get; init; }

    /// <summary>Its name.</summary>
    [Required]
    public string? TrainingJobName { get; init; }

    /// <summary>Its final objective.</summary>
    [Required]
    public double? Value { get; init; }

    /// <summary>Its place in the order in which its tuning job launched, from 1.</summary>
    [Required, Range(1)]
    public int? LaunchIndex { get; init; }
}

/// <summary>How many training jobs were suggested in one way.</summary>
public sealed record OriginShare
{
    /// <summary><c>initial-design</c>, <c>model</c>, <c>parent</c>, <c>random</c> or <c>grid</c>; <c>unknown</c> where it ran elsewhere.</summary>
    [Required, OneOf("initial-design | model | parent | random | grid | unknown")]
    public string? Origin { get; init; }

    /// <summary>How many.</summary>
    [Required, Range(1)]
    public int? TrainingJobs { get; init; }

    /// <summary>Their share of all training jobs of the child.</summary>
    [Required]
    public double? Share { get; init; }
}
