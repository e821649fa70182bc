using System.Globalization;
using System.Security.Cryptography;
using Rekindle.Api.Shapes;
using Rekindle.Server.TuningJobs;
using Domain = Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.Operations;

/// <summary>Reads a tuning job's definition out of a request of the wire, whichever of its forms the client used.</summary>
internal static class TuningDefinitionReader
{
    /// <summary>Name of the rule that a request breaks when it names no image, or two.</summary>
    public const string ImageRule = "AlgorithmSpecification";

    private const string ObjectiveRule = "Objective";
    private const string ObjectivePath = "hyperParameterTuningJobConfig.hyperParameterTuningJobObjective";
    private const string RangesPath = "hyperParameterTuningJobConfig.parameterRanges";
    private const string DefinitionPath = "trainingJobDefinition";

    /// <summary>The definitions of the training jobs, from the single or the list form; none when both forms or neither is given.</summary>
    public static IReadOnlyList<HyperParameterTrainingJobDefinition> Definitions(CreateHyperParameterTuningJobRequest request) =>
        (request.TrainingJobDefinition, request.TrainingJobDefinitions) switch
        {
            ({ } single, null or []) => [single],
            (null, { } list) => list,
            _ => [],
        };

    /// <summary>Whether there is enough to <see cref="Read"/>: a training definition and an objective.</summary>
    public static bool IsReadable(CreateHyperParameterTuningJobRequest request) =>
        Definitions(request) is { Count: > 0 } definitions
        && definitions.All(definition => Objective(request.HyperParameterTuningJobConfig!, definition) is not null);

    /// <summary>The request with some objective, to be read for the rules that do not ask for it; null when more is lacking than that.</summary>
    public static CreateHyperParameterTuningJobRequest? WithAnyObjective(CreateHyperParameterTuningJobRequest request) => Definitions(request).Count == 0
        ? null
        : request with
        {
            HyperParameterTuningJobConfig = request.HyperParameterTuningJobConfig! with
            {
                HyperParameterTuningJobObjective = new HyperParameterTuningJobObjective { MetricName = ObjectiveRule, Type = nameof(ObjectiveGoal.Minimize) },
            },
        };

    /// <summary>Whether a rule speaks of the objective.</summary>
    public static bool IsAboutObjective(Violation violation) => violation.Path == ObjectivePath || violation.Rule == TuningJobRules.MetricRule;

    /// <summary>Rules know one place of objective, ranges and definition; in a request there are several.</summary>
    public static Violation Locate(CreateHyperParameterTuningJobRequest request, Violation violation)
    {
        var definition = Definitions(request)[violation.Algorithm];
        var place = Place(request, violation.Algorithm);
        if (violation.Path == ObjectivePath && request.HyperParameterTuningJobConfig!.HyperParameterTuningJobObjective is null)
        {
            return violation with { Path = $"{place}.tuningObjective" };
        }

        if (violation.Path.StartsWith(RangesPath, StringComparison.Ordinal) && TunableRanges.AreInDefinition(request.HyperParameterTuningJobConfig, definition))
        {
            return violation with { Path = $"{place}.hyperParameterRanges{violation.Path[RangesPath.Length..]}" };
        }

        return violation.Path.StartsWith($"{DefinitionPath}.", StringComparison.Ordinal)
            ? violation with { Path = place + violation.Path[DefinitionPath.Length..] }
            : violation;
    }

    /// <summary>Where one of the definitions stands in the request.</summary>
    public static string Place(CreateHyperParameterTuningJobRequest request, int algorithm) => request.TrainingJobDefinition is null
        ? string.Create(CultureInfo.InvariantCulture, $"{DefinitionPath}s.{algorithm + 1}.member")
        : DefinitionPath;

