using Rekindle.Api.Shapes;
using Rekindle.Server.TuningJobs;

namespace Rekindle.Server.Tests.WarmStart;

/// <summary>A definition of the domain as a client would ask for it.</summary>
internal static class WireRequest
{
    public static CreateHyperParameterTuningJobRequest Of(string name, TuningJobDefinition definition, params IReadOnlyList<string> parents)
    {
        var training = new HyperParameterTrainingJobDefinition
        {
            AlgorithmSpecification = new()
            {
                TrainingImage = definition.Training.Image,
                TrainingInputMode = definition.Training.InputMode,
                MetricDefinitions = [.. definition.Training.MetricDefinitions.Select(metric => new MetricDefinition { Name = metric.Name, Regex = metric.Regex })],
            },
            RoleArn = "arn:aws:iam::000000000000:role/tests",
            InputDataConfig = definition.Training.Channels.Count == 0 ? null :
            [
                .. definition.Training.Channels.Select(channel => new Channel
                {
                    ChannelName = channel.Name,
                    DataSource = new() { S3DataSource = new() { S3DataType = channel.S3DataType, S3Uri = channel.S3Uri } },
                }),
            ],
            OutputDataConfig = new() { S3OutputPath = definition.Training.OutputPath },
            ResourceConfig = new() { InstanceType = "ml.m5.large", InstanceCount = 1, VolumeSizeInGB = 1 },
            StoppingCondition = new() { MaxRuntimeInSeconds = 60 },
            StaticHyperParameters = definition.StaticHyperParameters,
            Environment = definition.Training.Environment.Count > 0 ? definition.Training.Environment : null,
            EnableNetworkIsolation = definition.Training.NetworkIsolation ? true : null,
        };
        return new CreateHyperParameterTuningJobRequest
        {
            HyperParameterTuningJobName = name,
            HyperParameterTuningJobConfig = new()
            {
                Strategy = definition.Strategy.ToString(),
                HyperParameterTuningJobObjective = new() { Type = definition.Objective.Goal.ToString(), MetricName = definition.Objective.MetricName },
                ResourceLimits = new() { MaxNumberOfTrainingJobs = definition.MaxTrainingJobs, MaxParallelTrainingJobs = definition.MaxParallelTrainingJobs },
                RandomSeed = (int)definition.RandomSeed,
                ParameterRanges = Ranges(definition.Ranges),
            },
            TrainingJobDefinition = definition.AlgorithmCount == 1 ? training : null,
            TrainingJobDefinitions = definition.AlgorithmCount == 1
                ? null
                : [.. Enumerable.Range(1, definition.AlgorithmCount).Select(number => training with { DefinitionName = $"e{number}" })],
            WarmStartConfig = parents.Count == 0
                ? null
                : new()
                {
                    WarmStartType = (definition.WarmStart ?? WarmStartKind.IdenticalDataAndAlgorithm).ToString(),
                    ParentHyperParameterTuningJobs = [.. parents.Select(parent => new ParentHyperParameterTuningJob { HyperParameterTuningJobName = parent })],
                },
        };
    }

    private static ParameterRanges Ranges(IReadOnlyList<ParameterRange> ranges) => new()
    {
        ContinuousParameterRanges =
        [
            .. ranges.Where(range => range.Kind == ParameterKind.Continuous).Select(range => new ContinuousParameterRange
            {
                Name = range.Name, MinValue = range.MinValue, MaxValue = range.MaxValue, ScalingType = range.Scaling.ToString(),
            }),
        ],
        IntegerParameterRanges =
        [
            .. ranges.Where(range => range.Kind == ParameterKind.Integer).Select(range => new IntegerParameterRange
            {
                Name = range.Name, MinValue = range.MinValue, MaxValue = range.MaxValue, ScalingType = range.Scaling.ToString(),
            }),
        ],
        CategoricalParameterRanges =
        [
            .. ranges.Where(range => range.Kind == ParameterKind.Categorical).Select(range => new CategoricalParameterRange
            {
                Name = range.Name, Values = range.Values,
            }),
        ],
    };
}
