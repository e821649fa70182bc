using System.Text;
using Rekindle.Api;
using Rekindle.Api.Shapes;
using Rekindle.Server.TuningJobs;
using MetricDefinition = Rekindle.Api.Shapes.MetricDefinition;
using TrainingJob = Rekindle.Server.TrainingJobs.TrainingJob;

namespace Rekindle.Server.Operations;

/// <summary>
/// The part of a tuning job's description that never changes, written at creation. It is no echo of the request: the service fills in
/// and rewrites what clients rely on when they read a job back.
/// </summary>
internal static class TuningDescription
{
    public static string Write(CreateHyperParameterTuningJobRequest request, TuningJobDefinition definition) =>
        Encoding.UTF8.GetString(ApiJson.Serialize(new DescribeHyperParameterTuningJobResponse
        {
            HyperParameterTuningJobName = request.HyperParameterTuningJobName,
            HyperParameterTuningJobConfig = Config(
                request.HyperParameterTuningJobConfig!, TuningDefinitionReader.Definitions(request)[0].HyperParameterRanges, definition),
            TrainingJobDefinition = request.TrainingJobDefinition is { } single ? Rewrite(single, definition) : null,
            TrainingJobDefinitions = request.TrainingJobDefinition is null && request.TrainingJobDefinitions is { Count: > 0 } list
                ? [.. list.Select((member, index) => Rewrite(member, definition.Of(index)))]
                : null,
            WarmStartConfig = request.WarmStartConfig,
            Autotune = request.Autotune,
        }));

    public static DescribeHyperParameterTuningJobResponse Read(TuningJob job) =>
        ApiJson.Deserialize<DescribeHyperParameterTuningJobResponse>(Encoding.UTF8.GetBytes(job.Description));

    /// <summary>The definition of the training jobs, in whichever form the client gave it.</summary>
    public static HyperParameterTrainingJobDefinition TrainingJobDefinition(DescribeHyperParameterTuningJobResponse description) =>
        description.TrainingJobDefinition ?? description.TrainingJobDefinitions![0];

    /// <summary>The definition that a training job of its was launched from.</summary>
    public static HyperParameterTrainingJobDefinition TrainingJobDefinition(DescribeHyperParameterTuningJobResponse description, TrainingJob job) =>
        description.TrainingJobDefinitions is not { } several ? TrainingJobDefinition(description)
        : job.Description is not { } document ? several[job.Algorithm]
        : several.FirstOrDefault(definition => definition.DefinitionName == DefinitionNameIn(document)) ?? several[0];

    /// <summary>The name of that definition, as an imported training job's document gives it, or as its tuning job does.</summary>
    public static string? DefinitionName(DescribeHyperParameterTuningJobResponse description, TrainingJob job) =>
        job.Description is { } document ? DefinitionNameIn(document) : TrainingJobDefinition(description, job).DefinitionName;

    /// <summary>The name of the definition, in the document that an imported training job came with.</summary>
    public static string? DefinitionNameIn(string document) =>
        ApiJson.Deserialize<HyperParameterTrainingJobSummary>(Encoding.UTF8.GetBytes(document)).TrainingJobDefinitionName;

    private static HyperParameterTuningJobConfig Config(
        HyperParameterTuningJobConfig config, ParameterRanges? rangesOfDefinition, TuningJobDefinition definition) => config with
        {
            ResourceLimits = config.ResourceLimits! with
            {
                MaxNumberOfTrainingJobs = definition.MaxTrainingJobs,
                MaxParallelTrainingJobs = definition.MaxParallelTrainingJobs,
            },
            ParameterRanges = config.ParameterRanges is null && (config.HyperParameterTuningJobObjective is null || rangesOfDefinition is not null)
            ? null
            : AllLists(config.ParameterRanges ?? new ParameterRanges()),
            TuningJobCompletionCriteria = config.TuningJobCompletionCriteria is null && definition.Completion.CompleteOnConvergence
                ? new TuningJobCompletionCriteria { ConvergenceDetected = new ConvergenceDetected { CompleteOnConvergence = "Enabled" } }
                : config.TuningJobCompletionCriteria,
            StrategyConfig = definition is { Further.Count: 0, Hyperband: { } resources }
                ? new HyperParameterTuningJobStrategyConfig
                {
                    HyperbandStrategyConfig = new HyperbandStrategyConfig
                    {
                        MinResource = resources.MinResource,
                        MaxResource = resources.MaxResource,
                    },
                }
                : config.StrategyConfig,
            TrainingJobEarlyStoppingType = config.TrainingJobEarlyStoppingType ?? (definition.EarlyStopping ? "Auto" : "Off"),
        };

