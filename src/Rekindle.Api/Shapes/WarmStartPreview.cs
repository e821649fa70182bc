namespace Rekindle.Api.Shapes;

/// <summary>What a tuning job would be created as, and whether it would. The request is that of CreateHyperParameterTuningJob.</summary>
public sealed record PreviewWarmStartResponse
{
    /// <summary>Whether CreateHyperParameterTuningJob would accept the request.</summary>
    [Required]
    public bool? Accepted { get; init; }

    /// <summary>Every rule the request breaks, in the order in which the rules are documented.</summary>
    [Required]
    public IReadOnlyList<RuleViolation>? Violations { get; init; }

    /// <summary>What is accepted but may mislead the search, in sentences.</summary>
    [Required]
    public IReadOnlyList<string>? Warnings { get; init; }

    /// <summary>The parents that exist, each once, in the order of the request; behind them the ancestors that join them, the nearest first.</summary>
    [Required]
    public IReadOnlyList<WarmStartParentUse>? Parents { get; init; }

    /// <summary>What counts towards the limit of changes.</summary>
    [Required]
    public WarmStartChanges? Changes { get; init; }

    /// <summary>What counts towards the limit of training jobs.</summary>
    [Required]
    public WarmStartTrainingJobs? TrainingJobs { get; init; }

    /// <summary>What the tuning job would try first, before any result comes in. Empty for a request that is refused.</summary>
    [Required]
    public IReadOnlyList<FirstSuggestion>? FirstSuggestions { get; init; }

    /// <summary>
    /// Whether the request leaves the seed to the service. Then another seed is drawn at creation, and the first suggestions are only
    /// such as may be expected.
    /// </summary>
    [Required]
    public bool? SeedIsDrawn { get; init; }
}

/// <summary>One rule that a request breaks.</summary>
public sealed record RuleViolation
{
    /// <summary>Name of the rule, stable for programs, such as <c>ChangeLimit</c>.</summary>
    [Required, Length(1)]
    public string? Rule { get; init; }

    /// <summary>Where in the request, as AWS writes it.</summary>
    [Required, Length(0)]
    public string? Path { get; init; }

    /// <summary>A sentence with the names, values and counts in question.</summary>
    [Required, Length(1)]
    public string? Message { get; init; }
}

/// <summary>What a warm start has of one parent.</summary>
public sealed record WarmStartParentUse
{
    /// <summary>Name of the parent.</summary>
    [Required, Length(1, 32), Pattern(Patterns.TuningJobName)]
    public string? HyperParameterTuningJobName { get; init; }

    /// <summary>0 for a named parent. More for an ancestor that joined in a recursive warm start: how many steps beyond a named parent it is.</summary>
    [Required, Range(0)]
    public int? Depth { get; init; }

    /// <summary>The tuning job whose parent an ancestor is; absent for a named parent.</summary>
    [Length(1, 32), Pattern(Patterns.TuningJobName)]
    public string? Through { get; init; }

    /// <summary>
    /// Training jobs it launched, however they ended: the sum of <c>Usable</c>, <c>Unlisted</c> and the number of those in <c>Dropped</c>.
    /// </summary>
    [Required, Range(0)]
    public int? TrainingJobs { get; init; }

    /// <summary>Those the search can learn from.</summary>
    [Required, Range(0)]
    public int? Usable { get; init; }

    /// <summary>Those that the document of an imported tuning job counts and does not list.</summary>
    [Required, Range(0)]
    public int? Unlisted { get; init; }

    /// <summary>Those it can't learn from, and why.</summary>
    [Required]
    public IReadOnlyList<DroppedTrainingJob>? Dropped { get; init; }

    /// <summary>Usable ones that lie outside the child's ranges.</summary>
    [Required]
    public IReadOnlyList<OutlyingTrainingJob>? Outside { get; init; }

    /// <summary>The best final objective of all its training jobs; absent when none has one.</summary>
    public double? BestValue { get; init; }
}

/// <summary>A parent's training job that a warm start can't learn from.</summary>
public sealed record DroppedTrainingJob
{
    /// <summary>Name of the training job.</summary>
    [Required, Length(1, 63)]
    public string? TrainingJobName { get; init; }

    /// <summary>Why, in a sentence.</summary>
    [Required, Length(1)]
    public string? Reason { get; init; }
}

/// <summary>A parent's training job that is used although it lies outside the child's ranges.</summary>
public sealed record OutlyingTrainingJob
{
    /// <summary>Name of the training job.</summary>
    [Required, Length(1, 63)]
    public string? TrainingJobName { get; init; }