    /// <summary>What is wrong with the form of the request, beyond the constraints of its shapes.</summary>
    public static IReadOnlyList<Violation> CheckForm(CreateHyperParameterTuningJobRequest request)
    {
        var violations = new List<Violation>();
        void Refuse(string rule, string path, string message) => violations.Add(new Violation(rule, path, message));

        var config = request.HyperParameterTuningJobConfig!;
        var definitions = Definitions(request);
        if (definitions.Count == 0)
        {
            Refuse(
                "TrainingJobDefinition",
                "trainingJobDefinition",
                request.TrainingJobDefinition is null
                    ? "Either TrainingJobDefinition or TrainingJobDefinitions must be provided."
                    : "TrainingJobDefinition and TrainingJobDefinitions cannot both be provided.");
            return violations;
        }

        // Several with parents are refused by a rule of the warm start, in its own words.
        if (definitions.Count > 1 && request.WarmStartConfig is null)
        {
            violations.AddRange(SeveralDefinitions.Check(request));
        }
        else if (Objective(config, definitions[0]) is null)
        {
            Refuse(
                ObjectiveRule,
                ObjectivePath,
                "A metric is required for this hyperparameter tuning job objective. Provide HyperParameterTuningJobObjective with Type and MetricName.");
        }

        violations.AddRange(Autotuning.Check(request));
        foreach (var (index, definition) in definitions.Index())
        {
            var specification = definition.AlgorithmSpecification!;
            if (specification.TrainingImage is null == specification.AlgorithmName is null)
            {
                Refuse(
                    ImageRule,
                    $"{Place(request, index)}.algorithmSpecification",
                    "Exactly one of TrainingImage and AlgorithmName must be provided in AlgorithmSpecification.");
            }

            if (definition.ResourceConfig is null == definition.HyperParameterTuningResourceConfig is null)
            {
                Refuse(
                    "ResourceConfig",
                    $"{Place(request, index)}.resourceConfig",
                    "Exactly one of ResourceConfig and HyperParameterTuningResourceConfig must be provided.");
            }
        }

        if (ToWire.RepeatedKey(request.Tags) is { } repeated)
        {
            Refuse("UniqueTagKeys", "tags", repeated);
        }

        if (RecursiveDepth.Check(request) is { } violation)
        {
            violations.Add(violation);
        }

        return violations;
    }

    /// <summary>The domain's definition of a request that <see cref="IsReadable"/>.</summary>
    /// <param name="request">The request.</param>
    /// <param name="builtIns">Metric definitions that come with a training image, empty when none do.</param>
    /// <param name="inherited">Metric definitions of the first parent, used when there are no others.</param>
    /// <param name="maxTrainingJobs">The most that may be launched, for a request that names no number; a smaller search space ends sooner.</param>
    public static TuningJobDefinition Read(
        CreateHyperParameterTuningJobRequest request,
        Func<string?, IReadOnlyList<Domain.MetricDefinition>> builtIns,
        IReadOnlyList<Domain.MetricDefinition> inherited,
        int maxTrainingJobs)
    {
        var config = request.HyperParameterTuningJobConfig!;
        var definitions = Definitions(request);
        var strategy = Enum.Parse<StrategyKind>(config.Strategy!);
        TunedAlgorithm[] algorithms = [.. definitions.Select(definition => Algorithm(config, strategy, definition, builtIns, inherited))];
        var first = algorithms[0];
        var limits = config.ResourceLimits!;
        var count = limits.MaxNumberOfTrainingJobs ?? DefaultCount(strategy, algorithms, maxTrainingJobs);
        return new TuningJobDefinition
        {
            Strategy = strategy,
            Objective = first.Objective,
            MaxTrainingJobs = count,
            MaxParallelTrainingJobs = Math.Min(limits.MaxParallelTrainingJobs!.Value, count),
            MaxRuntimeInSeconds = limits.MaxRuntimeInSeconds,
            Ranges = first.Ranges,
            StaticHyperParameters = first.StaticHyperParameters,
            Completion = new CompletionCriteria
            {
                TargetObjectiveMetricValue = config.TuningJobCompletionCriteria?.TargetObjectiveMetricValue,
                MaxTrainingJobsNotImproving =
                    config.TuningJobCompletionCriteria?.BestObjectiveNotImproving?.MaxNumberOfTrainingJobsNotImproving,
                CompleteOnConvergence = (config.TuningJobCompletionCriteria, Autotuning.IsOn(request)) is (null, true)
                    || config.TuningJobCompletionCriteria?.ConvergenceDetected?.CompleteOnConvergence == "Enabled",
            },
            Hyperband = first.Hyperband,
            EarlyStopping = (config.TrainingJobEarlyStoppingType, Autotuning.IsOn(request), strategy) is (null, true, not StrategyKind.Hyperband)
                || config.TrainingJobEarlyStoppingType == "Auto",
            RandomSeed = config.RandomSeed ?? RandomNumberGenerator.GetInt32(int.MaxValue),
            Training = first.Training,
            Further = algorithms[1..],
            AlgorithmCount = definitions.Count,
            WarmStart = request.WarmStartConfig is { } warmStart ? Enum.Parse<WarmStartKind>(warmStart.WarmStartType!) : null,
            RecursiveDepth = request.WarmStartConfig is null ? 0 : RecursiveDepth.Of(request) ?? 0,
        };
    }

