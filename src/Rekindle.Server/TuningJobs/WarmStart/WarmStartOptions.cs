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

    public bool IsExempt(string hyperParameter) =>
        hyperParameter == TuningJobDefinition.InjectedHyperParameter
        || ExemptHyperParameters.Any(pattern => pattern.EndsWith('*')
            ? hyperParameter.StartsWith(pattern[..^1], StringComparison.Ordinal)
            : hyperParameter == pattern);
}
