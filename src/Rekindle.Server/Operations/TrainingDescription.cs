using System.Text;
using Rekindle.Api;
using Rekindle.Api.Shapes;
using Rekindle.Server.TrainingJobs;
using Rekindle.Server.TuningJobs;
using TrainingJob = Rekindle.Server.TrainingJobs.TrainingJob;

namespace Rekindle.Server.Operations;

/// <summary>Describes a training job: its own request, or what its tuning job says of it, and how far it is.</summary>
internal static class TrainingDescription
{
    /// <summary>The part that never changes, of a training job of its own.</summary>
    public static string Write(CreateTrainingJobRequest request, TrainingDefinition definition) =>
        Encoding.UTF8.GetString(ApiJson.Serialize(new DescribeTrainingJobResponse
        {
            AlgorithmSpecification = request.AlgorithmSpecification is { } given
                ? given with { MetricDefinitions = ToWire.Metrics(definition.MetricDefinitions) }
                : null,
            RoleArn = request.RoleArn,
            InputDataConfig = request.InputDataConfig,
            OutputDataConfig = request.OutputDataConfig! with { KmsKeyId = request.OutputDataConfig.KmsKeyId ?? "" },
            ResourceConfig = request.ResourceConfig,
            VpcConfig = request.VpcConfig,
            StoppingCondition = (request.StoppingCondition ?? new StoppingCondition()) with { MaxRuntimeInSeconds = definition.MaxRuntimeInSeconds },
            EnableNetworkIsolation = request.EnableNetworkIsolation ?? false,
            EnableInterContainerTrafficEncryption = request.EnableInterContainerTrafficEncryption ?? false,
            EnableManagedSpotTraining = request.EnableManagedSpotTraining ?? false,
            CheckpointConfig = request.CheckpointConfig,
            DebugHookConfig = request.DebugHookConfig,
            DebugRuleConfigurations = request.DebugRuleConfigurations,
            TensorBoardOutputConfig = request.TensorBoardOutputConfig,
            ExperimentConfig = request.ExperimentConfig,
            ProfilerConfig = request.ProfilerConfig,
            ProfilerRuleConfigurations = request.ProfilerRuleConfigurations,
            Environment = request.Environment,
            RetryStrategy = request.RetryStrategy,
            RemoteDebugConfig = request.RemoteDebugConfig,
            InfraCheckConfig = request.InfraCheckConfig,
            ServerlessJobConfig = request.ServerlessJobConfig,
            MlflowConfig = request.MlflowConfig,
            ModelPackageConfig = request.ModelPackageConfig,
        }));

    public static DescribeTrainingJobResponse Describe(TrainingJob job, TuningJob? tuningJob, IReadOnlyList<MetricReading> lastMetrics)
    {
        var description = tuningJob is null
            ? ApiJson.Deserialize<DescribeTrainingJobResponse>(Encoding.UTF8.GetBytes(job.Description!))
            : FromTuningJob(tuningJob, job);
        var progress = job.Progress;
        var (training, billable) = ToWire.Seconds(progress);
        return description with
        {
            TrainingJobName = job.Name,
            TrainingJobArn = job.Arn,
            TuningJobArn = tuningJob?.Arn,
            ModelArtifacts = new Api.Shapes.ModelArtifacts { S3ModelArtifacts = progress.ModelArtifact ?? ExpectedArtifact(job) },
            TrainingJobStatus = progress.Status.ToString(),
            SecondaryStatus = progress.Secondary.ToString(),
            FailureReason = progress.FailureReason,
            HyperParameters = description.HyperParameters is { } own ? Merged(own, job) : job.HyperParameters,
            CreationTime = job.CreationTime,
            TrainingStartTime = progress.TrainingStartTime,
            TrainingEndTime = progress.TrainingEndTime,
            LastModifiedTime = progress.LastModifiedTime,
            SecondaryStatusTransitions = [.. job.Transitions.Select(ToWire.Transition)],
            FinalMetricDataList = Readings(job, tuningJob, lastMetrics) is { Count: > 0 } readings ? FinalMetrics(job, readings, tuningJob) : null,
            TrainingTimeInSeconds = training,
            BillableTimeInSeconds = billable,
        };
    }

