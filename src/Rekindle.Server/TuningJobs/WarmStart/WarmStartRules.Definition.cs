using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.TuningJobs.WarmStart;

internal static partial class WarmStartRules
{
    private static IEnumerable<Violation> SingleAlgorithm(WarmStartRequest request)
    {
        const string Rule = "Warm start is available only for tuning jobs with a single training job definition";
        if (request.Child.AlgorithmCount > 1)
        {
            yield return new(
                nameof(SingleAlgorithm),
                "trainingJobDefinitions",
                $"{Rule}, and the current tuning job has {request.Child.AlgorithmCount}.");
        }

        foreach (var parent in request.Found.Where(parent => parent.Definition.AlgorithmCount > 1))
        {
            yield return new(
                nameof(SingleAlgorithm), parent.Path, $"{Rule}, and the parent tuning job {parent.Name} has {parent.Definition.AlgorithmCount}.");
        }
    }

    private static IEnumerable<Violation> SameObjective(WarmStartRequest request) =>
        from parent in request.Found
        let current = request.Child.Objective
        let before = parent.Definition.Objective
        where current != before
        select new Violation(
            nameof(SameObjective),
            "hyperParameterTuningJobConfig.hyperParameterTuningJobObjective",
            $"The objective metric must be the same as that of all parent tuning jobs. The current tuning job has {current.Goal} "
            + $"{current.MetricName}, and the parent tuning job {parent.Name} has {before.Goal} {before.MetricName}.");

    private static IEnumerable<Violation> FrozenFields(WarmStartRequest request) =>
        from parent in request.Found
        let changed = ChangedFrozenFields(request.Child.Training, parent, request.Options).ToList()
        where changed.Count > 0
        select new Violation(
            nameof(FrozenFields),
            "trainingJobDefinition",
            "Only the following fields in TrainingJobDefinition are allowed to change: [algorithmSpecification, inputDataConfig, "
            + "outputDataConfig, staticHyperParameters, roleArn, resourceConfig, stoppingCondition, vpcConfig, enableManagedSpotTraining, "
            + $"checkpointConfig]. Changed from the parent tuning job {parent.Name}: {ListOf(changed)}.");

    private static IEnumerable<string> ChangedFrozenFields(
        TrainingDefinition current, FoundParent parent, WarmStartOptions options)
    {
        var before = parent.Definition.Training;
        if (!options.MayChangeEnvironment && !SameEntries(current.Environment, before.Environment))
        {
            yield return "environment";
        }

        if (current.NetworkIsolation != before.NetworkIsolation)
        {
            yield return "enableNetworkIsolation";
        }

        if (current.InterContainerEncryption != before.InterContainerEncryption)
        {
            yield return "enableInterContainerTrafficEncryption";
        }

        // AWS describes a RetryStrategy that nobody sent; a child of the same request must not fail for it.
        var mayBeFilledIn = parent.Job.ImportedAt is not null && current.MaximumRetryAttempts is null;
        if (current.MaximumRetryAttempts != before.MaximumRetryAttempts && !mayBeFilledIn)
        {
            yield return "retryStrategy";
        }
    }

    private static bool SameEntries(IReadOnlyDictionary<string, string> a, IReadOnlyDictionary<string, string> b) =>
        a.Count == b.Count && a.All(entry => b.TryGetValue(entry.Key, out var other) && other == entry.Value);

    private static IEnumerable<Violation> WarmStartStrategy(WarmStartRequest request)
    {
        if (!request.Options.Strategies.Contains(request.Child.Strategy))
        {
            yield return new(
                nameof(WarmStartStrategy),
                "hyperParameterTuningJobConfig.strategy",
                $"The strategy {request.Child.Strategy} is not available for warm start tuning jobs. Provide one of "
                + $"{ListOf(request.Options.Strategies.Select(strategy => strategy.ToString()))}.");
        }
    }
}
