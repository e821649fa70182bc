using System.Text;
using Rekindle.Api.Shapes;

namespace Rekindle.Api.Tests;

/// <summary>Requests that break no rule, for tests to break one at a time.</summary>
internal static class Requests
{
    public static HyperParameterTrainingJobDefinition Definition { get; } = new()
    {
        AlgorithmSpecification = new() { TrainingInputMode = "File", TrainingImage = "image-classification:1" },
        RoleArn = "arn:aws:iam::123456789012:role/SageMakerRole",
        OutputDataConfig = new() { S3OutputPath = "s3://bucket/out" },
        StoppingCondition = new() { MaxRuntimeInSeconds = 3600 },
    };

    public static CreateHyperParameterTuningJobRequest CreateTuningJob { get; } = new()
    {
        HyperParameterTuningJobName = "parent",
        HyperParameterTuningJobConfig = new()
        {
            Strategy = "Bayesian",
            ResourceLimits = new() { MaxNumberOfTrainingJobs = 10, MaxParallelTrainingJobs = 2 },
        },
        TrainingJobDefinition = Definition,
    };

    public static T Read<T>(string json) => ApiJson.Deserialize<T>(Encoding.UTF8.GetBytes(json));

    public static string Write<T>(T value)
        where T : notnull => Encoding.UTF8.GetString(ApiJson.Serialize(value));
}