    private static DescribeTrainingJobResponse FromTuningJob(TuningJob tuningJob, TrainingJob job)
    {
        var definition = TuningDescription.TrainingJobDefinition(TuningDescription.Read(tuningJob), job);
        var specification = definition.AlgorithmSpecification ?? new HyperParameterAlgorithmSpecification();
        return new DescribeTrainingJobResponse
        {
            AlgorithmSpecification = new AlgorithmSpecification
            {
                TrainingImage = specification.TrainingImage,
                AlgorithmName = specification.AlgorithmName,
                TrainingInputMode = specification.TrainingInputMode,
                MetricDefinitions = specification.MetricDefinitions,
                EnableSageMakerMetricsTimeSeries = false,
            },
            RoleArn = definition.RoleArn,
            InputDataConfig = definition.InputDataConfig,
            OutputDataConfig = definition.OutputDataConfig,
            ResourceConfig = definition.ResourceConfig ?? FirstInstance(definition.HyperParameterTuningResourceConfig),
            VpcConfig = definition.VpcConfig,
            StoppingCondition = definition.StoppingCondition,
            EnableNetworkIsolation = definition.EnableNetworkIsolation,
            EnableInterContainerTrafficEncryption = definition.EnableInterContainerTrafficEncryption,
            EnableManagedSpotTraining = definition.EnableManagedSpotTraining,
            CheckpointConfig = definition.CheckpointConfig,
            RetryStrategy = definition.RetryStrategy,
            Environment = definition.Environment,
            // One of several imported definitions has static hyperparameters of its own.
            HyperParameters = tuningJob.ImportedAt is not null && tuningJob.Definition.AlgorithmCount > 1 ? definition.StaticHyperParameters : null,
        };
    }

    private static SortedDictionary<string, string> Merged(IReadOnlyDictionary<string, string> statics, TrainingJob job)
    {
        var all = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in statics.Concat(job.TunedHyperParameters))
        {
            all[name] = value;
        }

        return all;
    }

    /// <summary>Of an imported training job the log is not here, but the objective is known.</summary>
    private static IReadOnlyList<MetricReading> Readings(TrainingJob job, TuningJob? tuningJob, IReadOnlyList<MetricReading> last) =>
        last.Count == 0 && tuningJob?.ImportedAt is not null && job.Progress is { ObjectiveStatus: ObjectiveStatus.Succeeded, ObjectiveValue: { } value }
            ? [new MetricReading(ObjectiveOf(job, tuningJob), 0, value, job.Progress.LastModifiedTime)]
            : last;

    /// <summary>Of several imported definitions only the first is kept in the domain's words; the others stand in the document.</summary>
    private static string ObjectiveOf(TrainingJob job, TuningJob tuningJob) =>
        (tuningJob.ImportedAt is not null && tuningJob.Definition.AlgorithmCount > 1
            ? TuningDescription.TrainingJobDefinition(TuningDescription.Read(tuningJob), job).TuningObjective?.MetricName
            : null)
        ?? tuningJob.Definition.Of(job.Algorithm).Objective.MetricName;

    private static ResourceConfig? FirstInstance(HyperParameterTuningResourceConfig? config) => config?.InstanceConfigs is [var first, ..]
        ? new ResourceConfig { InstanceType = first.InstanceType, InstanceCount = first.InstanceCount, VolumeSizeInGB = first.VolumeSizeInGB }
        : null;

    /// <summary>Clients read the artifact's URI before there is one; AWS answers with where it will be.</summary>
    private static string ExpectedArtifact(TrainingJob job) =>
        $"{job.Definition.OutputPath.TrimEnd('/')}/{job.Name}/output/{(job.Definition.CompressArtifacts ? "model.tar.gz" : "model/")}";

    private static List<MetricData> FinalMetrics(TrainingJob job, IReadOnlyList<MetricReading> readings, TuningJob? tuningJob)
    {
        var metrics = readings.Select(ToWire.Metric).ToList();
        var name = tuningJob is null ? null : ObjectiveOf(job, tuningJob);
        var objective = readings.FirstOrDefault(r => r.Metric == name);
        if (objective is not null && metrics.TrueForAll(m => m.MetricName != "ObjectiveMetric"))
        {
            metrics.Add(ToWire.Metric(objective with { Metric = "ObjectiveMetric" }));
        }

        return metrics;
    }
}
