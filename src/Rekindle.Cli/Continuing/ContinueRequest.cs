using System.Globalization;
using Rekindle.Api.Shapes;

namespace Rekindle.Cli.Continuing;

/// <summary>
/// The request for a child that goes on where a tuning job ended. A description is no request: the service filled in and rewrote what it
/// was given, and that is undone, so that the child is asked for as its parent was.
/// </summary>
internal static class ContinueRequest
{
    private const string ObjectiveHyperParameter = "_tuning_objective_metric";
    private const string ObjectiveMetric = "ObjectiveMetric";
    private const string ImportMark = Commands.JobDescription.ImportMark;
    private const string ReservedTags = "aws:";
    private const string RecursiveDepth = "rekindle:recursive-depth";
    private const string Bayesian = "Bayesian";
    private const string Random = "Random";

    /// <param name="parent">The tuning job to go on with.</param>
    /// <param name="tags">Its tags.</param>
    /// <param name="name">The child's name.</param>
    /// <param name="settings">What changes.</param>
    /// <exception cref="FormatException">It can't be continued, or the settings can't be read or fit nothing.</exception>
    public static CreateHyperParameterTuningJobRequest Of(
        DescribeHyperParameterTuningJobResponse parent, IReadOnlyList<Tag> tags, string name, ContinueSettings settings)
    {
        if (parent.TrainingJobDefinitions is { Count: > 1 } several)
        {
            throw new FormatException(
                $"{parent.HyperParameterTuningJobName} has {several.Count} training job definitions, and a warm start has parents with one.");
        }

        var config = parent.HyperParameterTuningJobConfig ?? throw Lacks(parent, "HyperParameterTuningJobConfig");
        var before = parent.TrainingJobDefinition ?? parent.TrainingJobDefinitions?[0] ?? throw Lacks(parent, "TrainingJobDefinition");
        var objective = config.HyperParameterTuningJobObjective ?? before.TuningObjective;
        var edited = new EditedHyperParameters(TunableRanges.Of(config, before), Statics(before), settings);
        var inDefinition = TunableRanges.AreInDefinition(config, before);
        var definition = before with
        {
            HyperParameterRanges = inDefinition ? edited.Ranges : null,
            StaticHyperParameters = edited.Statics.Count > 0 ? edited.Statics : null,
            AlgorithmSpecification = before.AlgorithmSpecification is { } specification
                ? specification with { MetricDefinitions = Metrics(specification.MetricDefinitions, objective?.MetricName) }
                : null,
            OutputDataConfig = before.OutputDataConfig is { } output ? output with { KmsKeyId = output.KmsKeyId is "" ? null : output.KmsKeyId } : null,
            // One of them is what the user gave, the other what the service made of it.
            ResourceConfig = before.HyperParameterTuningResourceConfig is { InstanceConfigs.Count: > 0 } ? null : before.ResourceConfig,
            HyperParameterTuningResourceConfig =
                before.ResourceConfig is null || before.HyperParameterTuningResourceConfig is { InstanceConfigs.Count: > 0 }
                    ? before.HyperParameterTuningResourceConfig
                    : null,
        };
        return new CreateHyperParameterTuningJobRequest
        {
            HyperParameterTuningJobName = name,
            HyperParameterTuningJobConfig = config with
            {
                Strategy = StrategyOf(config, settings),
                // It is the strategy's own.
                StrategyConfig = StrategyOf(config, settings) == config.Strategy ? config.StrategyConfig : null,
                ParameterRanges = inDefinition ? null : edited.Ranges,
                // With other parents the same seed draws other numbers, so the child does not repeat its parent.
                RandomSeed = settings.Seed ?? config.RandomSeed,
                ResourceLimits = new ResourceLimits
                {
                    MaxNumberOfTrainingJobs = settings.More,
                    MaxParallelTrainingJobs = settings.Parallel ?? config.ResourceLimits?.MaxParallelTrainingJobs ?? 1,
                    MaxRuntimeInSeconds = config.ResourceLimits?.MaxRuntimeInSeconds,
                },
            },
            TrainingJobDefinition = parent.TrainingJobDefinition is null ? null : definition,
            TrainingJobDefinitions = parent.TrainingJobDefinition is null ? [definition] : null,
            WarmStartConfig = new HyperParameterTuningJobWarmStartConfig
            {
                WarmStartType = settings.WarmStartType,
                ParentHyperParameterTuningJobs = [new() { HyperParameterTuningJobName = parent.HyperParameterTuningJobName }],
            },
            Tags = Tags(tags, settings.Recursive),
        };
    }