    /// <summary>Ranges as AWS describes them, those made from hints among them, so that a reader sees what is searched.</summary>
    private static ParameterRanges AllLists(ParameterRanges ranges)
    {
        var made = Autotuning.Of(ranges, TuningDefinitionReader.Ranges(ranges).Count).Ranges;
        return ranges with
        {
            IntegerParameterRanges =
            [
                .. (ranges.IntegerParameterRanges ?? []).Select(r => r with { ScalingType = r.ScalingType ?? "Auto" }),
                .. made.Where(range => range.Kind == ParameterKind.Integer).Select(range => new IntegerParameterRange
                {
                    Name = range.Name, MinValue = range.MinValue, MaxValue = range.MaxValue, ScalingType = range.Scaling.ToString(),
                }),
            ],
            ContinuousParameterRanges =
            [
                .. (ranges.ContinuousParameterRanges ?? []).Select(r => r with { ScalingType = r.ScalingType ?? "Auto" }),
                .. made.Where(range => range.Kind == ParameterKind.Continuous).Select(range => new ContinuousParameterRange
                {
                    Name = range.Name, MinValue = range.MinValue, MaxValue = range.MaxValue, ScalingType = range.Scaling.ToString(),
                }),
            ],
            CategoricalParameterRanges =
            [
                .. ranges.CategoricalParameterRanges ?? [],
                .. made.Where(range => range.Kind == ParameterKind.Categorical).Select(range => new CategoricalParameterRange
                {
                    Name = range.Name, Values = range.Values,
                }),
            ],
        };
    }

    private static HyperParameterTrainingJobDefinition Rewrite(HyperParameterTrainingJobDefinition given, TuningJobDefinition definition) => given with
    {
        HyperParameterRanges = given.HyperParameterRanges is { } ranges ? AllLists(ranges) : null,
        StaticHyperParameters = definition.HyperParametersFor(new Dictionary<string, string>()),
        AlgorithmSpecification = given.AlgorithmSpecification! with { MetricDefinitions = MetricDefinitions(definition) },
        OutputDataConfig = given.OutputDataConfig! with { KmsKeyId = given.OutputDataConfig.KmsKeyId ?? "" },
        ResourceConfig = given.ResourceConfig ?? Resources(given.HyperParameterTuningResourceConfig!),
        HyperParameterTuningResourceConfig =
            given.HyperParameterTuningResourceConfig is { InstanceConfigs.Count: > 0 } several ? several : null,
        StoppingCondition = given.StoppingCondition! with { MaxRuntimeInSeconds = definition.Training.MaxRuntimeInSeconds },
        EnableNetworkIsolation = given.EnableNetworkIsolation ?? false,
        EnableInterContainerTrafficEncryption = given.EnableInterContainerTrafficEncryption ?? false,
        EnableManagedSpotTraining = given.EnableManagedSpotTraining ?? false,
    };

    /// <summary>What the image brings or the user gave, and the objective's once more under the name ObjectiveMetric.</summary>
    private static List<MetricDefinition> MetricDefinitions(TuningJobDefinition definition)
    {
        var metrics = definition.Training.MetricDefinitions.Select(m => new MetricDefinition { Name = m.Name, Regex = m.Regex }).ToList();
        if (metrics.Find(m => m.Name == definition.Objective.MetricName) is { } objective && metrics.TrueForAll(m => m.Name != "ObjectiveMetric"))
        {
            metrics.Add(objective with { Name = "ObjectiveMetric" });
        }

        return metrics;
    }

    private static ResourceConfig? Resources(HyperParameterTuningResourceConfig given) => given.InstanceConfigs is { Count: > 0 }
        ? null
        : new ResourceConfig
        {
            InstanceType = given.InstanceType,
            InstanceCount = given.InstanceCount,
            VolumeSizeInGB = given.VolumeSizeInGB,
            VolumeKmsKeyId = given.VolumeKmsKeyId,
        };
}