    /// <summary>
    /// <c>OutsideRange</c>: near enough to count like the child's own results. <c>ParentModelOnly</c>: so far outside that only the model
    /// of its parent holds it.
    /// </summary>
    [Required, OneOf("OutsideRange | ParentModelOnly")]
    public string? Use { get; init; }

    /// <summary>Which values lie outside, in a sentence.</summary>
    [Required, Length(1)]
    public string? Reason { get; init; }
}

/// <summary>How much of the limit of changes a warm start uses.</summary>
public sealed record WarmStartChanges
{
    /// <summary>The most that is allowed.</summary>
    [Required, Range(0)]
    public int? Limit { get; init; }

    /// <summary>The sum of the items' costs.</summary>
    [Required, Range(0)]
    public int? Used { get; init; }

    /// <summary>One for each hyperparameter that counts.</summary>
    [Required]
    public IReadOnlyList<WarmStartChange>? Items { get; init; }

    /// <summary>Hyperparameters that would count if they were not the platform's.</summary>
    [Required]
    public IReadOnlyList<string>? Exempt { get; init; }
}

/// <summary>A hyperparameter that is static in the child and was tunable, or had another value, in some parent.</summary>
public sealed record WarmStartChange
{
    /// <summary>Its name.</summary>
    [Required, Length(0, 256)]
    public string? HyperParameter { get; init; }

    /// <summary>What it was in the parents: values, <c>{red, blue}</c> for a categorical range, <c>[0.1, 0.5]</c> for a numeric one.</summary>
    [Required]
    public string? From { get; init; }

    /// <summary>Its value in the child.</summary>
    [Required]
    public string? To { get; init; }

    /// <summary>What it counts: 1 for a numeric range, else the number of different values over the parents and the child.</summary>
    [Required, Range(1)]
    public int? Cost { get; init; }
}

/// <summary>How much of the limit of training jobs a warm start uses.</summary>
public sealed record WarmStartTrainingJobs
{
    /// <summary>The most that is allowed, parents and child together.</summary>
    [Required, Range(1)]
    public int? Limit { get; init; }

    /// <summary>What the parents launched, however it ended, and their ancestors if these joined; the ancestors' only once where several have the same.</summary>
    [Required, Range(0)]
    public int? Parents { get; init; }

    /// <summary>What the child may launch.</summary>
    [Required, Range(1)]
    public int? Child { get; init; }
}

/// <summary>A configuration a tuning job would try.</summary>
public sealed record FirstSuggestion
{
    /// <summary>Values of the tunable hyperparameters.</summary>
    [Required]
    public IReadOnlyDictionary<string, string>? HyperParameters { get; init; }

    /// <summary>How it was chosen: <c>initial-design</c>, <c>model</c>, <c>parent</c>, <c>random</c> or <c>grid</c>.</summary>
    [Required, OneOf("initial-design | model | parent | random | grid")]
    public string? Origin { get; init; }
}

/// <summary>Asks what a tuning job has of its parents.</summary>
public sealed record DescribeWarmStartRequest
{
    /// <summary>Name of the tuning job, unique without regard to case.</summary>
    [Required, Length(1, 32), Pattern(Patterns.TuningJobName)]
    public string? HyperParameterTuningJobName { get; init; }
}

/// <summary>What a tuning job has of its parents, deleted ones too. Lists are empty for a tuning job without parents.</summary>
public sealed record DescribeWarmStartResponse
{
    /// <summary>Name of the tuning job.</summary>
    [Required, Length(1, 32), Pattern(Patterns.TuningJobName)]
    public string? HyperParameterTuningJobName { get; init; }

    /// <summary>How it uses its parents; absent when it has none.</summary>
    [OneOf("IdenticalDataAndAlgorithm | TransferLearning")]
    public string? WarmStartType { get; init; }

    /// <summary>What was accepted but may mislead the search, in sentences.</summary>
    [Required]
    public IReadOnlyList<string>? Warnings { get; init; }

    /// <summary>The parents, in the order of the request; behind them the ancestors that joined them, the nearest first.</summary>
    [Required]
    public IReadOnlyList<WarmStartParentUse>? Parents { get; init; }

    /// <summary>What counted towards the limit of changes.</summary>
    [Required]
    public WarmStartChanges? Changes { get; init; }

    /// <summary>What counted towards the limit of training jobs.</summary>
    [Required]
    public WarmStartTrainingJobs? TrainingJobs { get; init; }
}
