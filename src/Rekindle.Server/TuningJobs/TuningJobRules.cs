using System.Globalization;
using Rekindle.Optimization;
using Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.TuningJobs;

/// <summary>
/// The rules a tuning job has to keep beyond the shapes of its request. All are checked, so that the user sees every mistake at once.
/// What these rules let in, the optimizer can search.
/// </summary>
internal static partial class TuningJobRules
{
    internal const int MaxRanges = 30;

    /// <summary>Static and tunable ones, the injected one included.</summary>
    internal const int MaxHyperParameters = 100;

    internal const int MaxEnvironmentEntries = 48;

    /// <summary>The rule that the objective's metric must be defined.</summary>
    internal const string MetricRule = nameof(ObjectiveMetricDefined);

    private const string Config = "hyperParameterTuningJobConfig";
    private const string Limits = Config + ".resourceLimits";
    private const string Definition = "trainingJobDefinition";

    /// <param name="definition">The definition with every default and the metric definitions of built-in algorithms filled in.</param>
    /// <param name="limits">How much it may ask for.</param>
    /// <param name="metricProblem">Why a metric definition can't be used, in a sentence; null when it can.</param>
    public static IReadOnlyList<Violation> Check(
        TuningJobDefinition definition, RuleLimits limits, Func<MetricDefinition, string?> metricProblem) =>
    [
        .. Enumerable.Range(0, definition.Further.Count + 1).SelectMany(algorithm =>
            CheckAlgorithm(definition.Of(algorithm), metricProblem).Select(violation => violation with { Algorithm = algorithm })),
        .. EnvironmentSize(definition),
        .. HyperbandOnly(definition),
        .. HyperbandEarlyStopping(definition),
        .. GridSize(definition),
        .. EnoughCombinations(definition),
        .. TargetFinite(definition),
        .. TrainingJobLimit(definition, limits),
        .. ParallelLimit(definition, limits),
    ];

    private static IReadOnlyList<Violation> CheckAlgorithm(TuningJobDefinition definition, Func<MetricDefinition, string?> metricProblem) =>
    [
        .. AtLeastOneRange(definition),
        .. RangeCount(definition),
        .. HyperParameterCount(definition),
        .. UniqueNames(definition),
        .. ReservedName(definition),
        .. definition.Ranges.SelectMany((range, index) => CheckRange(range, PathOf(definition, index))),
        .. MaxWaitTime(definition),
        .. HyperbandResource(definition),
        .. GridRanges(definition),
        .. ObjectiveMetricDefined(definition),
        .. MetricDefinitionsUsable(definition, metricProblem),
    ];

    /// <summary>Only what the optimizer needs to read the ranges: all that is asked of a tuning job that ran elsewhere.</summary>
    public static IReadOnlyList<Violation> CheckRanges(TuningJobDefinition definition) =>
    [
        .. UniqueNames(definition),
        .. ReservedName(definition),
        .. definition.Ranges.SelectMany((range, index) => CheckRange(range, PathOf(definition, index))),
    ];

    private static IEnumerable<Violation> AtLeastOneRange(TuningJobDefinition definition)
    {
        if (definition.Ranges.Count == 0)
        {
            yield return new(
                nameof(AtLeastOneRange),
                $"{Config}.parameterRanges",
                "ParameterRanges has no range. Provide at least one integer, continuous, or categorical parameter range.");
        }
    }

    private static IEnumerable<Violation> RangeCount(TuningJobDefinition definition)
    {
        if (definition.Ranges.Count > MaxRanges)
        {
            yield return new(
                nameof(RangeCount),
                $"{Config}.parameterRanges",
                $"ParameterRanges has {definition.Ranges.Count} tunable hyperparameters. A tuning job can have at most {MaxRanges} in all.");
        }
    }

    private static IEnumerable<Violation> HyperParameterCount(TuningJobDefinition definition)
    {
        var (fixedCount, tunable) = (definition.StaticHyperParameters.Count, definition.Ranges.Count);
        var total = fixedCount + tunable + (definition.StaticHyperParameters.ContainsKey(TuningJobDefinition.InjectedHyperParameter) ? 0 : 1);
        if (total > MaxHyperParameters)
        {
            yield return new(
                nameof(HyperParameterCount),
                $"{Definition}.staticHyperParameters",
                $"The number of hyperparameters is {total}: {tunable} tunable and {fixedCount} static ones and "
                + $"{TuningJobDefinition.InjectedHyperParameter}. It cannot be more than {MaxHyperParameters}.");
        }
    }

    private static IEnumerable<Violation> MaxWaitTime(TuningJobDefinition definition)
    {
        if (definition.Training.FindMaxWaitTimeProblem() is { } problem)
        {
            yield return new(nameof(MaxWaitTime), $"{Definition}.stoppingCondition.maxWaitTimeInSeconds", problem);
        }
    }

    private static IEnumerable<Violation> UniqueNames(TuningJobDefinition definition)
    {
        var seen = new HashSet<string>(definition.StaticHyperParameters.Keys, StringComparer.Ordinal);
        for (var index = 0; index < definition.Ranges.Count; index++)
        {
            var name = definition.Ranges[index].Name;
            if (!seen.Add(name))
            {
                var other = definition.StaticHyperParameters.ContainsKey(name) ? "is also in StaticHyperParameters" : "is in more than one range";
                yield return new(
                    nameof(UniqueNames),
                    $"{PathOf(definition, index)}.name",
                    $"The hyperparameter {name} {other}. A hyperparameter can be specified only once, as static or as tunable.");
            }
        }
    }