    /// <summary>What of the child is not as its parent's user may think, in sentences.</summary>
    public static IReadOnlyList<string> Notes(DescribeHyperParameterTuningJobResponse parent, CreateHyperParameterTuningJobRequest request)
    {
        var notes = new List<string>();
        var (before, now) = (parent.HyperParameterTuningJobConfig?.Strategy, request.HyperParameterTuningJobConfig?.Strategy);
        if (now == Bayesian && before is not (null or Bayesian or Random))
        {
            notes.Add($"{parent.HyperParameterTuningJobName} was searched by {before}; a warm start is searched by {Bayesian} or {Random}, so this one is by {now}.");
        }

        var grandparents = (parent.WarmStartConfig?.ParentHyperParameterTuningJobs ?? []).Select(each => each.HyperParameterTuningJobName).ToList();
        if (grandparents.Count > 0 && request.Tags?.Any(tag => tag.Key == RecursiveDepth && tag.Value != "0") != true)
        {
            notes.Add(
                $"{parent.HyperParameterTuningJobName} learned from {string.Join(", ", grandparents)}; {request.HyperParameterTuningJobName} learns from "
                + $"{parent.HyperParameterTuningJobName} only. With --recursive 1 its parents join, with --recursive 2 theirs too.");
        }

        return notes;
    }

    private static string? StrategyOf(HyperParameterTuningJobConfig config, ContinueSettings settings) =>
        settings.Strategy ?? (config.Strategy is null or Bayesian or Random ? config.Strategy : Bayesian);

    private static FormatException Lacks(DescribeHyperParameterTuningJobResponse parent, string member) =>
        new($"The description of {parent.HyperParameterTuningJobName} has no {member}.");

    private static SortedDictionary<string, string> Statics(HyperParameterTrainingJobDefinition before) => new(
        (before.StaticHyperParameters ?? new Dictionary<string, string>())
            .Where(pair => pair.Key != ObjectiveHyperParameter)
            .ToDictionary(),
        StringComparer.Ordinal);

    /// <summary>Without the copy of the objective's definition that every description has.</summary>
    private static List<MetricDefinition>? Metrics(IReadOnlyList<MetricDefinition>? described, string? objective)
    {
        var metrics = (described ?? []).ToList();
        var own = metrics.Find(metric => metric.Name == objective);
        if (objective != ObjectiveMetric && own is not null)
        {
            metrics.RemoveAll(metric => metric.Name == ObjectiveMetric && metric.Regex == own.Regex);
        }

        return metrics.Count > 0 ? metrics : null;
    }

    /// <summary>Without the mark of an import, which the child is none of, and those that only the platform may set.</summary>
    private static List<Tag>? Tags(IReadOnlyList<Tag> tags, int? recursive)
    {
        var carried = tags.Where(tag => tag.Key != ImportMark && tag.Key?.StartsWith(ReservedTags, StringComparison.OrdinalIgnoreCase) != true).ToList();
        if (recursive is { } depth)
        {
            carried.RemoveAll(tag => tag.Key == RecursiveDepth);
            carried.Add(new Tag { Key = RecursiveDepth, Value = depth.ToString(CultureInfo.InvariantCulture) });
        }

        return carried.Count > 0 ? carried : null;
    }
}
