using System.Text.Json;
using System.Text.RegularExpressions;
using Rekindle.Api;
using Rekindle.Api.Shapes;

namespace Rekindle.Cli.Importing;

/// <summary>Writes what a foreign file says as the document of a tuning job, the one form the server imports.</summary>
internal static class ForeignDocument
{
    private const string ObjectiveHyperParameter = "_tuning_objective_metric";

    /// <summary>Stands where a tuning job has an image, a role and a bucket; nothing of it is ever used, unless a child copies it.</summary>
    private const string Nowhere = "imported";

    /// <param name="job">What the file says.</param>
    /// <param name="image">The training image to name, so that a child can name the same; null for none in particular.</param>
    /// <param name="environment">The Environment it ran with: a child must have the same, and the file does not know it.</param>
    /// <param name="now">The time of evaluations that have none.</param>
    public static ImportTuningJobRequest Of(
        ForeignJob job, string? image, IReadOnlyDictionary<string, string> environment, DateTimeOffset now)
    {
        var created = job.Runs.Min(run => run.Start ?? run.End) ?? now;
        var ended = job.Runs.Max(run => run.End) ?? created;
        return new ImportTuningJobRequest
        {
            TuningJob = JsonElement.Parse(ApiJson.Serialize(TuningJob(job, image ?? Nowhere, environment, created, ended))),
            TrainingJobs = JsonSerializer.SerializeToElement(
                job.Runs.Select((run, index) => JsonElement.Parse(ApiJson.Serialize(TrainingJob(job, run, index + 1, created))))),
        };
    }

    private static DescribeHyperParameterTuningJobResponse TuningJob(
        ForeignJob job, string image, IReadOnlyDictionary<string, string> environment, DateTimeOffset created, DateTimeOffset ended) => new()
        {
            HyperParameterTuningJobName = job.Name,
            HyperParameterTuningJobConfig = new HyperParameterTuningJobConfig
            {
                Strategy = "Bayesian",
                HyperParameterTuningJobObjective = new HyperParameterTuningJobObjective { Type = job.Goal, MetricName = job.Metric },
                ResourceLimits = new ResourceLimits { MaxNumberOfTrainingJobs = Math.Max(1, job.Runs.Count), MaxParallelTrainingJobs = 1 },
                ParameterRanges = Ranges(job.Ranges),
                TrainingJobEarlyStoppingType = "Off",
            },
            TrainingJobDefinition = new HyperParameterTrainingJobDefinition
            {
                StaticHyperParameters = new SortedDictionary<string, string>(
                    job.Statics.Append(KeyValuePair.Create(ObjectiveHyperParameter, job.Metric)).ToDictionary(), StringComparer.Ordinal),
                AlgorithmSpecification = new HyperParameterAlgorithmSpecification
                {
                    TrainingImage = image,
                    TrainingInputMode = "File",
                    MetricDefinitions =
                    [
                        new MetricDefinition { Name = job.Metric, Regex = $@"{Regex.Escape(job.Metric)}\s*[=:]\s*([-+]?[0-9.]+(?:[eE][-+]?[0-9]+)?)" },
                    ],
                },
                RoleArn = $"arn:aws:iam::000000000000:role/{Nowhere}",
                OutputDataConfig = new OutputDataConfig { S3OutputPath = $"s3://{Nowhere}/", KmsKeyId = "" },
                ResourceConfig = new ResourceConfig { InstanceType = "local", InstanceCount = 1, VolumeSizeInGB = 1 },
                StoppingCondition = new StoppingCondition { MaxRuntimeInSeconds = 86_400 },
                Environment = environment.Count > 0 ? environment : null,
                EnableNetworkIsolation = false,
                EnableInterContainerTrafficEncryption = false,
                EnableManagedSpotTraining = false,
            },
            HyperParameterTuningJobStatus = "Completed",
            CreationTime = created,
            HyperParameterTuningEndTime = ended,
            LastModifiedTime = ended,
            TrainingJobStatusCounters = new TrainingJobStatusCounters
            {
                Completed = job.Runs.Count(run => run.Status == "Completed"),
                InProgress = 0,
                RetryableError = 0,
                NonRetryableError = job.Runs.Count(run => run.Status == "Failed"),
                Stopped = job.Runs.Count(run => run.Status == "Stopped"),
            },
            ObjectiveStatusCounters = new ObjectiveStatusCounters
            {
                Succeeded = job.Runs.Count(run => run.Objective is not null),
                Pending = 0,
                Failed = job.Runs.Count(run => run.Objective is null),
            },
            BestTrainingJob = Best(job) is var best and >= 0 ? TrainingJob(job, job.Runs[best], best + 1, created) : null,
        };

    private static ParameterRanges Ranges(IReadOnlyList<ForeignRange> ranges) => new()
    {
        IntegerParameterRanges =
        [
            .. ranges.Where(range => range.Kind == RangeKind.Integer).Select(range => new IntegerParameterRange
            {
                Name = range.Name,
                MinValue = range.Min,
                MaxValue = range.Max,
                ScalingType = range.Scaling,
            }),
        ],
        ContinuousParameterRanges =
        [
            .. ranges.Where(range => range.Kind == RangeKind.Continuous).Select(range => new ContinuousParameterRange
            {
                Name = range.Name,
                MinValue = range.Min,
                MaxValue = range.Max,
                ScalingType = range.Scaling,
            }),
        ],
        CategoricalParameterRanges =
        [
            .. ranges.Where(range => range.Kind == RangeKind.Categorical).Select(range => new CategoricalParameterRange
            {
                Name = range.Name,
                Values = range.Values,
            }),
        ],
    };

    private static HyperParameterTrainingJobSummary TrainingJob(ForeignJob job, ForeignRun run, int number, DateTimeOffset created) => new()
    {
        TrainingJobName = ForeignNames.TrainingJob(job.Name, number),
        CreationTime = run.Start ?? created,
        TrainingStartTime = run.Start,
        TrainingEndTime = run.End,
        TrainingJobStatus = run.Status,
        TunedHyperParameters = run.Values,
        FailureReason = run.FailureReason,
        FinalHyperParameterTuningJobObjectiveMetric = run.Objective is { } value
            ? new FinalHyperParameterTuningJobObjectiveMetric { Type = job.Goal, MetricName = job.Metric, Value = value }
            : null,
        ObjectiveStatus = run.Objective is null ? "Failed" : "Succeeded",
    };

    /// <summary>The index of the best run, the first of equal ones; -1 when none has an objective.</summary>
    private static int Best(ForeignJob job)
    {
        var best = -1;
        for (var i = 0; i < job.Runs.Count; i++)
        {
            if (job.Runs[i].Objective is { } value
                && (best < 0 || (job.Goal == "Maximize" ? value > job.Runs[best].Objective : value < job.Runs[best].Objective)))
            {
                best = i;
            }
        }

        return best;
    }
}
