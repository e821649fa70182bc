using Rekindle.Api;
using Rekindle.Api.Shapes;
using Rekindle.Optimization;
using Rekindle.Server.Operations;
using Rekindle.Server.TuningJobs;

namespace Rekindle.Cli.Suggesting;

/// <summary>
/// A search as SageMaker's <c>HyperParameterTuningJobConfig</c>, checked by the server's own rules: put into a request whose other parts
/// are right, whatever is refused is the file's fault.
/// </summary>
internal static class SpaceFile
{
    private const string Prefix = "hyperParameterTuningJobConfig.";
    private const string Placeholder = "metric";

    /// <exception cref="CommandException">The file can't be read or breaks rules.</exception>
    public static async Task<TuningJobDefinition> ReadAsync(string path, CancellationToken cancellationToken)
    {
        var config = await InputFile.ReadAsync<HyperParameterTuningJobConfig>(path, cancellationToken);
        var (definition, problems) = Check(config);
        InputFile.Demand(path, problems);
        return definition!;
    }

    /// <summary>What is asked for, and everything that is wrong with it; there is a definition when nothing is.</summary>
    public static (TuningJobDefinition? Definition, IReadOnlyList<string> Problems) Check(HyperParameterTuningJobConfig config)
    {
        var malformed = ShapeCheck.Violations(config);
        var request = Request(malformed.Count == 0 ? config : Repaired(config));
        var form = TuningDefinitionReader.CheckForm(request);
        var problems = malformed.Concat(form.Select(v => v.Message));
        if (form.Count == 0)
        {
            var limits = new RuleLimits();
            var strategy = Enum.Parse<StrategyKind>(request.HyperParameterTuningJobConfig!.Strategy!);
            var definition = TuningDefinitionReader.Read(request, _ => [], [], limits.MaxTrainingJobsFor(strategy));
            problems = problems.Concat(TuningJobRules.Check(definition, limits, _ => null).Select(v => v.Message));
            var all = Readable(problems);
            return (all.Count == 0 ? definition : null, all);
        }

        return (null, Readable(problems));
    }

    /// <summary>The problems of ranges alone, such as a parent's.</summary>
    public static IReadOnlyList<string> CheckRanges(ParameterRanges ranges) => Check(WithRanges(ranges)).Problems;

    /// <summary>The search space of ranges without problems.</summary>
    public static SearchSpace SpaceOf(ParameterRanges ranges) => SearchProblem.ToSearchSpace(Check(WithRanges(ranges)).Definition!.Ranges);

    private static HyperParameterTuningJobConfig WithRanges(ParameterRanges ranges) => new()
    {
        Strategy = nameof(StrategyKind.Bayesian),
        HyperParameterTuningJobObjective = new HyperParameterTuningJobObjective { Type = nameof(ObjectiveGoal.Minimize), MetricName = Placeholder },
        ResourceLimits = new ResourceLimits { MaxNumberOfTrainingJobs = 1, MaxParallelTrainingJobs = 1 },
        ParameterRanges = ranges,
    };

    private static List<string> Readable(IEnumerable<string> problems) =>
        [.. problems.Select(p => p.Replace(Prefix, "", StringComparison.Ordinal)).Distinct(StringComparer.Ordinal)];

    private static CreateHyperParameterTuningJobRequest Request(HyperParameterTuningJobConfig config) => new()
    {
        HyperParameterTuningJobName = "suggest",
        HyperParameterTuningJobConfig = config,
        TrainingJobDefinition = new HyperParameterTrainingJobDefinition
        {
            AlgorithmSpecification = new HyperParameterAlgorithmSpecification
            {
                TrainingImage = "none",
                TrainingInputMode = "File",
                MetricDefinitions = [new MetricDefinition { Name = config.HyperParameterTuningJobObjective?.MetricName ?? Placeholder, Regex = "(.+)" }],
            },
            OutputDataConfig = new OutputDataConfig { S3OutputPath = "s3://none/" },
            ResourceConfig = new ResourceConfig { InstanceType = "local", InstanceCount = 1, VolumeSizeInGB = 1 },
            StoppingCondition = new StoppingCondition(),
        },
    };

    /// <summary>
    /// Puts something harmless in the place of what has the wrong form, so that the rules can say what else is wrong; the result is
    /// only looked at for that.
    /// </summary>
    private static HyperParameterTuningJobConfig Repaired(HyperParameterTuningJobConfig config)
    {
        var limits = config.ResourceLimits ?? new ResourceLimits();
        var objective = config.HyperParameterTuningJobObjective;
        return config with
        {
            // Random has the widest limits.
            Strategy = Enum.TryParse<StrategyKind>(config.Strategy, out var strategy) ? strategy.ToString() : nameof(StrategyKind.Random),
            StrategyConfig = strategy.ToString() == config.Strategy ? config.StrategyConfig : null,
            HyperParameterTuningJobObjective = objective is null ? null : new HyperParameterTuningJobObjective
            {
                Type = Enum.TryParse<ObjectiveGoal>(objective.Type, out var goal) ? goal.ToString() : nameof(ObjectiveGoal.Minimize),
                MetricName = objective.MetricName ?? Placeholder,
            },
            ResourceLimits = limits with
            {
                // The size of a space with replaced ranges says nothing.
                MaxNumberOfTrainingJobs = null,
                MaxParallelTrainingJobs = limits.MaxParallelTrainingJobs is null or < 1 ? 1 : limits.MaxParallelTrainingJobs,
            },
            ParameterRanges = config.ParameterRanges is { } ranges ? Repaired(ranges) : null,
        };
    }

    /// <summary>Every range keeps its place, by which the rules name it.</summary>
    private static ParameterRanges Repaired(ParameterRanges ranges) => ranges with
    {
        ContinuousParameterRanges =
        [
            .. (ranges.ContinuousParameterRanges ?? []).Select((r, i) => r is { Name: not null, MinValue: not null, MaxValue: not null }
                ? r with { ScalingType = Known(r.ScalingType) }
                : new ContinuousParameterRange { Name = r?.Name ?? $"?c{i}", MinValue = "0.5", MaxValue = "0.5" }),
        ],
        IntegerParameterRanges =
        [
            .. (ranges.IntegerParameterRanges ?? []).Select((r, i) => r is { Name: not null, MinValue: not null, MaxValue: not null }
                ? r with { ScalingType = Known(r.ScalingType) }
                : new IntegerParameterRange { Name = r?.Name ?? $"?i{i}", MinValue = "1", MaxValue = "1" }),
        ],
        CategoricalParameterRanges =
        [
            .. (ranges.CategoricalParameterRanges ?? []).Select((r, i) =>
                r is { Name: not null, Values.Count: > 0 } && r.Values.All(v => v is not null)
                    ? r
                    : new CategoricalParameterRange { Name = r?.Name ?? $"?s{i}", Values = ["?"] }),
        ],
    };

    private static string? Known(string? scaling) => Enum.TryParse<RangeScaling>(scaling, out _) ? scaling : null;
}