    private static TunedAlgorithm Algorithm(
        HyperParameterTuningJobConfig config,
        StrategyKind strategy,
        HyperParameterTrainingJobDefinition definition,
        Func<string?, IReadOnlyList<Domain.MetricDefinition>> builtIns,
        IReadOnlyList<Domain.MetricDefinition> inherited)
    {
        var given = TunableRanges.Of(config, definition);
        var ranges = Ranges(given);
        var automatic = Autotuning.Of(given, ranges.Count);
        var statics = Statics(definition);
        foreach (var (name, value) in automatic.Fixed)
        {
            statics.TryAdd(name, value);
        }

        return new TunedAlgorithm
        {
            Objective = Objective(config, definition)!,
            Ranges = [.. ranges, .. automatic.Ranges],
            StaticHyperParameters = statics,
            Hyperband = Hyperband(strategy, config.StrategyConfig?.HyperbandStrategyConfig, statics),
            Training = TrainingDefinitionReader.Read(
                definition, MetricDefinitions(definition, builtIns(definition.AlgorithmSpecification!.TrainingImage), inherited)),
        };
    }

    private static ObjectiveMetric? Objective(HyperParameterTuningJobConfig config, HyperParameterTrainingJobDefinition definition) =>
        (config.HyperParameterTuningJobObjective ?? definition.TuningObjective) is { } objective
            ? new ObjectiveMetric(objective.MetricName!, Enum.Parse<ObjectiveGoal>(objective.Type!))
            : null;

    private static HyperbandResources? Hyperband(StrategyKind strategy, HyperbandStrategyConfig? given, Dictionary<string, string> statics) =>
        strategy == StrategyKind.Hyperband || given is not null
            ? HyperbandResources.Of(given?.MinResource, given?.MaxResource, statics)
            : null;

    private static Dictionary<string, string> Statics(HyperParameterTrainingJobDefinition definition) =>
        (definition.StaticHyperParameters ?? new Dictionary<string, string>())
            .Where(pair => pair.Key != TuningJobDefinition.InjectedHyperParameter)
            .ToDictionary(StringComparer.Ordinal);

    private static IReadOnlyList<Domain.MetricDefinition> MetricDefinitions(
        HyperParameterTrainingJobDefinition definition,
        IReadOnlyList<Domain.MetricDefinition> builtIns,
        IReadOnlyList<Domain.MetricDefinition> inherited)
    {
        if (definition.AlgorithmSpecification!.MetricDefinitions is { Count: > 0 } given)
        {
            return [.. given.Select(metric => new Domain.MetricDefinition(metric.Name!, metric.Regex!))];
        }

        return builtIns.Count > 0 ? builtIns : inherited;
    }

    public static List<ParameterRange> Ranges(ParameterRanges? ranges) =>
    [
        .. (ranges?.ContinuousParameterRanges ?? []).Select(range => new ParameterRange
        {
            Name = range.Name!, Kind = ParameterKind.Continuous, MinValue = range.MinValue, MaxValue = range.MaxValue, Scaling = Scaling(range.ScalingType),
        }),
        .. (ranges?.IntegerParameterRanges ?? []).Select(range => new ParameterRange
        {
            Name = range.Name!, Kind = ParameterKind.Integer, MinValue = range.MinValue, MaxValue = range.MaxValue, Scaling = Scaling(range.ScalingType),
        }),
        .. (ranges?.CategoricalParameterRanges ?? []).Select(range => new ParameterRange
        {
            Name = range.Name!, Kind = ParameterKind.Categorical, Values = range.Values!,
        }),
    ];

    private static RangeScaling Scaling(string? text) => text is null ? RangeScaling.Auto : Enum.Parse<RangeScaling>(text);

    private static int DefaultCount(StrategyKind strategy, TunedAlgorithm[] algorithms, int maxTrainingJobs)
    {
        // A grid is tried whole, or refused for its size; one with ranges that it can't have is refused for those.
        var isGrid = strategy == StrategyKind.Grid && algorithms.All(algorithm => algorithm.Ranges.All(range => range.Kind == ParameterKind.Categorical));
        var limit = isGrid ? int.MaxValue : maxTrainingJobs;
        return (int)Math.Clamp(RangeSize.Combinations(algorithms.Select(algorithm => algorithm.Ranges)) ?? limit, 1, Math.Max(1, limit));
    }
}
