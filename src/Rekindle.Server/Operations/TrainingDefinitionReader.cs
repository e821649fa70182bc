using Rekindle.Api.Shapes;
using Domain = Rekindle.Server.TrainingJobs;

namespace Rekindle.Server.Operations;

/// <summary>Reads how to run a training program out of a request of the wire.</summary>
internal static class TrainingDefinitionReader
{
    private const int OneDay = 86_400;

    public static Domain.TrainingDefinition Read(
        HyperParameterTrainingJobDefinition definition, IReadOnlyList<Domain.MetricDefinition> metrics) => new()
        {
            Image = definition.AlgorithmSpecification!.TrainingImage ?? definition.AlgorithmSpecification.AlgorithmName ?? "",
            InputMode = definition.AlgorithmSpecification.TrainingInputMode!,
            MetricDefinitions = metrics,
            Channels = Channels(definition.InputDataConfig),
            OutputPath = definition.OutputDataConfig!.S3OutputPath!,
            CompressArtifacts = definition.OutputDataConfig.CompressionType != "NONE",
            Environment = definition.Environment ?? new Dictionary<string, string>(),
            MaxRuntimeInSeconds = definition.StoppingCondition!.MaxRuntimeInSeconds ?? OneDay,
            ManagedSpot = definition.EnableManagedSpotTraining ?? false,
            MaxWaitTimeInSeconds = definition.EnableManagedSpotTraining is true ? definition.StoppingCondition.MaxWaitTimeInSeconds : null,
            InstanceType = definition.ResourceConfig?.InstanceType ?? definition.HyperParameterTuningResourceConfig?.InstanceType
                ?? FirstInstance(definition)?.InstanceType ?? "local",
            InstanceCount = definition.ResourceConfig?.InstanceCount ?? definition.HyperParameterTuningResourceConfig?.InstanceCount
                ?? FirstInstance(definition)?.InstanceCount ?? 1,
            NetworkIsolation = definition.EnableNetworkIsolation ?? false,
            InterContainerEncryption = definition.EnableInterContainerTrafficEncryption ?? false,
            MaximumRetryAttempts = definition.RetryStrategy?.MaximumRetryAttempts,
            CheckpointS3Uri = definition.CheckpointConfig?.S3Uri,
            CheckpointLocalPath = definition.CheckpointConfig?.LocalPath,
        };

    public static Domain.TrainingDefinition Read(CreateTrainingJobRequest request, IReadOnlyList<Domain.MetricDefinition> builtIns)
    {
        var specification = request.AlgorithmSpecification;
        return new Domain.TrainingDefinition
        {
            Image = specification?.TrainingImage ?? specification?.AlgorithmName ?? "",
            InputMode = specification?.TrainingInputMode ?? "File",
            MetricDefinitions = specification?.MetricDefinitions is { Count: > 0 } given
                ? [.. given.Select(metric => new Domain.MetricDefinition(metric.Name!, metric.Regex!))]
                : builtIns,
            Channels = Channels(request.InputDataConfig),
            OutputPath = request.OutputDataConfig!.S3OutputPath!,
            CompressArtifacts = request.OutputDataConfig.CompressionType != "NONE",
            Environment = request.Environment ?? new Dictionary<string, string>(),
            MaxRuntimeInSeconds = request.StoppingCondition?.MaxRuntimeInSeconds ?? OneDay,
            ManagedSpot = request.EnableManagedSpotTraining ?? false,
            MaxWaitTimeInSeconds = request.EnableManagedSpotTraining is true ? request.StoppingCondition?.MaxWaitTimeInSeconds : null,
            InstanceType = request.ResourceConfig?.InstanceType ?? "local",
            InstanceCount = request.ResourceConfig?.InstanceCount ?? 1,
            NetworkIsolation = request.EnableNetworkIsolation ?? false,
            InterContainerEncryption = request.EnableInterContainerTrafficEncryption ?? false,
            MaximumRetryAttempts = request.RetryStrategy?.MaximumRetryAttempts,
            CheckpointS3Uri = request.CheckpointConfig?.S3Uri,
            CheckpointLocalPath = request.CheckpointConfig?.LocalPath,
            Entrypoint = specification?.ContainerEntrypoint,
            Arguments = specification?.ContainerArguments,
        };
    }

    /// <summary>The list may be empty in a document that was imported.</summary>
    private static HyperParameterTuningInstanceConfig? FirstInstance(HyperParameterTrainingJobDefinition definition) =>
        definition.HyperParameterTuningResourceConfig?.InstanceConfigs is [var first, ..] ? first : null;

    private static IReadOnlyList<Domain.Channel> Channels(IReadOnlyList<Channel>? channels) =>
    [
        .. (channels ?? []).Select(channel => new Domain.Channel
        {
            Name = channel.ChannelName!,
            S3Uri = channel.DataSource?.S3DataSource?.S3Uri ?? "",
            S3DataType = channel.DataSource?.S3DataSource?.S3DataType ?? "S3Prefix",
            Distribution = channel.DataSource?.S3DataSource?.S3DataDistributionType ?? "FullyReplicated",
            ContentType = channel.ContentType,
            CompressionType = channel.CompressionType ?? "None",
            RecordWrapperType = channel.RecordWrapperType ?? "None",
            InputMode = channel.InputMode,
            ShuffleSeed = channel.ShuffleConfig?.Seed,
            AttributeNames = channel.DataSource?.S3DataSource?.AttributeNames,
        }),
    ];
}
