namespace Rekindle.Server.TuningJobs.WarmStart;

/// <summary>What is done when a child of the type IdenticalDataAndAlgorithm has other data or another image than a parent.</summary>
internal enum SameDataAndAlgorithmMode { Warn, Enforce, Off }

/// <summary>Where AWS's rules are unknown or too tight for some, the choice is the operator's.</summary>
internal sealed record WarmStartOptions
{
    public SameDataAndAlgorithmMode SameDataAndAlgorithm { get; init; } = SameDataAndAlgorithmMode.Warn;

    /// <summary>Training jobs the parents launched and the child may launch, in all.</summary>
    public int MaxTrainingJobs { get; init; } = 500;

    /// <summary>
    /// Hyperparameters outside the set of names and the limit of changes; a trailing star stands for any ending. SageMaker's clients set
    /// these keys themselves, with other values in every tuning job.
    /// </summary>
    public IReadOnlyList<string> ExemptHyperParameters { get; init; } = ["sagemaker_*"];

    /// <summary>Whether a child that sends no metric definitions, with an image that brings none, gets those of its first parent.</summary>
    public bool InheritMetricDefinitions { get; init; } = true;

    /// <summary>The strategies a child may have.</summary>
    public IReadOnlyList<StrategyKind> Strategies { get; init; } = [StrategyKind.Bayesian, StrategyKind.Random];

    /// <summary>Whether Environment, which AWS freezes, may differ from the parents'.</summary>
    public bool MayChangeEnvironment { get; init; }

    public bool IsExempt(string hyperParameter) =>
        hyperParameter == TuningJobDefinition.InjectedHyperParameter
        || ExemptHyperParameters.Any(pattern => pattern.EndsWith('*')
            ? hyperParameter.StartsWith(pattern[..^1], StringComparison.Ordinal)
            : hyperParameter == pattern);
}