    private static IEnumerable<Violation> ReservedName(TuningJobDefinition definition) =>
        from range in definition.Ranges.Index()
        where range.Item.Name == TuningJobDefinition.InjectedHyperParameter
        select new Violation(
            nameof(ReservedName),
            $"{PathOf(definition, range.Index)}.name",
            $"The hyperparameter name {range.Item.Name} is reserved: it carries the objective metric's name and cannot be tuned.");

    private static IEnumerable<Violation> ObjectiveMetricDefined(TuningJobDefinition definition)
    {
        if (definition.Training.MetricDefinitions.All(metric => metric.Name != definition.Objective.MetricName))
        {
            yield return new(
                nameof(ObjectiveMetricDefined),
                $"{Config}.hyperParameterTuningJobObjective.metricName",
                "A metric is required for this hyperparameter tuning job objective. Provide a metric in the metric definitions."
                + Offered(definition));
        }
    }

    /// <summary>A built-in algorithm brings its definitions along, so the user can't look them up in the request.</summary>
    private static string Offered(TuningJobDefinition definition) => definition.Training.MetricDefinitions is { Count: > 0 } metrics
        ? $" {definition.Objective.MetricName} is none of those there are: {string.Join(", ", metrics.Select(metric => metric.Name))}."
        : "";

    private static IEnumerable<Violation> MetricDefinitionsUsable(
        TuningJobDefinition definition, Func<MetricDefinition, string?> metricProblem) =>
        from metric in definition.Training.MetricDefinitions.Index()
        let problem = metricProblem(metric.Item)
        where problem is not null
        select new Violation(
            nameof(MetricDefinitionsUsable),
            $"{Definition}.algorithmSpecification.metricDefinitions.{metric.Index + 1}.member.regex",
            problem);

    private static IEnumerable<Violation> TargetFinite(TuningJobDefinition definition)
    {
        const string Path = Config + ".tuningJobCompletionCriteria.targetObjectiveMetricValue";
        if (definition.Completion.TargetObjectiveMetricValue is { } target && !double.IsFinite(target))
        {
            yield return new(nameof(TargetFinite), Path, Unsatisfied(NumberText.Format(target), Path, "Member must be a finite number"));
        }
    }

    private static IEnumerable<Violation> EnvironmentSize(TuningJobDefinition definition)
    {
        var counts = Enumerable.Range(0, definition.Further.Count + 1).Select(algorithm => definition.Of(algorithm).Training.Environment.Count).ToList();
        if (counts.Sum() > MaxEnvironmentEntries)
        {
            yield return new(
                nameof(EnvironmentSize),
                $"{Definition}.environment",
                $"Environment has {string.Join(" and ", counts)} entries. The training job definitions of a tuning job can have at "
                + $"most {MaxEnvironmentEntries} in all.")
            {
                // The one with which they are too many.
                Algorithm = Enumerable.Range(1, counts.Count).First(several => counts.Take(several).Sum() > MaxEnvironmentEntries) - 1,
            };
        }
    }

    private static IEnumerable<Violation> TrainingJobLimit(TuningJobDefinition definition, RuleLimits limits)
    {
        var limit = limits.MaxTrainingJobsFor(definition.Strategy);
        if (definition.MaxTrainingJobs > limit)
        {
            yield return new(
                nameof(TrainingJobLimit),
                $"{Limits}.maxNumberOfTrainingJobs",
                $"The account-level service limit 'Maximum number of training jobs per hyperparameter tuning job' with the strategy "
                + $"{definition.Strategy} is {limit}, and MaxNumberOfTrainingJobs is {definition.MaxTrainingJobs}.",
                ViolationKind.ResourceLimit);
        }
    }

    private static IEnumerable<Violation> ParallelLimit(TuningJobDefinition definition, RuleLimits limits)
    {
        if (definition.MaxParallelTrainingJobs > limits.MaxParallelTrainingJobs)
        {
            yield return new(
                nameof(ParallelLimit),
                $"{Limits}.maxParallelTrainingJobs",
                "The account-level service limit 'Maximum number of parallel training jobs per hyperparameter tuning job' is "
                + $"{limits.MaxParallelTrainingJobs}, and MaxParallelTrainingJobs is {definition.MaxParallelTrainingJobs}.",
                ViolationKind.ResourceLimit);
        }
    }

    /// <summary>Whether a violation says that one of the ranges is not as it must be.</summary>
    public static bool IsAboutOneRange(Violation violation) => violation.Path.StartsWith($"{Config}.parameterRanges.", StringComparison.Ordinal);

    /// <summary>Where a range stands in the request, which has a list of its own for each kind.</summary>
    private static string PathOf(TuningJobDefinition definition, int index)
    {
        var kind = definition.Ranges[index].Kind;
        var list = kind switch
        {
            ParameterKind.Continuous => "continuousParameterRanges",
            ParameterKind.Integer => "integerParameterRanges",
            _ => "categoricalParameterRanges",
        };
        var position = definition.Ranges.Take(index + 1).Count(range => range.Kind == kind);
        return string.Create(CultureInfo.InvariantCulture, $"{Config}.parameterRanges.{list}.{position}.member");
    }

    private static string Unsatisfied(string? value, string path, string constraint) =>
        $"Value '{value}' at '{path}' failed to satisfy constraint: {constraint}";
}
